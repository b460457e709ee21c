// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @logsumexp
func.func @logsumexp(%x: tensor<?x8xf32>) {
  // CHECK: %[[Y:.*]] = nn.logsumexp %{{.*}} dims = [0] : tensor<?x8xf32>
  %0 = nn.logsumexp %x dims = [0] : tensor<?x8xf32>
  // The reduced dimension is gone.
  // CHECK: nn.neg %[[Y]] : tensor<8xf32>
  %1 = nn.neg %0 : tensor<8xf32>
  // The last dimension unless others are given.
  // CHECK: nn.logsumexp %{{.*}} dims = [1] : tensor<?x8xf32>
  %2 = nn.logsumexp %x : tensor<?x8xf32>
  // CHECK: nn.logsumexp %{{.*}} masked dims = [1] : tensor<?x8xf32>
  %3 = nn.logsumexp %x masked : tensor<?x8xf32>
  return
}
