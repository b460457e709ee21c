// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @top_k
// CHECK: nn.top_k %{{.*}} k = 3 dim = 1 : tensor<?x8xf16>
func.func @top_k(%x: tensor<?x8xf16>) -> (tensor<?x3xf16>, tensor<?x3xi64>) {
  %v, %i = nn.top_k %x k = 3 dim = 1 : tensor<?x8xf16>
  return %v, %i : tensor<?x3xf16>, tensor<?x3xi64>
}
