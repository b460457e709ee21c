// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @slice
// CHECK: nn.slice %{{.*}} [0, %{{.*}}] [4, 2] [1, 3] : tensor<4x8xf32>
// CHECK: nn.slice %{{.*}} [1, 0] [%{{.*}}, 2] [1, 1] : tensor<?x2xf32>
func.func @slice(%x: tensor<4x8xf32>, %y: tensor<?x2xf32>, %o: index) -> (tensor<4x2xf32>, tensor<?x2xf32>) {
  %a = nn.slice %x [0, %o] [4, 2] [1, 3] : tensor<4x8xf32>
  %b = nn.slice %y [1, 0] [%o, 2] [1, 1] : tensor<?x2xf32>
  return %a, %b : tensor<4x2xf32>, tensor<?x2xf32>
}

// Offsets may be data.
// CHECK-LABEL: func @data
// CHECK: nn.slice %{{.*}} [%{{.*}}, %{{.*}}] [1, 2] [1, 1] : tensor<4x8xf32>, tensor<i64>, index
func.func @data(%x: tensor<4x8xf32>, %i: tensor<i64>, %o: index) -> tensor<1x2xf32> {
  %y = nn.slice %x [%i, %o] [1, 2] [1, 1] : tensor<4x8xf32>, tensor<i64>, index
  return %y : tensor<1x2xf32>
}
