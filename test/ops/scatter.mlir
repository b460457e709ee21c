// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @scatter
// CHECK: nn.scatter add %{{.*}}, %{{.*}}, %{{.*}} axis = 0 : tensor<10x8xf32>, tensor<?xi64>, tensor<?x8xf32>
// CHECK: nn.scatter max %{{.*}}, %{{.*}}, %{{.*}} axis = 2 batch_dims = 1 : tensor<?x5x10xf32>, tensor<4x3xi32>, tensor<4x5x3xf32>
// CHECK: nn.scatter mul %{{.*}}, %{{.*}}, %{{.*}} axis = 0 : tensor<10x8xf32>, tensor<?xi64>, tensor<?x8xf32>
// CHECK: nn.scatter min %{{.*}}, %{{.*}}, %{{.*}} axis = 0 : tensor<10x8xf32>, tensor<?xi64>, tensor<?x8xf32>
func.func @scatter(%x: tensor<10x8xf32>, %i: tensor<?xi64>, %u: tensor<?x8xf32>, %z: tensor<?x5x10xf32>, %j: tensor<4x3xi32>, %v: tensor<4x5x3xf32>) -> (tensor<10x8xf32>, tensor<?x5x10xf32>) {
  %y = nn.scatter add %x, %i, %u axis = 0 : tensor<10x8xf32>, tensor<?xi64>, tensor<?x8xf32>
  %w = nn.scatter max %z, %j, %v axis = 2 batch_dims = 1 : tensor<?x5x10xf32>, tensor<4x3xi32>, tensor<4x5x3xf32>
  %p = nn.scatter mul %y, %i, %u axis = 0 : tensor<10x8xf32>, tensor<?xi64>, tensor<?x8xf32>
  %q = nn.scatter min %p, %i, %u axis = 0 : tensor<10x8xf32>, tensor<?xi64>, tensor<?x8xf32>
  return %q, %w : tensor<10x8xf32>, tensor<?x5x10xf32>
}
