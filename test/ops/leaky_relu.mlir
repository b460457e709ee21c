// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @leaky_relu
func.func @leaky_relu(%x: tensor<?x8xf32>) {
  // CHECK: nn.leaky_relu %{{.*}} : tensor<?x8xf32>
  %0 = nn.leaky_relu %x : tensor<?x8xf32>
  // CHECK: nn.leaky_relu %{{.*}} slope = 2.500000e-01 : tensor<?x8xf32>
  %1 = nn.leaky_relu %x slope = 0.25 : tensor<?x8xf32>
  return
}
