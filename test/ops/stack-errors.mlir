// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @stack_c1() {
  // stack_c1
  // expected-error @+2 {{expects at least one operand}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = "nn.stack"() {dim = 0 : i64} : () -> tensor<0xf32>
  return
}

// -----

func.func @stack_c2(%a: tensor<4x8xf32>, %b: tensor<4x7xf32>) {
  // stack_c2
  // expected-error @+2 {{expects operands of one shape and dtype, but got 'tensor<4x8xf32>' and 'tensor<4x7xf32>'}}
  // expected-note @+1 {{nn.concat joins tensors of other sizes along a dimension that they have}}
  %0 = nn.stack %a, %b : tensor<4x8xf32>, tensor<4x7xf32>
  return
}

// -----

func.func @stack_c2_dtype(%a: tensor<4xf32>, %b: tensor<4xi32>) {
  // stack_c2
  // expected-error @+2 {{expects operands of one shape and dtype, but got 'tensor<4xf32>' and 'tensor<4xi32>'}}
  // expected-note @+1 {{nn.concat joins}}
  %0 = nn.stack %a, %b : tensor<4xf32>, tensor<4xi32>
  return
}

// -----

func.func @stack_c3(%a: tensor<4xf32>) {
  // stack_c3
  // expected-error @+1 {{expects dim in [0, 2), the dimensions of the result, but got 2}}
  %0 = nn.stack %a, %a dim = 2 : tensor<4xf32>
  return
}

// -----

func.func @stack_types(%a: tensor<4xf32>) {
  // expected-error @+1 {{expects one type, that of all operands, or 3, but got 2}}
  %0 = nn.stack %a, %a, %a : tensor<4xf32>, tensor<4xf32>
  return
}
