// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @argmin
// CHECK: nn.argmin %{{.*}} dim = 1 : tensor<?x8xf32>
// CHECK: nn.argmin %{{.*}} dims = [0, 1] : tensor<?x8xf32>
func.func @argmin(%x: tensor<?x8xf32>) -> (tensor<?xi64>, tensor<i64>) {
  %i = nn.argmin %x dims = [1] : tensor<?x8xf32>
  %j = nn.argmin %x dims = [0, 1] : tensor<?x8xf32>
  return %i, %j : tensor<?xi64>, tensor<i64>
}
