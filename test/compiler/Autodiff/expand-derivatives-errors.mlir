// RUN: mlc-opt %s --expand-derivatives --split-input-file --verify-diagnostics

// expected-note @+1 {{it depends on argument 1, by which @f is differentiated, and its result is part of the derivative}}
func.func private @f(%y: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<f32> {
  %a = nn.neg %x : tensor<4xf32>
  // expected-error @+2 {{no derivative for math.exp}}
  // expected-note @+1 {{apply nn.stop_gradient to its operands if no gradient should flow through it}}
  %b = math.exp %a : tensor<4xf32>
  %l = nn.reduce sum %b dims = [0] : tensor<4xf32>
  return %l : tensor<f32>
}
func.func @g(%x: tensor<4xf32>) -> tensor<4xf32> {
  %l, %dx = nn.grad @f(%x, %x) wrt(1) : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}

// -----

nn.parameter @w : tensor<f32> init(#nn.ones)
func.func private @f() -> tensor<f32> {
  // expected-note @+1 {{it depends on parameter @w, by which @f is differentiated, and its result is part of the derivative}}
  %w = nn.param @w : tensor<f32>
  // expected-error @+2 {{no derivative for math.exp}}
  // expected-note @+1 {{apply nn.stop_gradient to its operands if no gradient should flow through it}}
  %b = math.exp %w : tensor<f32>
  return %b : tensor<f32>
}
func.func @g() -> tensor<f32> {
  %l, %dw = nn.grad @f() wrt(@w) : () -> (tensor<f32>, tensor<f32>)
  return %dw : tensor<f32>
}

// -----

func.func private @declared(%x: tensor<f32>) -> tensor<f32>
func.func @g(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{not supported yet: a callee that is not one block}}
  %l, %dx = nn.grad @declared(%x) wrt(0) : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dx : tensor<f32>
}

// -----

// expected-note @+1 {{by way of @f}}
func.func @f(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{expects calls without recursion, but @f calls itself}}
  %y, %dx = nn.grad @f(%x) wrt(0) : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dx : tensor<f32>
}

// -----

// A penalty on the gradient of a network with dropout.
func.func private @network(%x: tensor<4xf32>) -> tensor<f32> {
  // expected-note @+1 {{the dropout is here}}
  %d = nn.dropout %x rate = 0.5 : tensor<4xf32>
  %l = nn.reduce sum %d dims = [0] : tensor<4xf32>
  return %l : tensor<f32>
}
nn.parameter @w : tensor<4xf32> init(#nn.ones)
func.func private @loss() -> tensor<f32> {
  %w = nn.param @w : tensor<4xf32>
  // expected-error @+1 {{not supported yet: the derivative, within a loss that is trained, of a function with nn.dropout}}
  %y, %dx = nn.grad @network(%w) wrt(0) : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  %l = nn.reduce sum %dx dims = [0] : tensor<4xf32>
  return %l : tensor<f32>
}
nn.train_step @fit minimizes @loss with #nn.sgd

// -----

// An attention acts in training where it drops; one that does not is like other ops.
func.func private @network(%x: tensor<4x2xf32>) -> tensor<f32> {
  %a = nn.attention %x, %x, %x : tensor<4x2xf32>
  // expected-note @+1 {{the attention is here}}
  %b = nn.attention %a, %a, %a dropout = 0.5 : tensor<4x2xf32>
  %l = nn.reduce sum %b : tensor<4x2xf32>
  return %l : tensor<f32>
}
nn.parameter @w : tensor<4x2xf32> init(#nn.ones)
func.func private @loss() -> tensor<f32> {
  %w = nn.param @w : tensor<4x2xf32>
  // expected-error @+1 {{not supported yet: the derivative, within a loss that is trained, of a function with nn.attention}}
  %y, %dx = nn.grad @network(%w) wrt(0) : (tensor<4x2xf32>) -> (tensor<f32>, tensor<4x2xf32>)
  %l = nn.reduce sum %dx : tensor<4x2xf32>
  return %l : tensor<f32>
}
nn.train_step @fit minimizes @loss with #nn.sgd
