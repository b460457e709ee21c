// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// One type stands for both; a static size wins over `?`.
// CHECK-LABEL: func @max
// CHECK: nn.max %{{.*}}, %{{.*}} : tensor<?x4xf32>
// CHECK: nn.max %{{.*}}, %{{.*}} : tensor<?xi8>, tensor<4xi8>
func.func @max(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>, %s: tensor<?xi8>, %t: tensor<4xi8>) -> (tensor<?x4xf32>, tensor<4xi8>) {
  %z = nn.max %x, %y : tensor<?x4xf32>
  %u = nn.max %s, %t : tensor<?xi8>, tensor<4xi8>
  return %z, %u : tensor<?x4xf32>, tensor<4xi8>
}
