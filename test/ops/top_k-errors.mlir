// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// top_k_c1
func.func @top_k_c1(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects dim in [0, 1), the dimensions of 'tensor<4xf32>', but got 1}}
  %v, %i = nn.top_k %x k = 1 dim = 1 : tensor<4xf32>
  return
}

// -----

// top_k_c2
func.func @top_k_c2(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects k in [0, 4], the elements along dimension 0 of 'tensor<4xf32>', but got 5}}
  %v, %i = nn.top_k %x k = 5 dim = 0 : tensor<4xf32>
  return
}
