// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @gather
// CHECK: nn.gather %{{.*}}, %{{.*}} axis = 0 : tensor<10x8xf32>, tensor<?xi64>
// CHECK: nn.gather %{{.*}}, %{{.*}} axis = 2 batch_dims = 1 : tensor<?x5x10xf32>, tensor<4x3xi32>
func.func @gather(%x: tensor<10x8xf32>, %i: tensor<?xi64>, %z: tensor<?x5x10xf32>, %j: tensor<4x3xi32>) -> (tensor<?x8xf32>, tensor<4x5x3xf32>) {
  %y = nn.gather %x, %i axis = 0 : tensor<10x8xf32>, tensor<?xi64>
  %w = nn.gather %z, %j axis = 2 batch_dims = 1 : tensor<?x5x10xf32>, tensor<4x3xi32>
  return %y, %w : tensor<?x8xf32>, tensor<4x5x3xf32>
}
