// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// constant_c1
func.func @constant_c1() {
  // expected-error @+1 {{expects dense values, but got sparse}}
  %x = nn.constant sparse<[[0]], [1.0]> : tensor<4xf32>
  return
}

// -----

// constant_shape
func.func @constant_shape() {
  // expected-error @+1 {{must be ranked tensor of}}
  %x = nn.constant dense<1.0> : vector<4xf32>
  return
}
