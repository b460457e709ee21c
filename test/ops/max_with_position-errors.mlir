// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// max_with_position_c1
func.func @max_with_position_c1(%x: tensor<4x3xf32>) {
  // expected-error @+1 {{expects increasing dims in [0, 2), the dimensions of 'tensor<4x3xf32>', but got [0, 2]}}
  %v, %i = nn.max_with_position %x dims = [0, 2] : tensor<4x3xf32>
  return
}

// -----

// max_with_position_c2
func.func @max_with_position_c2(%x: tensor<4x0xf32>) {
  // expected-error @+1 {{expects elements along dimension 1, but 'tensor<4x0xf32>' has none}}
  %v, %i = nn.max_with_position %x dims = [0, 1] : tensor<4x0xf32>
  return
}
