// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// constant_c1
func.func @constant_c1() {
  // expected-error @+1 {{expects dense values, or a resource of 4 elements, but got sparse}}
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

// -----

// constant_c1: no such resource
func.func @constant_c1_resource() {
  // expected-error @+1 {{expects dense values, or a resource of 4 elements, but got dense_resource<none>}}
  %x = nn.constant dense_resource<none> : tensor<4xf32>
  return
}

// -----

// constant_c1: too short
func.func @constant_c1_short() {
  // expected-error @+1 {{expects dense values, or a resource of 4 elements, but got dense_resource<short>}}
  %x = nn.constant dense_resource<short> : tensor<4xf32>
  return
}
{-# dialect_resources: { builtin: { short: "0x040000000000803F" } } #-}
