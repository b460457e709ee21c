// Convolutions and pools, each with its gradients.
module @images {
  func.func private @conv(%x: tensor<?x6x9x10xf32>, %w: tensor<8x6x3x3xf32>, %b: tensor<8xf32>) -> tensor<?x8x5x5xf32> {
    %y = nn.conv %x, %w, %b strides = 2 padding = 1 : tensor<?x6x9x10xf32>, tensor<8x6x3x3xf32>, tensor<8xf32>
    return %y : tensor<?x8x5x5xf32>
  }
  func.func @strided(%x: tensor<?x6x9x10xf32> {nn.dims = ["m", "", "", ""]}, %w: tensor<8x6x3x3xf32>, %b: tensor<8xf32>, %dy: tensor<?x8x5x5xf32> {nn.dims = ["m", "", "", ""]})
      -> (tensor<?x8x5x5xf32>, tensor<?x6x9x10xf32>, tensor<8x6x3x3xf32>, tensor<8xf32>) {
    %y, %dx, %dw, %db = nn.vjp @conv(%x, %w, %b) cotangents(%dy) wrt(0, 1, 2) : (tensor<?x6x9x10xf32>, tensor<8x6x3x3xf32>, tensor<8xf32>), (tensor<?x8x5x5xf32>)
        -> (tensor<?x8x5x5xf32>, tensor<?x6x9x10xf32>, tensor<8x6x3x3xf32>, tensor<8xf32>)
    return %y, %dx, %dw, %db : tensor<?x8x5x5xf32>, tensor<?x6x9x10xf32>, tensor<8x6x3x3xf32>, tensor<8xf32>
  }

  func.func private @conv_last(%x: tensor<?x8x7x17xf32>, %w: tensor<3x3x17x21xf32>) -> tensor<?x8x7x21xf32> {
    %y = nn.conv %x, %w padding = 1 layout = nhwc kernel_layout = hwio : tensor<?x8x7x17xf32>, tensor<3x3x17x21xf32>
    return %y : tensor<?x8x7x21xf32>
  }
  func.func @channels_last(%x: tensor<?x8x7x17xf32> {nn.dims = ["m", "", "", ""]}, %w: tensor<3x3x17x21xf32>, %dy: tensor<?x8x7x21xf32> {nn.dims = ["m", "", "", ""]})
      -> (tensor<?x8x7x21xf32>, tensor<?x8x7x17xf32>, tensor<3x3x17x21xf32>) {
    %y, %dx, %dw = nn.vjp @conv_last(%x, %w) cotangents(%dy) wrt(0, 1) : (tensor<?x8x7x17xf32>, tensor<3x3x17x21xf32>), (tensor<?x8x7x21xf32>)
        -> (tensor<?x8x7x21xf32>, tensor<?x8x7x17xf32>, tensor<3x3x17x21xf32>)
    return %y, %dx, %dw : tensor<?x8x7x21xf32>, tensor<?x8x7x17xf32>, tensor<3x3x17x21xf32>
  }

  // By tiles, from and to both layouts.
  func.func private @conv_tiles(%x: tensor<2x17x10x7xf32>, %w: tensor<21x17x3x3xf32>) -> tensor<2x21x10x7xf32> {
    %y = nn.conv %x, %w padding = 1 {nn.winograd = "always"} : tensor<2x17x10x7xf32>, tensor<21x17x3x3xf32>
    return %y : tensor<2x21x10x7xf32>
  }
  func.func @tiles(%x: tensor<2x17x10x7xf32>, %w: tensor<21x17x3x3xf32>, %dy: tensor<2x21x10x7xf32>)
      -> (tensor<2x21x10x7xf32>, tensor<2x17x10x7xf32>, tensor<21x17x3x3xf32>) {
    %y, %dx, %dw = nn.vjp @conv_tiles(%x, %w) cotangents(%dy) wrt(0, 1) : (tensor<2x17x10x7xf32>, tensor<21x17x3x3xf32>), (tensor<2x21x10x7xf32>)
        -> (tensor<2x21x10x7xf32>, tensor<2x17x10x7xf32>, tensor<21x17x3x3xf32>)
    return %y, %dx, %dw : tensor<2x21x10x7xf32>, tensor<2x17x10x7xf32>, tensor<21x17x3x3xf32>
  }

  // Along a free dimension, of channels in groups.
  func.func private @conv_line(%x: tensor<2x6x?xf32>, %w: tensor<4x3x3xf32>) -> tensor<2x4x?xf32> {
    %y = nn.conv %x, %w groups = 2 dilation = 2 padding = 2 : tensor<2x6x?xf32>, tensor<4x3x3xf32>
    return %y : tensor<2x4x?xf32>
  }
  func.func @line(%x: tensor<2x6x?xf32> {nn.dims = ["", "", "m"]}, %w: tensor<4x3x3xf32>, %dy: tensor<2x4x?xf32> {nn.dims = ["", "", "m"]}) -> (tensor<2x4x?xf32>, tensor<2x6x?xf32>, tensor<4x3x3xf32>) {
    %y, %dx, %dw = nn.vjp @conv_line(%x, %w) cotangents(%dy) wrt(0, 1) : (tensor<2x6x?xf32>, tensor<4x3x3xf32>), (tensor<2x4x?xf32>) -> (tensor<2x4x?xf32>, tensor<2x6x?xf32>, tensor<4x3x3xf32>)
    return %y, %dx, %dw : tensor<2x4x?xf32>, tensor<2x6x?xf32>, tensor<4x3x3xf32>
  }

  func.func private @conv_each(%x: tensor<?x8x9x19xf32>, %w: tensor<3x3x1x19xf32>) -> tensor<?x8x9x19xf32> {
    %y = nn.conv %x, %w groups = 19 padding = 1 layout = nhwc kernel_layout = hwio : tensor<?x8x9x19xf32>, tensor<3x3x1x19xf32>
    return %y : tensor<?x8x9x19xf32>
  }
  func.func @depthwise(%x: tensor<?x8x9x19xf32> {nn.dims = ["m", "", "", ""]}, %w: tensor<3x3x1x19xf32>, %dy: tensor<?x8x9x19xf32> {nn.dims = ["m", "", "", ""]})
      -> (tensor<?x8x9x19xf32>, tensor<?x8x9x19xf32>, tensor<3x3x1x19xf32>) {
    %y, %dx, %dw = nn.vjp @conv_each(%x, %w) cotangents(%dy) wrt(0, 1) : (tensor<?x8x9x19xf32>, tensor<3x3x1x19xf32>), (tensor<?x8x9x19xf32>)
        -> (tensor<?x8x9x19xf32>, tensor<?x8x9x19xf32>, tensor<3x3x1x19xf32>)
    return %y, %dx, %dw : tensor<?x8x9x19xf32>, tensor<?x8x9x19xf32>, tensor<3x3x1x19xf32>
  }
  func.func private @conv_each_first(%x: tensor<?x5x9x8xf32>, %w: tensor<10x1x3x3xf32>) -> tensor<?x10x5x4xf32> {
    %y = nn.conv %x, %w groups = 5 padding = 1 strides = 2 : tensor<?x5x9x8xf32>, tensor<10x1x3x3xf32>
    return %y : tensor<?x10x5x4xf32>
  }
  func.func @depthwise_first(%x: tensor<?x5x9x8xf32> {nn.dims = ["m", "", "", ""]}, %w: tensor<10x1x3x3xf32>, %dy: tensor<?x10x5x4xf32> {nn.dims = ["m", "", "", ""]})
      -> (tensor<?x10x5x4xf32>, tensor<?x5x9x8xf32>, tensor<10x1x3x3xf32>) {
    %y, %dx, %dw = nn.vjp @conv_each_first(%x, %w) cotangents(%dy) wrt(0, 1) : (tensor<?x5x9x8xf32>, tensor<10x1x3x3xf32>), (tensor<?x10x5x4xf32>)
        -> (tensor<?x10x5x4xf32>, tensor<?x5x9x8xf32>, tensor<10x1x3x3xf32>)
    return %y, %dx, %dw : tensor<?x10x5x4xf32>, tensor<?x5x9x8xf32>, tensor<10x1x3x3xf32>
  }

  func.func private @back(%x: tensor<?x4x5x6xf32>, %w: tensor<4x3x4x4xf32>) -> tensor<?x3x10x12xf32> {
    %y = nn.conv_transpose %x, %w strides = 2 padding = 1 : tensor<?x4x5x6xf32>, tensor<4x3x4x4xf32>
    return %y : tensor<?x3x10x12xf32>
  }
  func.func @transposed(%x: tensor<?x4x5x6xf32> {nn.dims = ["m", "", "", ""]}, %w: tensor<4x3x4x4xf32>, %dy: tensor<?x3x10x12xf32> {nn.dims = ["m", "", "", ""]})
      -> (tensor<?x3x10x12xf32>, tensor<?x4x5x6xf32>, tensor<4x3x4x4xf32>) {
    %y, %dx, %dw = nn.vjp @back(%x, %w) cotangents(%dy) wrt(0, 1) : (tensor<?x4x5x6xf32>, tensor<4x3x4x4xf32>), (tensor<?x3x10x12xf32>)
        -> (tensor<?x3x10x12xf32>, tensor<?x4x5x6xf32>, tensor<4x3x4x4xf32>)
    return %y, %dx, %dw : tensor<?x3x10x12xf32>, tensor<?x4x5x6xf32>, tensor<4x3x4x4xf32>
  }

  func.func private @pool_max(%x: tensor<?x9x8x11xf32>) -> tensor<?x5x4x11xf32> {
    %y = nn.max_pool %x window = 3 strides = 2 padding = 1 layout = nhwc : tensor<?x9x8x11xf32>
    return %y : tensor<?x5x4x11xf32>
  }
  func.func private @pool_mean(%x: tensor<?x9x8x11xf32>) -> tensor<?x5x4x11xf32> {
    %y = nn.avg_pool %x window = 3 strides = 2 padding = 1 exclude_padding layout = nhwc : tensor<?x9x8x11xf32>
    return %y : tensor<?x5x4x11xf32>
  }
  func.func private @pool_first(%x: tensor<?x5x8x10xf32>) -> tensor<?x5x4x5xf32> {
    %y = nn.max_pool %x window = 2 : tensor<?x5x8x10xf32>
    return %y : tensor<?x5x4x5xf32>
  }
  func.func @pools(%x: tensor<?x9x8x11xf32> {nn.dims = ["m", "", "", ""]}, %dy: tensor<?x5x4x11xf32> {nn.dims = ["m", "", "", ""]}, %first: tensor<?x5x8x10xf32> {nn.dims = ["m", "", "", ""]},
                   %dfirst: tensor<?x5x4x5xf32> {nn.dims = ["m", "", "", ""]})
      -> (tensor<?x5x4x11xf32>, tensor<?x9x8x11xf32>, tensor<?x5x4x11xf32>, tensor<?x9x8x11xf32>, tensor<?x5x4x5xf32>, tensor<?x5x8x10xf32>) {
    %a, %da = nn.vjp @pool_max(%x) cotangents(%dy) wrt(0) : (tensor<?x9x8x11xf32>), (tensor<?x5x4x11xf32>) -> (tensor<?x5x4x11xf32>, tensor<?x9x8x11xf32>)
    %b, %db = nn.vjp @pool_mean(%x) cotangents(%dy) wrt(0) : (tensor<?x9x8x11xf32>), (tensor<?x5x4x11xf32>) -> (tensor<?x5x4x11xf32>, tensor<?x9x8x11xf32>)
    %c, %dc = nn.vjp @pool_first(%first) cotangents(%dfirst) wrt(0) : (tensor<?x5x8x10xf32>), (tensor<?x5x4x5xf32>) -> (tensor<?x5x4x5xf32>, tensor<?x5x8x10xf32>)
    return %a, %da, %b, %db, %c, %dc : tensor<?x5x4x11xf32>, tensor<?x9x8x11xf32>, tensor<?x5x4x11xf32>, tensor<?x9x8x11xf32>, tensor<?x5x4x5xf32>, tensor<?x5x8x10xf32>
  }

  func.func private @adaptive_max(%x: tensor<?x5x8x10xf32>) -> tensor<?x5x3x4xf32> {
    %y = nn.adaptive_max_pool %x sizes = [3, 4] : tensor<?x5x8x10xf32>
    return %y : tensor<?x5x3x4xf32>
  }
  func.func private @adaptive_mean(%x: tensor<?x5x8x10xf32>) -> tensor<?x5x3x4xf32> {
    %y = nn.adaptive_avg_pool %x sizes = [3, 4] : tensor<?x5x8x10xf32>
    return %y : tensor<?x5x3x4xf32>
  }
  func.func private @global_mean(%x: tensor<2x5x?x10xf32>) -> tensor<2x5x1x1xf32> {
    %y = nn.adaptive_avg_pool %x sizes = 1 : tensor<2x5x?x10xf32>
    return %y : tensor<2x5x1x1xf32>
  }
  func.func @adaptive_pools(%x: tensor<?x5x8x10xf32> {nn.dims = ["m", "", "", ""]}, %dy: tensor<?x5x3x4xf32> {nn.dims = ["m", "", "", ""]}, %long: tensor<2x5x?x10xf32> {nn.dims = ["", "", "m", ""]},
                            %one: tensor<2x5x1x1xf32>)
      -> (tensor<?x5x3x4xf32>, tensor<?x5x8x10xf32>, tensor<?x5x3x4xf32>, tensor<?x5x8x10xf32>, tensor<2x5x1x1xf32>, tensor<2x5x?x10xf32>) {
    %a, %da = nn.vjp @adaptive_max(%x) cotangents(%dy) wrt(0) : (tensor<?x5x8x10xf32>), (tensor<?x5x3x4xf32>) -> (tensor<?x5x3x4xf32>, tensor<?x5x8x10xf32>)
    %b, %db = nn.vjp @adaptive_mean(%x) cotangents(%dy) wrt(0) : (tensor<?x5x8x10xf32>), (tensor<?x5x3x4xf32>) -> (tensor<?x5x3x4xf32>, tensor<?x5x8x10xf32>)
    %c, %dc = nn.vjp @global_mean(%long) cotangents(%one) wrt(0) : (tensor<2x5x?x10xf32>), (tensor<2x5x1x1xf32>) -> (tensor<2x5x1x1xf32>, tensor<2x5x?x10xf32>)
    return %a, %da, %b, %db, %c, %dc : tensor<?x5x3x4xf32>, tensor<?x5x8x10xf32>, tensor<?x5x3x4xf32>, tensor<?x5x8x10xf32>, tensor<2x5x1x1xf32>, tensor<2x5x?x10xf32>
  }
}
