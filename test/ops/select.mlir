// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @select
// CHECK: nn.select %{{.*}}, %{{.*}}, %{{.*}} : tensor<4xi1>, tensor<?xf32>, tensor<?xf32>
// CHECK: nn.select %{{.*}}, %{{.*}}, %{{.*}} : tensor<4xi1>
func.func @select(%c: tensor<4xi1>, %x: tensor<?xf32>, %y: tensor<?xf32>) -> (tensor<4xf32>, tensor<4xi1>) {
  %z = nn.select %c, %x, %y : tensor<4xi1>, tensor<?xf32>, tensor<?xf32>
  %d = nn.select %c, %c, %c : tensor<4xi1>
  return %z, %d : tensor<4xf32>, tensor<4xi1>
}
