// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @grid_sample_c1(%x: tensor<2x3x8x6xf32>, %g: tensor<2x4x5x2xf32>) {
  // grid_sample_c1
  // expected-error @+2 {{expects a layout such as "nchw", with n, c, a spatial dimension and no letter twice, but got "ndhw"}}
  // expected-note @+1 {{n is the batch, c the channels, any other letter a spatial dimension}}
  %0 = nn.grid_sample %x, %g layout = ndhw : tensor<2x3x8x6xf32>, tensor<2x4x5x2xf32>
  return
}

// -----

func.func @grid_sample_c2(%x: tensor<2x3x8x6xf32>, %g: tensor<2x4x5x2xf32>) {
  // grid_sample_c2
  // expected-error @+2 {{expects x of 3 dimensions, by the layout "ncw", but got 'tensor<2x3x8x6xf32>'}}
  // expected-note @+1 {{n is the batch, c the channels, any other letter a spatial dimension}}
  %0 = nn.grid_sample %x, %g layout = ncw : tensor<2x3x8x6xf32>, tensor<2x4x5x2xf32>
  return
}

// -----

func.func @grid_sample_c3(%x: tensor<2x3x8x6xf32>, %g: tensor<2x4x5x3xf32>) {
  // grid_sample_c3
  // expected-error @+2 {{expects a grid of 4 dimensions, the last of size 2, a position in x of 'tensor<2x3x8x6xf32>', but got 'tensor<2x4x5x3xf32>'}}
  // expected-note @+1 {{the numbers of a position are those along the last dimension first}}
  %0 = nn.grid_sample %x, %g : tensor<2x3x8x6xf32>, tensor<2x4x5x3xf32>
  return
}

// -----

func.func @grid_sample_c3_rank(%x: tensor<2x3x8x6xf32>, %g: tensor<2x4x2xf32>) {
  // grid_sample_c3
  // expected-error @+2 {{expects a grid of 4 dimensions, the last of size 2, a position in x of 'tensor<2x3x8x6xf32>', but got 'tensor<2x4x2xf32>'}}
  // expected-note @+1 {{the numbers of a position}}
  %0 = nn.grid_sample %x, %g : tensor<2x3x8x6xf32>, tensor<2x4x2xf32>
  return
}

// -----

func.func @grid_sample_c4(%x: tensor<2x3x8x6xf32>, %g: tensor<3x4x5x2xf32>) {
  // grid_sample_c4
  // expected-error @+1 {{expects a grid of the batch and the dtype of x, but got 'tensor<3x4x5x2xf32>' for 'tensor<2x3x8x6xf32>'}}
  %0 = nn.grid_sample %x, %g : tensor<2x3x8x6xf32>, tensor<3x4x5x2xf32>
  return
}

// -----

func.func @grid_sample_c4_dtype(%x: tensor<2x3x8x6xf32>, %g: tensor<2x4x5x2xf64>) {
  // grid_sample_c4
  // expected-error @+1 {{expects a grid of the batch and the dtype of x, but got 'tensor<2x4x5x2xf64>' for 'tensor<2x3x8x6xf32>'}}
  %0 = nn.grid_sample %x, %g : tensor<2x3x8x6xf32>, tensor<2x4x5x2xf64>
  return
}

// -----

func.func @grid_sample_c5(%x: tensor<2x3x4x5x6xf32>, %g: tensor<2x1x1x1x3xf32>) {
  // grid_sample_c5
  // expected-error @+1 {{expects at most two spatial dimensions for cubic, but got x of 'tensor<2x3x4x5x6xf32>'}}
  %0 = nn.grid_sample %x, %g mode = cubic : tensor<2x3x4x5x6xf32>, tensor<2x1x1x1x3xf32>
  return
}

// -----

func.func @grid_sample_c6(%x: tensor<2x3x0x6xf32>, %g: tensor<2x4x5x2xf32>) {
  // grid_sample_c6
  // expected-error @+1 {{expects elements along every spatial dimension of x, but got 'tensor<2x3x0x6xf32>'}}
  %0 = nn.grid_sample %x, %g : tensor<2x3x0x6xf32>, tensor<2x4x5x2xf32>
  return
}
