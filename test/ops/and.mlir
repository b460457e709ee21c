// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// One type stands for both; a static size wins over `?`.
// CHECK-LABEL: func @and
// CHECK: nn.and %{{.*}}, %{{.*}} : tensor<?x4xi32>
// CHECK: nn.and %{{.*}}, %{{.*}} : tensor<?xi1>, tensor<4xi1>
func.func @and(%x: tensor<?x4xi32>, %y: tensor<?x4xi32>, %s: tensor<?xi1>, %t: tensor<4xi1>) -> (tensor<?x4xi32>, tensor<4xi1>) {
  %z = nn.and %x, %y : tensor<?x4xi32>
  %u = nn.and %s, %t : tensor<?xi1>, tensor<4xi1>
  return %z, %u : tensor<?x4xi32>, tensor<4xi1>
}
