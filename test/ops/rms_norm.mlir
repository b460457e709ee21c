// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @rms_norm
func.func @rms_norm(%x: tensor<?x8xf32>, %s: tensor<8xf32>) {
  // CHECK: nn.rms_norm %{{.*}}, %{{.*}} : tensor<?x8xf32>, tensor<8xf32>
  %0 = nn.rms_norm %x, %s : tensor<?x8xf32>, tensor<8xf32>
  // CHECK: nn.rms_norm %{{.*}}, %{{.*}} epsilon = 1.000000e-03 : tensor<?x8xf32>, tensor<8xf32>
  %1 = nn.rms_norm %x, %s epsilon = 1.0e-3 : tensor<?x8xf32>, tensor<8xf32>
  return
}
