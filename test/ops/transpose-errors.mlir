// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// transpose_c1
func.func @transpose_c1(%x: tensor<4x5xf32>) {
  // expected-error @+1 {{expects a permutation of the 2 dimensions of 'tensor<4x5xf32>', but got [0, 0]}}
  %y = nn.transpose %x permutation = [0, 0] : tensor<4x5xf32>
  return
}

// -----

// transpose_ranked
func.func @transpose_ranked(%x: tensor<*xf32>) {
  // expected-error @+1 {{invalid kind of type specified: expected builtin.tensor, but found 'tensor<*xf32>'}}
  %y = nn.transpose %x permutation = [0, 0] : tensor<*xf32>
  return
}
