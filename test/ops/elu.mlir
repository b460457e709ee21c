// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @elu
func.func @elu(%x: tensor<?x8xf32>) {
  // CHECK: nn.elu %{{.*}} : tensor<?x8xf32>
  %0 = nn.elu %x : tensor<?x8xf32>
  // CHECK: nn.elu %{{.*}} alpha = 5.000000e-01 : tensor<?x8xf32>
  %1 = nn.elu %x alpha = 0.5 : tensor<?x8xf32>
  return
}
