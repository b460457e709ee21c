// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// One type stands for both; a static size wins over `?`.
// CHECK-LABEL: func @atan2
// CHECK: nn.atan2 %{{.*}}, %{{.*}} : tensor<?x4xf32>
// CHECK: nn.atan2 %{{.*}}, %{{.*}} : tensor<?xf64>, tensor<4xf64>
func.func @atan2(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>, %s: tensor<?xf64>, %t: tensor<4xf64>) -> (tensor<?x4xf32>, tensor<4xf64>) {
  %z = nn.atan2 %x, %y : tensor<?x4xf32>
  %u = nn.atan2 %s, %t : tensor<?xf64>, tensor<4xf64>
  return %z, %u : tensor<?x4xf32>, tensor<4xf64>
}
