// RUN: mlc-opt %s --canonicalize | FileCheck %s

// The gradients of a table that is read twice and multiplied by: sums into what is added to them.
// CHECK-LABEL: func @tied(
// CHECK-SAME: %[[DW:[a-z0-9]+]]: tensor<10x8xf32>, %[[I:[a-z0-9]+]]: tensor<4xi64>, %[[U:[a-z0-9]+]]: tensor<4x8xf32>
// CHECK-NEXT: %[[FIRST:.*]] = nn.scatter add %[[DW]], %[[I]], %[[U]] axis = 0
// CHECK-NEXT: %[[SECOND:.*]] = nn.scatter add %[[FIRST]], %[[I]], %{{.*}} axis = 0
// CHECK-NEXT: return %[[SECOND]]
func.func @tied(%dw: tensor<10x8xf32>, %i: tensor<4xi64>, %u: tensor<4x8xf32>, %v: tensor<4x8xf32>) -> tensor<10x8xf32> {
  %zeros = nn.constant dense<0.0> : tensor<10x8xf32>
  %a = nn.scatter add %zeros, %i, %u axis = 0 : tensor<10x8xf32>, tensor<4xi64>, tensor<4x8xf32>
  %b = nn.scatter add %a, %i, %v axis = 0 : tensor<10x8xf32>, tensor<4xi64>, tensor<4x8xf32>
  %sum = nn.add %dw, %b : tensor<10x8xf32>
  return %sum : tensor<10x8xf32>
}

// Not where the sums are read as they are, start at something, or are no sums.
// CHECK-LABEL: func @others(
// CHECK-COUNT-3: nn.add
func.func @others(%x: tensor<10xf32>, %i: tensor<4xi64>, %u: tensor<4xf32>) -> (tensor<10xf32>, tensor<10xf32>, tensor<10xf32>, tensor<10xf32>) {
  %zeros = nn.constant dense<0.0> : tensor<10xf32>
  %a = nn.scatter add %zeros, %i, %u axis = 0 : tensor<10xf32>, tensor<4xi64>, tensor<4xf32>
  %read = nn.add %a, %x : tensor<10xf32>
  %b = nn.scatter add %x, %i, %u axis = 0 : tensor<10xf32>, tensor<4xi64>, tensor<4xf32>
  %started = nn.add %b, %x : tensor<10xf32>
  %c = nn.scatter max %zeros, %i, %u axis = 0 : tensor<10xf32>, tensor<4xi64>, tensor<4xf32>
  %largest = nn.add %c, %x : tensor<10xf32>
  return %a, %read, %started, %largest : tensor<10xf32>, tensor<10xf32>, tensor<10xf32>, tensor<10xf32>
}
