// Results that are arguments, parameters, constants and each other; states that change places; sizes of zero.
module @r {
  nn.parameter @w : tensor<3x4xf32> init(#nn.ones)
  nn.parameter @b : tensor<4xf32> init(#nn.zeros)
  nn.state @count : tensor<2xi32> init(#nn.zeros)
  nn.state @a : tensor<2xf32> init(#nn.ones)
  nn.state @z : tensor<2xf32> init(#nn.zeros)
  func.func @alias(%x: tensor<?x3xf32> {nn.dims = ["n", ""]}) -> (tensor<?x3xf32>, tensor<3x4xf32>, tensor<?x3xf32>, tensor<12xf32>, tensor<2x2xi32>) {
    %w = nn.param @w : tensor<3x4xf32>
    %f = nn.reshape %w : tensor<3x4xf32> -> tensor<12xf32>
    %c = nn.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>
    return %x, %w, %x, %f, %c : tensor<?x3xf32>, tensor<3x4xf32>, tensor<?x3xf32>, tensor<12xf32>, tensor<2x2xi32>
  }
  func.func @twice(%x: tensor<?x3xf32> {nn.dims = ["n", ""]}) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<f32>) {
    %w = nn.param @w : tensor<3x4xf32>
    %y = nn.matmul %x, %w : tensor<?x3xf32>, tensor<3x4xf32>
    %s = nn.reduce sum %y dims = [0, 1] : tensor<?x4xf32>
    return %y, %y, %s : tensor<?x4xf32>, tensor<?x4xf32>, tensor<f32>
  }
  func.func @swap() -> (tensor<2xf32>, tensor<2xf32>) attributes {nn.updates} {
    %a = nn.read @a : tensor<2xf32>
    %z = nn.read @z : tensor<2xf32>
    nn.write @a, %z : tensor<2xf32>
    nn.write @z, %a : tensor<2xf32>
    return %a, %z : tensor<2xf32>, tensor<2xf32>
  }
  func.func @tick() -> tensor<2xi32> attributes {nn.updates} {
    %c = nn.read @count : tensor<2xi32>
    %one = nn.constant dense<[1, 2]> : tensor<2xi32>
    %d = nn.add %c, %one : tensor<2xi32>
    nn.write @count, %d : tensor<2xi32>
    return %d : tensor<2xi32>
  }
  func.func @join(%x: tensor<?x3xf32> {nn.dims = ["n", ""]}, %y: tensor<?x3xf32> {nn.dims = ["m", ""]}) -> (tensor<?x3xf32>, tensor<f32>) {
    %t = nn.tanh %x : tensor<?x3xf32>
    %c = nn.concat %t, %y, %t dim = 0 : tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>
    %e = nn.exp %c : tensor<?x3xf32>
    %s = nn.reduce sum %e dims = [0, 1] : tensor<?x3xf32>
    return %c, %s : tensor<?x3xf32>, tensor<f32>
  }
}
