// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @argsort
// CHECK: nn.argsort %{{.*}} dim = 1 : tensor<?x8xbf16>
// CHECK: nn.argsort %{{.*}} dim = 0 descending : tensor<?x8xi64>
func.func @argsort(%x: tensor<?x8xbf16>) -> tensor<?x8xi64> {
  %y = nn.argsort %x dim = 1 : tensor<?x8xbf16>
  %z = nn.argsort %y dim = 0 descending : tensor<?x8xi64>
  // CHECK: nn.argsort %{{.*}} dim = 1 descending first = 3 : tensor<?x8xbf16>
  %f = nn.argsort %x dim = 1 descending first = 3 : tensor<?x8xbf16>
  return %z : tensor<?x8xi64>
}
