// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// rng_bits_c1
func.func @rng_bits_c1(%s: tensor<i64>) {
  // expected-error @+1 {{expects one size operand per `?` of 'tensor<?xi32>', but got 0}}
  %b = nn.rng_bits %s, %s stream = 17 : tensor<i64>, tensor<i64> -> tensor<?xi32>
  return
}

// -----

// rng_bits_key
func.func @rng_bits_key(%s: tensor<2xi64>, %t: tensor<i64>) {
  // expected-error @+1 {{operand #0 must be 0D tensor of 64-bit signless integer values}}
  %b = nn.rng_bits %s, %t stream = 17 : tensor<2xi64>, tensor<i64> -> tensor<4xi32>
  return
}

// -----

// rng_bits_result
func.func @rng_bits_result(%s: tensor<i64>) {
  // expected-error @+1 {{result #0 must be ranked tensor of 32-bit signless integer values}}
  %b = nn.rng_bits %s, %s stream = 17 : tensor<i64>, tensor<i64> -> tensor<4xi64>
  return
}
