// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @argmin
// CHECK: nn.argmin %{{.*}} dim = 1 : tensor<?x8xf32>
func.func @argmin(%x: tensor<?x8xf32>) -> tensor<?xi64> {
  %i = nn.argmin %x dim = 1 : tensor<?x8xf32>
  return %i : tensor<?xi64>
}
