// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @silu
func.func @silu(%x: tensor<?x8xf32>) {
  // CHECK: nn.silu %{{.*}} : tensor<?x8xf32>
  %0 = nn.silu %x : tensor<?x8xf32>
  return
}
