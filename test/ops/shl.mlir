// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// One type stands for both; a static size wins over `?`.
// CHECK-LABEL: func @shl
// CHECK: nn.shl %{{.*}}, %{{.*}} : tensor<?x4xi32>
// CHECK: nn.shl %{{.*}}, %{{.*}} : tensor<?xi64>, tensor<4xi64>
func.func @shl(%x: tensor<?x4xi32>, %y: tensor<?x4xi32>, %s: tensor<?xi64>, %t: tensor<4xi64>) -> (tensor<?x4xi32>, tensor<4xi64>) {
  %z = nn.shl %x, %y : tensor<?x4xi32>
  %u = nn.shl %s, %t : tensor<?xi64>, tensor<4xi64>
  return %z, %u : tensor<?x4xi32>, tensor<4xi64>
}
