// RUN: mlc-opt %s --evaluate --split-input-file --verify-diagnostics
// Sizes that only a run shows to be wrong.

func.func @box(%x: tensor<?xf32> {nn.value = dense<1.0> : tensor<6xf32>}) -> tensor<4xf32> {
  // expected-error @+1 {{expects a box inside 'tensor<6xf32>', but dimension 0 has size 6 and the box spans 7 elements from 0}}
  %y = nn.slice %x [0] [4] [2] : tensor<?xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @update(%x: tensor<?xf32> {nn.value = dense<1.0> : tensor<3xf32>}, %u: tensor<?xf32> {nn.value = dense<1.0> : tensor<4xf32>}) -> tensor<?xf32> {
  // expected-error @+1 {{expects a box inside 'tensor<3xf32>', but dimension 0 has size 3 and the box spans 4 elements from 0}}
  %y = nn.update_slice %x, %u [0] : tensor<?xf32>, tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

func.func @rest(%x: tensor<?xf32> {nn.value = dense<1.0> : tensor<7xf32>}) -> tensor<?x3xf32> {
  // expected-error @+1 {{element count of nn.reshape unlike that of its operand}}
  %y = nn.reshape %x : tensor<?xf32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// -----

func.func @count(%x: tensor<?xf32> {nn.value = dense<1.0> : tensor<7xf32>}) -> tensor<?x3xf32> {
  %n = arith.constant 2 : index
  // expected-error @+1 {{element count of nn.reshape unlike that of its operand}}
  %y = nn.reshape %x [%n] : tensor<?xf32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// -----

func.func @concat(%x: tensor<2x?xf32> {nn.value = dense<1.0> : tensor<2x4xf32>}, %z: tensor<2x?xf32> {nn.value = dense<1.0> : tensor<2x5xf32>}) -> tensor<4x?xf32> {
  // expected-error @+1 {{expects equal sizes except along dimension 0, but dimension 1 of 'tensor<2x4xf32>' and 'tensor<2x5xf32>' differ}}
  %y = nn.concat %x, %z dim = 0 : tensor<2x?xf32>, tensor<2x?xf32>
  return %y : tensor<4x?xf32>
}

// -----

func.func @contract(%x: tensor<?xf32> {nn.value = dense<1.0> : tensor<4xf32>}, %z: tensor<?xf32> {nn.value = dense<1.0> : tensor<5xf32>}) -> tensor<f32> {
  // expected-error @+1 {{expects equal contracting sizes, but dimension 0 of lhs 'tensor<4xf32>' has size 4 and dimension 0 of rhs 'tensor<5xf32>' has size 5}}
  %y = nn.contract %x, %z contracting = [0] x [0] : tensor<?xf32>, tensor<?xf32>
  return %y : tensor<f32>
}

// -----

func.func @loss(%x: tensor<?xf32> {nn.value = dense<1.0> : tensor<4xf32>}, %z: tensor<?xf32> {nn.value = dense<1.0> : tensor<5xf32>}) -> tensor<f32> {
  // expected-error @+2 {{expects prediction and target of one shape, but got 'tensor<4xf32>' and 'tensor<5xf32>'}}
  // expected-note @+1 {{dimension 0 has size 4 in the prediction and 5 in the target}}
  %y = nn.mse %x, %z : tensor<?xf32>, tensor<?xf32>
  return %y : tensor<f32>
}

// -----

func.func @linear(%x: tensor<2x?xf32> {nn.value = dense<1.0> : tensor<2x4xf32>}, %w: tensor<?x3xf32> {nn.value = dense<1.0> : tensor<5x3xf32>}) -> tensor<2x3xf32> {
  // expected-error @+1 {{expects dimension 1 of lhs and dimension 0 of rhs of one size, but got 'tensor<2x4xf32>' and 'tensor<5x3xf32>'}}
  %y = nn.matmul %x, %w : tensor<2x?xf32>, tensor<?x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

func.func @divisor(%x: tensor<?xf32> {nn.value = dense<> : tensor<0xf32>}) {
  %c = arith.constant 6 : index
  %n = nn.dim %x, 0 : tensor<?xf32>
  // expected-error @+1 {{expects a divisor other than 0}}
  %q = arith.divsi %c, %n : index
  return
}

// -----

func.func @unsigned(%x: tensor<?xf32> {nn.value = dense<1.0> : tensor<2xf32>}) {
  %c = arith.constant 3 : index
  %n = nn.dim %x, 0 : tensor<?xf32>
  %less = arith.subi %n, %c : index
  // expected-error @+1 {{expects numbers of at least 0, but got -1 and 3}}
  %q = arith.divui %less, %c : index
  return
}

// -----

func.func @dividend(%x: tensor<?xf32> {nn.value = dense<1.0> : tensor<4xf32>}) {
  %c = arith.constant 1152921504606846976 : index
  %n = nn.dim %x, 0 : tensor<?xf32>
  %large = arith.muli %n, %c : index
  // expected-error @+1 {{expects a dividend below 2^62, but got 4611686018427387904}}
  %q = arith.divsi %large, %n : index
  return
}

// -----

func.func @overflow(%x: tensor<?xf32> {nn.value = dense<1.0> : tensor<8xf32>}) {
  %c = arith.constant 1152921504606846976 : index
  %n = nn.dim %x, 0 : tensor<?xf32>
  // expected-error @+1 {{expects numbers of 64 bits, but got 8 and 1152921504606846976}}
  %large = arith.muli %n, %c : index
  return
}

// -----

func.func @large(%x: tensor<?xf32> {nn.value = dense<1.0> : tensor<4097xf32>}) -> tensor<?x?xf32> {
  // expected-error @+1 {{not supported yet: evaluation of tensors of more than 2^24 elements, such as 'tensor<4097x4097xf32>'}}
  %y = nn.contract %x, %x contracting = [] x [] : tensor<?xf32>, tensor<?xf32>
  return %y : tensor<?x?xf32>
}

// -----

func.func @bias(%x: tensor<?x3xf32> {nn.value = dense<1.0> : tensor<4x3xf32>}, %bias: tensor<1x?xf32> {nn.value = dense<1.0> : tensor<1x5xf32>}) -> tensor<?x3xf32> {
  // expected-note @+2 {{the dimensions are [batch..., queries, keys]}}
  // expected-error @+1 {{expects bias of 'tensor<4x4xf32>', where leading dimensions may be missing and others of size 1, but got 'tensor<1x5xf32>'}}
  %y = nn.attention %x, %x, %x bias = %bias : tensor<?x3xf32>, tensor<1x?xf32>
  return %y : tensor<?x3xf32>
}
