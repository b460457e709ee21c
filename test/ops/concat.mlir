// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @concat
// CHECK: nn.concat %{{.*}}, %{{.*}} dim = 0 : tensor<2x?xf32>, tensor<3x8xf32>
// CHECK: nn.concat %{{.*}}, %{{.*}} dim = 1 : tensor<5x8xf32>, tensor<5x?xf32>
func.func @concat(%x: tensor<2x?xf32>, %y: tensor<3x8xf32>, %z: tensor<5x?xf32>) -> tensor<5x?xf32> {
  %a = nn.concat %x, %y dim = 0 : tensor<2x?xf32>, tensor<3x8xf32>
  %b = nn.concat %a, %z dim = 1 : tensor<5x8xf32>, tensor<5x?xf32>
  return %b : tensor<5x?xf32>
}
