// RUN: mlc-opt %s --schedule-kernels="vector-bytes=32 vector-registers=16 explain=true" --split-input-file | FileCheck %s

// Tiles inside of the image ask for no edges; rows with the same numbers and other signs are a sum and a difference. What reads the
// result at its positions is in the same loop.
// CHECK-LABEL: func.func private @transform(
// CHECK-SAME: tiles of 4 elements: 8 of their channels at once
// CHECK: scf.if
// CHECK-COUNT-4: vector.load
// CHECK-NOT: vector.load
// CHECK: arith.mulf
// CHECK: arith.addf
// CHECK: arith.subf
// CHECK-COUNT-4: vector.store
// CHECK-NOT: vector.store
// CHECK: } else {
// CHECK: arith.select
func.func private @transform(%x: tensor<2x9x8xf32>) -> tensor<4x2x5x8xf32> attributes {kernel.kernel} {
  %y = nn.transform_tiles %x matrices = [dense<[[1.0, 0.0, -1.0, 0.0], [1.0, 1.0, 2.0, 0.0], [1.0, -1.0, 2.0, 0.0], [0.0, -1.0, 0.0, 1.0]]> : tensor<4x4xf64>] strides = [2] low = [1] tiles = [5] : tensor<2x9x8xf32>
  return %y : tensor<4x2x5x8xf32>
}

// -----

// CHECK-LABEL: func.func private @join(
// CHECK-SAME: tiles of 2 elements
// CHECK-COUNT-4: vector.load
// CHECK-COUNT-2: vector.store
// CHECK-NOT: vector.store
// CHECK: } else {
// CHECK: scf.if
func.func private @join(%x: tensor<4x2x5x8xf32>) -> tensor<2x9x8xf32> attributes {kernel.kernel} {
  %y = nn.join_tiles %x matrices = [dense<[[1.0, 1.0, 1.0, 0.0], [0.0, 1.0, -1.0, 1.0]]> : tensor<2x4xf64>] strides = [2] low = [0] sizes = [9] : tensor<4x2x5x8xf32>
  %zero = nn.constant dense<0.0> : tensor<f32>
  %zeros = nn.broadcast %zero dims = [] : tensor<f32> -> tensor<2x9x8xf32>
  %r = nn.max %y, %zeros : tensor<2x9x8xf32>
  return %r : tensor<2x9x8xf32>
}

// -----

// Where the tiles are not all of the result, elements are computed one by one.
// CHECK-LABEL: func.func private @gaps(
// CHECK-SAME: map
func.func private @gaps(%x: tensor<4x2x5x8xf32>) -> tensor<2x19x8xf32> attributes {kernel.kernel} {
  %y = nn.join_tiles %x matrices = [dense<1.0> : tensor<2x4xf64>] strides = [4] low = [0] sizes = [19] : tensor<4x2x5x8xf32>
  return %y : tensor<2x19x8xf32>
}
