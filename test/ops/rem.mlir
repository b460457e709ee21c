// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// One type stands for both; a static size wins over `?`.
// CHECK-LABEL: func @rem
// CHECK: nn.rem %{{.*}}, %{{.*}} : tensor<?x4xf32>
// CHECK: nn.rem %{{.*}}, %{{.*}} : tensor<?xi8>, tensor<4xi8>
func.func @rem(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>, %s: tensor<?xi8>, %t: tensor<4xi8>) -> (tensor<?x4xf32>, tensor<4xi8>) {
  %z = nn.rem %x, %y : tensor<?x4xf32>
  %u = nn.rem %s, %t : tensor<?xi8>, tensor<4xi8>
  return %z, %u : tensor<?x4xf32>, tensor<4xi8>
}
