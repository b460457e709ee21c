// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @update_slice
// CHECK: nn.update_slice %{{.*}}, %{{.*}} [0, %{{.*}}] : tensor<?x8xf32>, tensor<?x2xf32>
func.func @update_slice(%x: tensor<?x8xf32>, %u: tensor<?x2xf32>, %o: index) -> tensor<?x8xf32> {
  %y = nn.update_slice %x, %u [0, %o] : tensor<?x8xf32>, tensor<?x2xf32>
  return %y : tensor<?x8xf32>
}

// Offsets may be data.
// CHECK-LABEL: func @data
// CHECK: nn.update_slice %{{.*}}, %{{.*}} [%{{.*}}, 0] : tensor<4x8xf32>, tensor<1x8xf32>, tensor<i32>
func.func @data(%x: tensor<4x8xf32>, %u: tensor<1x8xf32>, %i: tensor<i32>) -> tensor<4x8xf32> {
  %y = nn.update_slice %x, %u [%i, 0] : tensor<4x8xf32>, tensor<1x8xf32>, tensor<i32>
  return %y : tensor<4x8xf32>
}
