// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// One type stands for both; a static size wins over `?`.
// CHECK-LABEL: func @or
// CHECK: nn.or %{{.*}}, %{{.*}} : tensor<?x4xi32>
// CHECK: nn.or %{{.*}}, %{{.*}} : tensor<?xi1>, tensor<4xi1>
func.func @or(%x: tensor<?x4xi32>, %y: tensor<?x4xi32>, %s: tensor<?xi1>, %t: tensor<4xi1>) -> (tensor<?x4xi32>, tensor<4xi1>) {
  %z = nn.or %x, %y : tensor<?x4xi32>
  %u = nn.or %s, %t : tensor<?xi1>, tensor<4xi1>
  return %z, %u : tensor<?x4xi32>, tensor<4xi1>
}
