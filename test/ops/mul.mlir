// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// One type stands for both; a static size wins over `?`.
// CHECK-LABEL: func @mul
// CHECK: nn.mul %{{.*}}, %{{.*}} : tensor<?x4xf32>
// CHECK: nn.mul %{{.*}}, %{{.*}} : tensor<?xi8>, tensor<4xi8>
func.func @mul(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>, %s: tensor<?xi8>, %t: tensor<4xi8>) -> (tensor<?x4xf32>, tensor<4xi8>) {
  %z = nn.mul %x, %y : tensor<?x4xf32>
  %u = nn.mul %s, %t : tensor<?xi8>, tensor<4xi8>
  return %z, %u : tensor<?x4xf32>, tensor<4xi8>
}
