// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// gather_c1
func.func @gather_c1(%x: tensor<10x8xf32>, %i: tensor<4x2xi64>) {
  // expected-error @+1 {{expects equal batch sizes, but dimension 0 of 'tensor<10x8xf32>' and 'tensor<4x2xi64>' differ}}
  %y = nn.gather %x, %i axis = 1 batch_dims = 1 : tensor<10x8xf32>, tensor<4x2xi64>
  return
}

// -----

// gather_c2
func.func @gather_c2(%x: tensor<10x8xf32>, %i: tensor<4xi64>) {
  // expected-error @+1 {{expects 0 <= batch_dims <= axis < rank of x and batch_dims <= rank of indices, but got axis 2 and batch_dims 0 for 'tensor<10x8xf32>' and 'tensor<4xi64>'}}
  %y = nn.gather %x, %i axis = 2 : tensor<10x8xf32>, tensor<4xi64>
  return
}

// -----

// gather_dtype
func.func @gather_dtype(%x: tensor<10x8xf32>, %i: tensor<4xi8>) {
  // expected-error @+1 {{operand #1 must be ranked tensor of 32-bit signless integer or 64-bit signless integer values, but got 'tensor<4xi8>'}}
  %y = nn.gather %x, %i axis = 0 : tensor<10x8xf32>, tensor<4xi8>
  return
}
