// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// argsort_c1
func.func @argsort_c1(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects dim in [0, 1), the dimensions of 'tensor<4xf32>', but got 1}}
  %i = nn.argsort %x dim = 1 : tensor<4xf32>
  return
}

// -----

// argsort_c2
func.func @argsort_c2(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects first in [0, 4], the elements along dimension 0 of 'tensor<4xf32>', but got 5}}
  %i = nn.argsort %x dim = 0 first = 5 : tensor<4xf32>
  return
}
