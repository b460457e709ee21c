// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @clamp
func.func @clamp(%x: tensor<?x8xf32>, %i: tensor<4xi32>) {
  // CHECK: nn.clamp %{{.*}} low = 0.000000e+00 high = 6.000000e+00 : tensor<?x8xf32>
  %0 = nn.clamp %x low = 0.0 high = 6.0 : tensor<?x8xf32>
  // CHECK: nn.clamp %{{.*}} high = 2.000000e+00 : tensor<4xi32>
  %1 = nn.clamp %i high = 2.0 : tensor<4xi32>
  return
}
