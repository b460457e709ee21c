// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// argmax_c1
func.func @argmax_c1(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects increasing dims in [0, 1), the dimensions of 'tensor<4xf32>', but got [1]}}
  %i = nn.argmax %x dim = 1 : tensor<4xf32>
  return
}

// -----

// argmax_c2
func.func @argmax_c2(%x: tensor<4x0xf32>) {
  // expected-error @+1 {{expects elements along dimension 1, but 'tensor<4x0xf32>' has none}}
  %i = nn.argmax %x dim = 1 : tensor<4x0xf32>
  return
}

// -----

// argmax_c1
func.func @argmax_c1_order(%x: tensor<4x3xf32>) {
  // expected-error @+1 {{expects increasing dims in [0, 2), the dimensions of 'tensor<4x3xf32>', but got [1, 0]}}
  %i = nn.argmax %x dims = [1, 0] : tensor<4x3xf32>
  return
}
