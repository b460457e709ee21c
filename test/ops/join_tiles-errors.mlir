// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @join_tiles_c1(%x: tensor<2x?x4x3xf32>) {
  // join_tiles_c1
  // expected-error @+1 {{expects a matrix of f64, a stride, low and a size for each spatial dimension of the result, and an operand [points..., n, tiles..., c], but got 'tensor<2x?x4x3xf32>'}}
  %0 = nn.join_tiles %x matrices = [dense<1.0> : tensor<2x3xf64>] strides = [2] low = [0] sizes = [7] : tensor<2x?x4x3xf32>
  return
}

// -----

func.func @join_tiles_c1_overlap(%x: tensor<2x?x4x3xf32>) {
  // expected-error @+1 {{expects a matrix of f64}}
  %0 = nn.join_tiles %x matrices = [dense<1.0> : tensor<3x2xf64>] strides = [2] low = [0] sizes = [7] : tensor<2x?x4x3xf32>
  return
}
