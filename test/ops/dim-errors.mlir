// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// dim_c1
func.func @dim_c1(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects dim in [0, 1), the dimensions of 'tensor<4xf32>', but got 1}}
  %n = nn.dim %x, 1 : tensor<4xf32>
  return
}
