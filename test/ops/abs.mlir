// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @abs
// CHECK: nn.abs %{{.*}} : tensor<?x4xf32>
// CHECK: nn.abs %{{.*}} : tensor<i32>
func.func @abs(%x: tensor<?x4xf32>, %s: tensor<i32>) -> (tensor<?x4xf32>, tensor<i32>) {
  %y = nn.abs %x : tensor<?x4xf32>
  %t = nn.abs %s : tensor<i32>
  return %y, %t : tensor<?x4xf32>, tensor<i32>
}
