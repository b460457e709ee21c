// RUN: mlc-opt %s --decompose-composites | FileCheck %s
// RUN: mlc-opt %s --expand-derivatives --decompose-composites --canonicalize --cse | FileCheck %s --check-prefix=SLOPE

// Sizes that are known: elements are fetched, two where the second one weighs; the slope fetches too.
// CHECK-LABEL: func.func private @twice
// CHECK-NOT: nn.iota
// CHECK-COUNT-2: nn.gather {{.*}} axis = 1 : tensor<2x4xf32>, tensor<8xi32>
// CHECK-NOT: nn.gather
// SLOPE-LABEL: func.func @slope
// SLOPE-NOT: nn.scatter
// SLOPE: return
func.func private @twice(%x: tensor<2x4xf32>) -> tensor<2x8xf32> {
  %y = nn.interpolate %x scale = [2] mode = linear layout = nw : tensor<2x4xf32>
  return %y : tensor<2x8xf32>
}
func.func @slope(%x: tensor<2x4xf32>, %dy: tensor<2x8xf32>) -> tensor<2x4xf32> {
  %y, %dx = nn.vjp @twice(%x) cotangents(%dy) wrt(0) : (tensor<2x4xf32>), (tensor<2x8xf32>) -> (tensor<2x8xf32>, tensor<2x4xf32>)
  return %dx : tensor<2x4xf32>
}

// What stays at its place is not fetched.
// CHECK-LABEL: func.func @same
// CHECK-NOT: nn.
// CHECK: return
func.func @same(%x: tensor<2x4x5xf32>) -> tensor<2x4x5xf32> {
  %y = nn.interpolate %x sizes = [5] mode = cubic : tensor<2x4x5xf32>
  return %y : tensor<2x4x5xf32>
}

// A free size: positions are computed.
// CHECK-LABEL: func.func @free
// CHECK: nn.iota[%{{.*}}] dim = 0 : tensor<?xf64>
func.func @free(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %y = nn.interpolate %x scale = [1.5] layout = nw : tensor<2x?xf32>
  return %y : tensor<2x?xf32>
}
