// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @f(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{expects a function @missing in the module, but there is none}}
  %y, %dx = nn.grad @missing(%x) wrt(0) : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %y : tensor<f32>
}

// -----

func.func private @g(%x: tensor<2xf32>) -> tensor<f32>
func.func @derivative_c1(%x: tensor<3xf32>) -> tensor<f32> {
  // expected-error @+1 {{expects operands of types 'tensor<2xf32>' for @g, but got 'tensor<3xf32>'}}
  %y, %dx = nn.grad @g(%x) wrt(0) : (tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>)
  return %y : tensor<f32>
}

// -----

func.func private @g(%x: tensor<f32>) -> tensor<f32>
func.func @derivative_c2_position(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{expects wrt positions below 1, but got 1}}
  %y, %dx = nn.grad @g(%x) wrt(1) : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %y : tensor<f32>
}

// -----

func.func private @g(%x: tensor<f32>) -> tensor<f32>
func.func @derivative_c2_name(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{expects wrt to name parameters, but there is no nn.parameter @w}}
  %y, %dx = nn.grad @g(%x) wrt(@w) : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %y : tensor<f32>
}

// -----

func.func private @g(%x: tensor<f32>) -> tensor<f32>
func.func @derivative_c2_other(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{expects wrt to hold argument positions and parameter names, but got "x"}}
  %y, %dx = "nn.grad"(%x) {callee = @g, wrt = ["x"]} : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %y : tensor<f32>
}

// -----

func.func private @g(%x: tensor<i32>) -> tensor<f32>
func.func @derivative_c3(%x: tensor<i32>) -> tensor<f32> {
  // expected-error @+1 {{expects wrt of float dtype, but 0 : i64 has type 'tensor<i32>'}}
  %y, %dx = nn.grad @g(%x) wrt(0) : (tensor<i32>) -> (tensor<f32>, tensor<i32>)
  return %y : tensor<f32>
}

// -----

func.func private @g(%x: tensor<2xf32>) -> tensor<f32>
func.func @derivative_c4(%x: tensor<2xf32>) -> tensor<f32> {
  // expected-error @+1 {{expects results of types ('tensor<f32>', 'tensor<2xf32>'), but got ('tensor<f32>', 'tensor<3xf32>')}}
  %y, %dx = nn.grad @g(%x) wrt(0) : (tensor<2xf32>) -> (tensor<f32>, tensor<3xf32>)
  return %y : tensor<f32>
}

// -----

func.func private @g(%x: tensor<2xf32>) -> tensor<2xf32>
func.func @grad_c5(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{expects @g to return one rank-0 float tensor first; use nn.vjp for the derivative of a tensor}}
  %y, %dx = nn.grad @g(%x) wrt(0) : (tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  return %dx : tensor<2xf32>
}

// -----

func.func private @g(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<i32>)
func.func @vjp_c5(%x: tensor<2xf32>, %i: tensor<i32>) -> tensor<2xf32> {
  // expected-error @+1 {{expects cotangents of types ('tensor<2xf32>'), but got ('tensor<2xf32>', 'tensor<i32>')}}
  %y, %j, %dx = nn.vjp @g(%x) cotangents(%x, %i) wrt(0)
    : (tensor<2xf32>), (tensor<2xf32>, tensor<i32>) -> (tensor<2xf32>, tensor<i32>, tensor<2xf32>)
  return %dx : tensor<2xf32>
}

// -----

func.func private @g(%x: tensor<2xf32>) -> tensor<2xf32>
func.func @jvp_c5(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{expects tangents of types ('tensor<2xf32>'), but got ('tensor<2xf32>', 'tensor<2xf32>')}}
  %y, %dy = nn.jvp @g(%x) tangents(%x, %x) wrt(0) : (tensor<2xf32>), (tensor<2xf32>, tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  return %dy : tensor<2xf32>
}
