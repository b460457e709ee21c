// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @selu
func.func @selu(%x: tensor<?x8xf32>) {
  // CHECK: nn.selu %{{.*}} : tensor<?x8xf32>
  %0 = nn.selu %x : tensor<?x8xf32>
  return
}
