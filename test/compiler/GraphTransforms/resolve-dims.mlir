// RUN: mlc-opt %s --resolve-dims --canonicalize | FileCheck %s
// The size of a concat is the sum of the sizes of arguments; the concat itself is not needed for it.

// CHECK-LABEL: func.func @f
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>
// CHECK-NOT: nn.concat
// CHECK-DAG: %[[TWO:.*]] = arith.constant 2
// CHECK-DAG: %[[N:.*]] = nn.dim %[[X]], 0
// CHECK: %[[SIZE:.*]] = arith.muli %[[N]], %[[TWO]]
// CHECK: nn.iota[%[[SIZE]]]
func.func @f(%x: tensor<?x4xf32>) -> tensor<?xf32> {
  %c = nn.concat %x, %x dim = 0 : tensor<?x4xf32>, tensor<?x4xf32>
  %n = nn.dim %c, 0 : tensor<?x4xf32>
  %i = nn.iota [%n] dim = 0 : tensor<?xf32>
  return %i : tensor<?xf32>
}
