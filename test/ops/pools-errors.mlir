// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @max_pool_c1(%x: tensor<1x3x8x8xf32>) {
  // max_pool_c1
  // expected-note @+2 {{n is the batch, c the channels, any other letter a spatial dimension}}
  // expected-error @+1 {{expects a layout such as "nchw", with n, c, a spatial dimension and no letter twice, but got "nc"}}
  %0 = nn.max_pool %x window = 2 layout = nc : tensor<1x3x8x8xf32>
  return
}

// -----

func.func @max_pool_c2(%x: tensor<8xf32>) {
  // max_pool_c2
  // expected-note @+2 {{layout = "hw" says what the dimensions are}}
  // expected-error @+1 {{expects x of rank 3 to 5, by the layout "ncw", "nchw" or "ncdhw", but got 'tensor<8xf32>'}}
  %0 = nn.max_pool %x window = 2 : tensor<8xf32>
  return
}

// -----

func.func @max_pool_c3(%x: tensor<1x3x8x8xf32>) {
  // max_pool_c3
  // expected-error @+1 {{expects window of at least 1 and at most 2^30, but got 0}}
  %0 = nn.max_pool %x window = 0 : tensor<1x3x8x8xf32>
  return
}

// -----

func.func @max_pool_c3_strides(%x: tensor<1x3x64xf32>) {
  // max_pool_c3
  // expected-error @+1 {{expects strides of at least 1 and at most 2^30, but got 1073741825}}
  %0 = nn.max_pool %x window = 3 strides = 1073741825 : tensor<1x3x64xf32>
  return
}

// -----

func.func @avg_pool_c4(%x: tensor<1x3x8x8xf32>) {
  // avg_pool_c4
  // expected-error @+1 {{expects padding of at least 0 and at most half a window, 3, but got 2}}
  %0 = nn.avg_pool %x window = 3 padding = 2 : tensor<1x3x8x8xf32>
  return
}

// -----

func.func @max_pool_c5(%x: tensor<1x3x8x8xf32>) {
  // max_pool_c5
  // expected-note @+2 {{padding makes room for it}}
  // expected-error @+1 {{expects a window that fits, but it is 9 elements long in dimension 'h', where there are 8 of 'tensor<1x3x8x8xf32>' with padding 0 and 0}}
  %0 = nn.max_pool %x window = 9 : tensor<1x3x8x8xf32>
  return
}

// -----

func.func @max_pool_c6(%x: tensor<1x3x?x8xf32>) {
  // max_pool_c6
  // expected-error @+1 {{expects static spatial sizes where positions are rounded up, but got 'tensor<1x3x?x8xf32>'}}
  %0 = nn.max_pool %x window = 2 ceil : tensor<1x3x?x8xf32>
  return
}

// -----

func.func @lp_pool_c7(%x: tensor<1x3x8x8xf32>) {
  // lp_pool_c7
  // expected-error @+1 {{expects a norm that is positive and finite, but got -1}}
  %0 = nn.lp_pool %x window = 2 norm = -1 : tensor<1x3x8x8xf32>
  return
}

// -----

func.func @adaptive_max_pool_c1(%x: tensor<1x3x8x8xf32>) {
  // adaptive_max_pool_c1
  // expected-note @+2 {{n is the batch, c the channels, any other letter a spatial dimension}}
  // expected-error @+1 {{expects a layout such as "nchw", with n, c, a spatial dimension and no letter twice, but got "chwd"}}
  %0 = nn.adaptive_max_pool %x sizes = 2 layout = chwd : tensor<1x3x8x8xf32>
  return
}

// -----

func.func @adaptive_avg_pool_c2(%x: tensor<3x8xf32>) {
  // adaptive_avg_pool_c2
  // expected-note @+2 {{layout = "hw" says what the dimensions are}}
  // expected-error @+1 {{expects x of rank 3 to 5, by the layout "ncw", "nchw" or "ncdhw", but got 'tensor<3x8xf32>'}}
  %0 = nn.adaptive_avg_pool %x sizes = 2 : tensor<3x8xf32>
  return
}

// -----

func.func @adaptive_avg_pool_c3(%x: tensor<1x3x8x8xf32>) {
  // adaptive_avg_pool_c3
  // expected-error @+1 {{expects sizes to have one number for each of the 2 spatial dimensions of the layout "nchw", or one for all, but got 3}}
  %0 = nn.adaptive_avg_pool %x sizes = [2, 2, 2] : tensor<1x3x8x8xf32>
  return
}

// -----

func.func @adaptive_max_pool_c4(%x: tensor<1x3x8x8xf32>) {
  // adaptive_max_pool_c4
  // expected-error @+1 {{expects sizes of at least 1 and at most 2^30, but got [2, 0]}}
  %0 = nn.adaptive_max_pool %x sizes = [2, 0] : tensor<1x3x8x8xf32>
  return
}

// -----

func.func @adaptive_max_pool_c4_x(%x: tensor<1x3x1073741825xf32>) {
  // adaptive_max_pool_c4
  // expected-error @+1 {{expects spatial sizes of at most 2^30, but got 'tensor<1x3x1073741825xf32>'}}
  %0 = nn.adaptive_max_pool %x sizes = 1 : tensor<1x3x1073741825xf32>
  return
}

// -----

func.func @adaptive_avg_pool_c5(%x: tensor<1x3x0x8xf32>) {
  // adaptive_avg_pool_c5
  // expected-error @+1 {{expects elements along every spatial dimension of x, but got 'tensor<1x3x0x8xf32>'}}
  %0 = nn.adaptive_avg_pool %x sizes = 1 : tensor<1x3x0x8xf32>
  return
}

// -----

func.func @adaptive_avg_pool_c6(%x: tensor<1x3x8x?xf32>) {
  // adaptive_avg_pool_c6
  // expected-note @+2 {{a static size, or sizes = 1 there}}
  // expected-error @+1 {{not supported yet: adaptive pools to more than one element along a dimension of free size, such as 2 along dimension 3 of 'tensor<1x3x8x?xf32>'}}
  %0 = nn.adaptive_avg_pool %x sizes = 2 : tensor<1x3x8x?xf32>
  return
}
