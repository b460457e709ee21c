// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @mish
func.func @mish(%x: tensor<?x8xf32>) {
  // CHECK: nn.mish %{{.*}} : tensor<?x8xf32>
  %0 = nn.mish %x : tensor<?x8xf32>
  return
}
