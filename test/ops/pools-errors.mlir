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
