// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @hard_swish
func.func @hard_swish(%x: tensor<?x8xf32>) {
  // CHECK: nn.hard_swish %{{.*}} : tensor<?x8xf32>
  %0 = nn.hard_swish %x : tensor<?x8xf32>
  return
}
