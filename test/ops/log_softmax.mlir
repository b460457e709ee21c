// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @log_softmax
func.func @log_softmax(%x: tensor<?x8xf32>) {
  // CHECK: nn.log_softmax %{{.*}} dim = 1 : tensor<?x8xf32>
  %0 = nn.log_softmax %x dim = 1 : tensor<?x8xf32>
  // The last dimension unless another is given.
  // CHECK: nn.log_softmax %{{.*}} dim = 1 : tensor<?x8xf32>
  %2 = nn.log_softmax %x : tensor<?x8xf32>
  return
}
