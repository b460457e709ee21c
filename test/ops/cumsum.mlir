// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @cumsum
// CHECK: nn.cumsum %{{.*}} dim = 1 exclusive : tensor<?x8xf32>
// CHECK: nn.cumsum %{{.*}} dim = 0 reverse : tensor<?x8xf32>
func.func @cumsum(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %y = nn.cumsum %x dim = 1 exclusive : tensor<?x8xf32>
  %z = nn.cumsum %y dim = 0 reverse : tensor<?x8xf32>
  return %z : tensor<?x8xf32>
}
