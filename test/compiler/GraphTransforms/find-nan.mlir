// RUN: mlc-opt %s --find-nan | FileCheck %s
// An op is at fault whose operands were finite, or numbers, and whose results are not.

// CHECK-LABEL: func.func @f
// CHECK-SAME: (%[[X:[^:]*]]:
// CHECK-DAG: nn.is_finite %[[X]]
// CHECK-DAG: %[[Y:.*]] = nn.log %[[X]]
// CHECK: nn.is_finite %[[Y]]
// CHECK: nn.assert %{{.*}}, "nn.log at find-nan.mlir:[[#@LINE+3]]:8 made a value that is not finite of values that are" status 11 : tensor<i1>
// CHECK-NOT: nn.assert
func.func @f(%x: tensor<4xf32>, %n: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>) {
  %y = nn.log %x : tensor<4xf32>
  %k = nn.neg %n : tensor<4xi32>
  %c = nn.constant dense<0x7F800000> : tensor<4xf32>
  return %y, %k : tensor<4xf32>, tensor<4xi32>
}
