// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @dropout
func.func @dropout(%x: tensor<?x8xf32>, %n: tensor<i64>) {
  // CHECK: nn.dropout %{{.*}} rate = 1.000000e-01 : tensor<?x8xf32>
  %0 = nn.dropout %x rate = 0.1 : tensor<?x8xf32>
  // CHECK: nn.dropout %{{.*}} rate = 5.000000e-01 seed %{{.*}} step %{{.*}} stream = 17 : tensor<?x8xf32>
  %1 = nn.dropout %x rate = 0.5 seed %n step %n stream = 17 : tensor<?x8xf32>
  return
}
