// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @reduce
// CHECK: nn.reduce sum %{{.*}} dims = [1] : tensor<?x8xf32>
// CHECK: nn.reduce max %{{.*}} dims = [0] : tensor<?xf32>
// CHECK: nn.reduce and %{{.*}} dims = [0, 1] : tensor<?x4xi1>
func.func @reduce(%x: tensor<?x8xf32>, %c: tensor<?x4xi1>) -> (tensor<f32>, tensor<i1>) {
  %y = nn.reduce sum %x dims = [1] : tensor<?x8xf32>
  %z = nn.reduce max %y dims = [0] : tensor<?xf32>
  %d = nn.reduce and %c dims = [0, 1] : tensor<?x4xi1>
  return %z, %d : tensor<f32>, tensor<i1>
}
