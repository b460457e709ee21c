// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @instance_norm
func.func @instance_norm(%x: tensor<?x?x5xf32>, %s: tensor<?xf32>) {
  // CHECK: nn.instance_norm %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x?x5xf32>, tensor<?xf32>
  %0 = nn.instance_norm %x, %s, %s epsilon = 1.0e-5 : tensor<?x?x5xf32>, tensor<?xf32>
  // CHECK: nn.instance_norm %{{.*}}, %{{.*}}, %{{.*}} epsilon = 1.000000e-01 : tensor<?x?x5xf32>, tensor<?xf32>
  %1 = nn.instance_norm %x, %s, %s epsilon = 1.0e-1 : tensor<?x?x5xf32>, tensor<?xf32>
  return
}
