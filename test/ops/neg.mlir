// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @neg
// CHECK: nn.neg %{{.*}} : tensor<?x4xf32>
// CHECK: nn.neg %{{.*}} : tensor<i32>
func.func @neg(%x: tensor<?x4xf32>, %s: tensor<i32>) -> (tensor<?x4xf32>, tensor<i32>) {
  %y = nn.neg %x : tensor<?x4xf32>
  %t = nn.neg %s : tensor<i32>
  return %y, %t : tensor<?x4xf32>, tensor<i32>
}
