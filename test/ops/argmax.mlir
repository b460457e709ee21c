// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @argmax
// CHECK: nn.argmax %{{.*}} dim = 1 : tensor<?x8xf32>
func.func @argmax(%x: tensor<?x8xf32>) -> tensor<?xi64> {
  %i = nn.argmax %x dim = 1 : tensor<?x8xf32>
  return %i : tensor<?xi64>
}
