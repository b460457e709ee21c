// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @swiglu_c1(%a: tensor<?x8xf32>, %b: tensor<?x7xf32>) {
  // swiglu_c1
  // expected-error @+2 {{expects operands of one shape, but got 'tensor<?x8xf32>' and 'tensor<?x7xf32>'}}
  // expected-note @+1 {{insert nn.broadcast or nn.reshape}}
  %0 = nn.swiglu %a, %b : tensor<?x8xf32>, tensor<?x7xf32>
  return
}

// -----

func.func @swiglu_c1_dtype(%a: tensor<8xf32>, %b: tensor<8xf64>) {
  // swiglu_c1
  // expected-error @+2 {{expects operands of one dtype, but got 'tensor<8xf32>' and 'tensor<8xf64>'}}
  // expected-note @+1 {{convert one with nn.cast}}
  %0 = nn.swiglu %a, %b : tensor<8xf32>, tensor<8xf64>
  return
}

// -----

func.func @swiglu_c2(%a: tensor<4x8xf32>) {
  // swiglu_c2
  // expected-error @+1 {{expects dim in [0, 2), the dimensions of 'tensor<4x8xf32>', but got 2}}
  %0 = nn.swiglu %a dim = 2 : tensor<4x8xf32>
  return
}

// -----

func.func @swiglu_c2_scalar(%a: tensor<f32>) {
  // swiglu_c2
  // expected-error @+1 {{expects an operand of at least one dimension, but got 'tensor<f32>'}}
  %0 = nn.swiglu %a : tensor<f32>
  return
}

// -----

func.func @swiglu_c3(%a: tensor<4x7xf32>) {
  // swiglu_c3
  // expected-error @+2 {{expects an even size along dimension 1, both halves, but got 'tensor<4x7xf32>'}}
  // expected-note @+1 {{two operands need not lie in one tensor}}
  %0 = nn.swiglu %a : tensor<4x7xf32>
  return
}

// -----

func.func @swiglu_c4(%a: tensor<4x8xf32>) {
  // swiglu_c4
  // expected-error @+1 {{expects dim of one operand alone, which is halved, but got two}}
  %0 = nn.swiglu %a, %a dim = 1 : tensor<4x8xf32>
  return
}
