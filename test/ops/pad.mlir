// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @pad
// CHECK: nn.pad %{{.*}}, %{{.*}} low = [1, 0] high = [0, 2] interior = [0, 1] : tensor<?x8xf32>, tensor<f32>
func.func @pad(%x: tensor<?x8xf32>, %v: tensor<f32>) -> tensor<?x17xf32> {
  %y = nn.pad %x, %v low = [1, 0] high = [0, 2] interior = [0, 1] : tensor<?x8xf32>, tensor<f32>
  return %y : tensor<?x17xf32>
}
