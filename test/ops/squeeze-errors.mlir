// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @squeeze_c1(%x: tensor<4x1xf32>) {
  // squeeze_c1
  // expected-error @+1 {{expects increasing dims in [0, 2), the dimensions of 'tensor<4x1xf32>', but got [1, 1]}}
  %0 = nn.squeeze %x dims = [1, 1] : tensor<4x1xf32>
  return
}

// -----

func.func @squeeze_c2(%x: tensor<4x1xf32>) {
  // squeeze_c2
  // expected-error @+2 {{expects dimension 0 of size 1, but got 'tensor<4x1xf32>'}}
  // expected-note @+1 {{nn.reshape merges dimensions; nn.slice takes one position}}
  %0 = nn.squeeze %x dim = 0 : tensor<4x1xf32>
  return
}
