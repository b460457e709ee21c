// RUN: mlc-opt %s --inline-calls --split-input-file --verify-diagnostics

// expected-note @+1 {{by way of @a}}
func.func @a(%x: tensor<f32>) -> tensor<f32> {
  %y = call @b(%x) : (tensor<f32>) -> tensor<f32>
  return %y : tensor<f32>
}
// expected-note @+1 {{by way of @b}}
func.func @b(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{expects calls without recursion, but @a calls itself}}
  %y = call @a(%x) : (tensor<f32>) -> tensor<f32>
  return %y : tensor<f32>
}

// -----

// A function cannot ask for its own derivative.
// expected-note @+1 {{by way of @f}}
func.func @f(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{expects calls without recursion, but @f calls itself}}
  %y, %dx = nn.grad @f(%x) wrt(0) : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dx : tensor<f32>
}

// -----

// expected-note @+1 {{@declared is declared here}}
func.func private @declared(%x: tensor<f32>) -> tensor<f32>
func.func @f(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{not supported yet: a callee that is not one block}}
  %y = call @declared(%x) : (tensor<f32>) -> tensor<f32>
  return %y : tensor<f32>
}
