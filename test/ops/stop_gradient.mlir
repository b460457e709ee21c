// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @stop_gradient
// CHECK: nn.stop_gradient %{{.*}} : tensor<?x4xf32>
// CHECK: nn.stop_gradient %{{.*}} : tensor<i32>
func.func @stop_gradient(%x: tensor<?x4xf32>, %s: tensor<i32>) -> (tensor<?x4xf32>, tensor<i32>) {
  %y = nn.stop_gradient %x : tensor<?x4xf32>
  %t = nn.stop_gradient %s : tensor<i32>
  return %y, %t : tensor<?x4xf32>, tensor<i32>
}
