// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// reshape_c1
func.func @reshape_c1(%x: tensor<4x5xf32>) {
  // expected-error @+1 {{expects equal element counts, but got 'tensor<4x5xf32>' -> 'tensor<4x4xf32>'}}
  %y = nn.reshape %x : tensor<4x5xf32> -> tensor<4x4xf32>
  return
}

// -----

// reshape_c1_divides
func.func @reshape_c1_divides(%x: tensor<4x5xf32>) {
  // expected-error @+1 {{expects equal element counts, but got 'tensor<4x5xf32>' -> 'tensor<?x3xf32>'}}
  %y = nn.reshape %x : tensor<4x5xf32> -> tensor<?x3xf32>
  return
}

// -----

// reshape_c2
func.func @reshape_c2(%x: tensor<?xf32>) {
  // expected-error @+2 {{expects one size operand per `?` of 'tensor<?x?xf32>', but got 0}}
  // expected-note @+1 {{write the `index` sizes in brackets}}
  %y = nn.reshape %x : tensor<?xf32> -> tensor<?x?xf32>
  return
}

// -----

// reshape_c3
func.func @reshape_c3(%x: tensor<4xf32>) {
  // expected-error @+2 {{expects one dtype, but got 'tensor<4xf32>' -> 'tensor<2x2xi32>'}}
  // expected-note @+1 {{convert the operand with nn.cast}}
  %y = nn.reshape %x : tensor<4xf32> -> tensor<2x2xi32>
  return
}
