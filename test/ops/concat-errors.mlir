// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// concat_c2
func.func @concat_c2(%x: tensor<4xf32>, %y: tensor<4xi32>) {
  // expected-error @+2 {{expects operands of one dtype, but got 'tensor<4xf32>' and 'tensor<4xi32>'}}
  // expected-note @+1 {{convert one with nn.cast}}
  %z = nn.concat %x, %y dim = 0 : tensor<4xf32>, tensor<4xi32>
  return
}

// -----

// concat_c3
func.func @concat_c3(%x: tensor<4xf32>, %y: tensor<1x4xf32>) {
  // expected-error @+2 {{expects operands of one rank, but got 'tensor<4xf32>' and 'tensor<1x4xf32>'}}
  // expected-note @+1 {{nn.reshape adds a dimension of size 1}}
  %z = nn.concat %x, %y dim = 0 : tensor<4xf32>, tensor<1x4xf32>
  return
}

// -----

// concat_c4
func.func @concat_c4(%x: tensor<4x5xf32>, %y: tensor<4x6xf32>) {
  // expected-error @+1 {{expects equal sizes except along dimension 0, but dimension 1 of 'tensor<4x5xf32>' and 'tensor<4x6xf32>' differ}}
  %z = nn.concat %x, %y dim = 0 : tensor<4x5xf32>, tensor<4x6xf32>
  return
}

// -----

// concat_c5
func.func @concat_c5(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects dim in [0, 1), the dimensions of 'tensor<4xf32>', but got 1}}
  %z = nn.concat %x dim = 1 : tensor<4xf32>
  return
}

// -----

// concat_c1
func.func @concat_c1() {
  // expected-error @+2 {{expects at least one operand}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = "nn.concat"() {dim = 0} : () -> tensor<4xf32>
  return
}
