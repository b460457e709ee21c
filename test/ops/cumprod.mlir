// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @cumprod
// CHECK: nn.cumprod %{{.*}} dim = 1 exclusive : tensor<?x8xf32>
// CHECK: nn.cumprod %{{.*}} dim = 0 reverse : tensor<?x8xf32>
func.func @cumprod(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %y = nn.cumprod %x dim = 1 exclusive : tensor<?x8xf32>
  %z = nn.cumprod %y dim = 0 reverse : tensor<?x8xf32>
  return %z : tensor<?x8xf32>
}
