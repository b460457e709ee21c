// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// elementwise_c1
func.func @elementwise_c1(%x: tensor<4x10xf32>, %y: tensor<4x5xf32>) {
  // expected-error @+2 {{expects operands of one shape, but got 'tensor<4x10xf32>' and 'tensor<4x5xf32>'}}
  // expected-note @+1 {{only leading dimensions that an operand lacks are filled in: insert nn.broadcast or nn.reshape}}
  %z = nn.add %x, %y : tensor<4x10xf32>, tensor<4x5xf32>
  return
}

// -----

// elementwise_c1_rank
func.func @elementwise_c1_rank(%x: tensor<4x5xf32>, %y: tensor<4xf32>) {
  // expected-error @+2 {{expects operands of one shape, but got 'tensor<4x5xf32>' and 'tensor<4xf32>'}}
  // expected-note @+1 {{only leading dimensions that an operand lacks are filled in: insert nn.broadcast or nn.reshape}}
  %z = nn.mul %x, %y : tensor<4x5xf32>, tensor<4xf32>
  return
}

// -----

// elementwise_c1_compare
func.func @elementwise_c1_compare(%x: tensor<4xf32>, %y: tensor<5xf32>) {
  // expected-error @+2 {{expects operands of one shape, but got 'tensor<4xf32>' and 'tensor<5xf32>'}}
  // expected-note @+1 {{insert nn.broadcast}}
  %z = nn.compare lt %x, %y : tensor<4xf32>, tensor<5xf32>
  return
}

// -----

// elementwise_c1_select
func.func @elementwise_c1_select(%c: tensor<5xi1>, %x: tensor<4xf32>) {
  // expected-error @+2 {{expects operands of one shape, but got 'tensor<5xi1>' and 'tensor<4xf32>'}}
  // expected-note @+1 {{insert nn.broadcast}}
  %z = nn.select %c, %x, %x : tensor<5xi1>, tensor<4xf32>, tensor<4xf32>
  return
}

// -----

// elementwise_c2
func.func @elementwise_c2(%x: tensor<4xf32>, %y: tensor<4xbf16>) {
  // expected-error @+2 {{expects operands of one dtype, but got 'tensor<4xf32>' and 'tensor<4xbf16>'}}
  // expected-note @+1 {{convert one with nn.cast}}
  %z = nn.sub %x, %y : tensor<4xf32>, tensor<4xbf16>
  return
}

// -----

// elementwise_c2_select
func.func @elementwise_c2_select(%c: tensor<4xi1>, %x: tensor<4xf32>, %y: tensor<4xf64>) {
  // expected-error @+2 {{expects operands of one dtype, but got 'tensor<4xf32>' and 'tensor<4xf64>'}}
  // expected-note @+1 {{convert one with nn.cast}}
  %z = nn.select %c, %x, %y : tensor<4xi1>, tensor<4xf32>, tensor<4xf64>
  return
}

// -----

// elementwise_ranked
func.func @elementwise_ranked(%x: tensor<*xf32>) {
  // expected-error @+1 {{invalid kind of type specified: expected builtin.tensor, but found 'tensor<*xf32>'}}
  %z = nn.tanh %x : tensor<*xf32>
  return
}

// -----

// elementwise_ranked_vector
func.func @elementwise_ranked_vector(%x: vector<4xf32>, %y: tensor<4xf32>) {
  // expected-error @+1 {{expects a ranked tensor, but got 'vector<4xf32>'}}
  %z = nn.add %x, %y : vector<4xf32>, tensor<4xf32>
  return
}

// -----

// elementwise_float
func.func @elementwise_float(%x: tensor<4xi32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of 32-bit float or 64-bit float or bfloat16 type or 16-bit float values, but got 'tensor<4xi32>'}}
  %z = nn.tanh %x : tensor<4xi32>
  return
}

// -----

// elementwise_bits
func.func @elementwise_bits(%x: tensor<4xf32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of 1-bit signless integer}}
  %z = nn.and %x, %x : tensor<4xf32>
  return
}

// -----

// elementwise_number
func.func @elementwise_number(%x: tensor<4xi1>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of 32-bit float}}
  %z = nn.add %x, %x : tensor<4xi1>
  return
}

// -----

// elementwise_condition
func.func @elementwise_condition(%x: tensor<4xf32>) {
  // expected-error @+1 {{operand #0 must be ranked tensor of 1-bit signless integer values, but got 'tensor<4xf32>'}}
  %z = nn.select %x, %x, %x : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  return
}

// -----

// cast_c1
func.func @cast_c1(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects the shape of the operand, 'tensor<4xf32>', but got 'tensor<5xf32>'}}
  %z = nn.cast %x : tensor<4xf32> -> tensor<5xf32>
  return
}

// -----

// cast_c2
func.func @cast_c2(%x: tensor<4xf32>) {
  // expected-error @+1 {{attribute 'element' failed to satisfy constraint: type attribute of a dtype: f32, f64, bf16, f16, i1, i8, i32 or i64}}
  %z = "nn.cast"(%x) {element = vector<4xf32>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}
