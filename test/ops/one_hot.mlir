// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @one_hot
func.func @one_hot(%i: tensor<?x4xi32>, %j: tensor<i8>) -> (tensor<?x4x10xf32>, tensor<3xi1>) {
  // CHECK: nn.one_hot %{{.*}} classes = 10 as f32 : tensor<?x4xi32>
  %0 = nn.one_hot %i classes = 10 as f32 : tensor<?x4xi32>
  // CHECK: nn.one_hot %{{.*}} classes = 3 as i1 : tensor<i8>
  %1 = nn.one_hot %j classes = 3 as i1 : tensor<i8>
  return %0, %1 : tensor<?x4x10xf32>, tensor<3xi1>
}
