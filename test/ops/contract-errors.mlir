// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// contract_c1
func.func @contract_c1(%a: tensor<4x8xf32>, %b: tensor<8x3xf32>) {
  // expected-error @+1 {{expects equal contracting sizes, but dimension 1 of lhs 'tensor<4x8xf32>' has size 8 and dimension 1 of rhs 'tensor<8x3xf32>' has size 3}}
  %y = nn.contract %a, %b contracting = [1] x [1] : tensor<4x8xf32>, tensor<8x3xf32>
  return
}

// -----

// contract_c1_batch
func.func @contract_c1_batch(%a: tensor<4x8xf32>, %b: tensor<8x3xf32>) {
  // expected-error @+1 {{expects equal batch sizes, but dimension 0 of lhs 'tensor<4x8xf32>' has size 4 and dimension 0 of rhs 'tensor<8x3xf32>' has size 8}}
  %y = nn.contract %a, %b batch = [0] x [0] contracting = [1] x [1] : tensor<4x8xf32>, tensor<8x3xf32>
  return
}

// -----

// contract_c2
func.func @contract_c2(%a: tensor<4x4xf32>) {
  // expected-error @+1 {{expects distinct dimensions, but got dimension 1 of lhs twice}}
  %y = nn.contract %a, %a contracting = [1, 1] x [0, 1] : tensor<4x4xf32>
  return
}

// -----

// contract_c3
func.func @contract_c3(%a: tensor<4x8xf32>, %b: tensor<8x3xf32>) {
  // expected-error @+1 {{expects lhs dimensions in [0, 2), the dimensions of 'tensor<4x8xf32>', but got 2}}
  %y = nn.contract %a, %b contracting = [2] x [0] : tensor<4x8xf32>, tensor<8x3xf32>
  return
}

// -----

// contract_c4
func.func @contract_c4(%a: tensor<4x8xf32>, %b: tensor<8x3xf64>) {
  // expected-error @+2 {{expects operands of one dtype, but got 'tensor<4x8xf32>' and 'tensor<8x3xf64>'}}
  // expected-note @+1 {{convert one with nn.cast}}
  %y = nn.contract %a, %b contracting = [1] x [0] : tensor<4x8xf32>, tensor<8x3xf64>
  return
}

// -----

// contract_c5
func.func @contract_c5(%a: tensor<4x8xf32>, %b: tensor<8x3xf32>) {
  // expected-error @+1 {{expects contracting dimensions in pairs, but got [1] x []}}
  %y = nn.contract %a, %b contracting = [1] x [] : tensor<4x8xf32>, tensor<8x3xf32>
  return
}
