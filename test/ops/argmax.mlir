// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @argmax
// CHECK: nn.argmax %{{.*}} dim = 1 : tensor<?x8xf32>
// CHECK: nn.argmax %{{.*}} dims = [0, 1] : tensor<?x8xf32>
func.func @argmax(%x: tensor<?x8xf32>) -> (tensor<?xi64>, tensor<i64>) {
  %i = nn.argmax %x dims = [1] : tensor<?x8xf32>
  %j = nn.argmax %x dims = [0, 1] : tensor<?x8xf32>
  return %i, %j : tensor<?xi64>, tensor<i64>
}
