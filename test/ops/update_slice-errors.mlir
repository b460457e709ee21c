// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// update_slice_c1
func.func @update_slice_c1(%x: tensor<4x8xf32>, %u: tensor<2xf32>) {
  // expected-error @+2 {{expects an update of the rank of 'tensor<4x8xf32>', but got 'tensor<2xf32>'}}
  // expected-note @+1 {{nn.reshape adds a dimension of size 1}}
  %y = nn.update_slice %x, %u [0, 0] : tensor<4x8xf32>, tensor<2xf32>
  return
}

// -----

// update_slice_c2
func.func @update_slice_c2(%x: tensor<4xf32>, %u: tensor<2xf64>) {
  // expected-error @+2 {{expects operands of one dtype, but got 'tensor<4xf32>' and 'tensor<2xf64>'}}
  // expected-note @+1 {{convert one with nn.cast}}
  %y = nn.update_slice %x, %u [0] : tensor<4xf32>, tensor<2xf64>
  return
}

// -----

// update_slice_c3
func.func @update_slice_c3(%x: tensor<4xf32>, %u: tensor<5xf32>, %o: index) {
  // expected-error @+1 {{expects a box inside 'tensor<4xf32>', but dimension 0 has size 4 and the box spans 5 elements}}
  %y = nn.update_slice %x, %u [%o] : tensor<4xf32>, tensor<5xf32>
  return
}

// -----

// update_slice_c4
func.func @update_slice_c4(%x: tensor<4xf32>, %u: tensor<2xf32>) {
  // expected-error @+1 {{expects one offset per dimension of 'tensor<4xf32>', but got 0}}
  %y = nn.update_slice %x, %u [] : tensor<4xf32>, tensor<2xf32>
  return
}

// -----

// update_slice_c5
func.func @update_slice_c5(%x: tensor<4xf32>, %u: tensor<2xf32>, %o: index) {
  // expected-error @+1 {{expects one operand per dynamic marker of offsets, but got 1 for 0}}
  %y = "nn.update_slice"(%x, %u, %o) {staticOffsets = array<i64: 0>} : (tensor<4xf32>, tensor<2xf32>, index) -> tensor<4xf32>
  return
}

// -----

func.func @update_slice_types(%x: tensor<4x4xf32>, %u: tensor<2x4xf32>, %o: tensor<i64>) {
  // expected-error @+1 {{expects one type per offset that is not a number, but got 2 for 1}}
  %y = nn.update_slice %x, %u [%o, 0] : tensor<4x4xf32>, tensor<2x4xf32>, tensor<i64>, tensor<i64>
  return
}

// -----

func.func @update_slice_c5_types(%x: tensor<4xf32>, %u: tensor<2xf32>, %o: tensor<1xi64>) {
  // expected-error @+1 {{operand #2 must be variadic of index, or a rank-0 tensor of i32 or i64}}
  %y = nn.update_slice %x, %u [%o] : tensor<4xf32>, tensor<2xf32>, tensor<1xi64>
  return
}
