// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @softplus
func.func @softplus(%x: tensor<?x8xf32>) {
  // CHECK: nn.softplus %{{.*}} : tensor<?x8xf32>
  %0 = nn.softplus %x : tensor<?x8xf32>
  return
}
