// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// slice_c1
func.func @slice_c1(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{expects one offset, size and stride per dimension of 'tensor<4x8xf32>', but got 1, 1 and 1}}
  %y = nn.slice %x [0] [4] [1] : tensor<4x8xf32>
  return
}

// -----

// slice_c2
func.func @slice_c2(%x: tensor<4xf32>) {
  // expected-error @+2 {{expects strides of at least 1, but got -1 in dimension 0}}
  // expected-note @+1 {{nn.reverse turns a dimension around}}
  %y = nn.slice %x [3] [4] [-1] : tensor<4xf32>
  return
}

// -----

// slice_c3
func.func @slice_c3(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects a box inside 'tensor<4xf32>', but dimension 0 has size 4 and the box spans 4 elements from 1}}
  %y = nn.slice %x [1] [2] [3] : tensor<4xf32>
  return
}

// -----

// slice_c3_moving
func.func @slice_c3_moving(%x: tensor<4xf32>, %o: index) {
  // expected-error @+1 {{expects a box inside 'tensor<4xf32>', but dimension 0 has size 4 and the box spans 5 elements}}
  %y = nn.slice %x [%o] [5] [1] : tensor<4xf32>
  return
}

// -----

// slice_c3_offset
func.func @slice_c3_offset(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects offsets that are not negative, but got -1 in dimension 0}}
  %y = nn.slice %x [-1] [2] [1] : tensor<4xf32>
  return
}

// -----

// slice_c3_size
func.func @slice_c3_size(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects sizes that are not negative, but got -2 in dimension 0}}
  %y = nn.slice %x [0] [-2] [1] : tensor<4xf32>
  return
}

// -----

// slice_c3_span
func.func @slice_c3_span(%x: tensor<?xf32>) {
  // expected-error @+1 {{expects a box inside 'tensor<?xf32>', but dimension 0 spans more than 2^63 elements}}
  %y = nn.slice %x [0] [4611686018427387904] [4] : tensor<?xf32>
  return
}

// -----

// slice_c4
func.func @slice_c4(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects one operand per dynamic marker of offsets, but got 0 for 1}}
  %y = "nn.slice"(%x) {operandSegmentSizes = array<i32: 1, 0, 0>, staticOffsets = array<i64: -9223372036854775808>, staticSizes = array<i64: 2>, strides = array<i64: 1>} : (tensor<4xf32>) -> tensor<2xf32>
  return
}
