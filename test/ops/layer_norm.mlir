// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @layer_norm
func.func @layer_norm(%x: tensor<?x8xf32>, %s: tensor<8xf32>) {
  // CHECK: nn.layer_norm %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>
  %0 = nn.layer_norm %x, %s, %s epsilon = 1.0e-5 : tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>
  // CHECK: nn.layer_norm %{{.*}}, %{{.*}}, %{{.*}} epsilon = 1.000000e-01 : tensor<8xf32>
  %1 = nn.layer_norm %s, %s, %s epsilon = 1.0e-1 : tensor<8xf32>
  return
}
