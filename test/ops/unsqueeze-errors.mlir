// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @unsqueeze_c1(%x: tensor<4xf32>) {
  // unsqueeze_c1
  // expected-error @+1 {{expects distinct, increasing dims in [0, 2), the dimensions of the result, but got [2]}}
  %0 = nn.unsqueeze %x dim = 2 : tensor<4xf32>
  return
}

// -----

func.func @unsqueeze_c1_order(%x: tensor<4xf32>) {
  // unsqueeze_c1
  // expected-error @+1 {{expects distinct, increasing dims in [0, 3), the dimensions of the result, but got [1, 0]}}
  %0 = nn.unsqueeze %x dims = [1, 0] : tensor<4xf32>
  return
}
