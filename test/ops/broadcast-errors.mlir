// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// broadcast_c1_count
func.func @broadcast_c1_count(%x: tensor<5xf32>) {
  // expected-error @+1 {{expects dims to name the result dimension of each of the 1 dimensions of 'tensor<5xf32>', but got 0 entries}}
  %y = nn.broadcast %x dims = [] : tensor<5xf32> -> tensor<4x5xf32>
  return
}

// -----

// broadcast_c1_order
func.func @broadcast_c1_order(%x: tensor<4x5xf32>) {
  // expected-error @+2 {{expects increasing dims in [0, 2), the dimensions of 'tensor<5x4xf32>', but got 0 at position 1}}
  // expected-note @+1 {{nn.transpose changes the order of dimensions}}
  %y = nn.broadcast %x dims = [1, 0] : tensor<4x5xf32> -> tensor<5x4xf32>
  return
}

// -----

// broadcast_c2
func.func @broadcast_c2(%x: tensor<1x5xf32>) {
  // expected-error @+2 {{expects equal sizes, but dimension 0 of 'tensor<1x5xf32>' becomes dimension 0 of 'tensor<4x5xf32>'}}
  // expected-note @+1 {{only new dimensions are copied along; nn.reshape drops a dimension of size 1}}
  %y = nn.broadcast %x dims = [0, 1] : tensor<1x5xf32> -> tensor<4x5xf32>
  return
}

// -----

// broadcast_c3
func.func @broadcast_c3(%x: tensor<5xf32>) {
  // expected-error @+2 {{expects one size operand per `?` of 'tensor<?x5xf32>', but got 0}}
  // expected-note @+1 {{write the `index` sizes in brackets}}
  %y = nn.broadcast %x dims = [1] : tensor<5xf32> -> tensor<?x5xf32>
  return
}

// -----

// broadcast_c4
func.func @broadcast_c4(%x: tensor<5xf32>) {
  // expected-error @+2 {{expects one dtype, but got 'tensor<5xf32>' -> 'tensor<4x5xf64>'}}
  // expected-note @+1 {{convert the operand with nn.cast}}
  %y = nn.broadcast %x dims = [1] : tensor<5xf32> -> tensor<4x5xf64>
  return
}
