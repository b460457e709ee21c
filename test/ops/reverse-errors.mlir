// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// reverse_c1
func.func @reverse_c1(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects dims in [0, 1), the dimensions of 'tensor<4xf32>', but got 1}}
  %y = nn.reverse %x dims = [1] : tensor<4xf32>
  return
}

// -----

// reverse_c1_distinct
func.func @reverse_c1_distinct(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects distinct dims, but got 0 twice}}
  %y = nn.reverse %x dims = [0, 0] : tensor<4xf32>
  return
}
