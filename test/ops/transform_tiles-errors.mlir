// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @transform_tiles_c1(%x: tensor<?x8x4xf32>) {
  // transform_tiles_c1
  // expected-error @+1 {{expects a matrix of f64, a stride, low and a number of tiles for each static dimension of 'tensor<?x8x4xf32>' but the first and the last}}
  %0 = nn.transform_tiles %x matrices = [dense<1.0> : tensor<2x3xf64>] strides = [2, 2] low = [0] tiles = [3] : tensor<?x8x4xf32>
  return
}

// -----

func.func @transform_tiles_c1_free(%x: tensor<2x?x4xf32>) {
  // expected-error @+1 {{expects a matrix of f64}}
  %0 = nn.transform_tiles %x matrices = [dense<1.0> : tensor<2x3xf64>] strides = [2] low = [0] tiles = [3] : tensor<2x?x4xf32>
  return
}

// -----

func.func @transform_tiles_c1_matrix(%x: tensor<2x8x4xf32>) {
  // expected-error @+1 {{expects a matrix of f64}}
  %0 = nn.transform_tiles %x matrices = [dense<1.0> : tensor<2x3xf32>] strides = [2] low = [0] tiles = [3] : tensor<2x8x4xf32>
  return
}
