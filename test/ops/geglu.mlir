// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @geglu
func.func @geglu(%a: tensor<?x8xf32>, %x: tensor<4x3xf64>) {
  // CHECK: nn.geglu %{{.*}}, %{{.*}} : tensor<?x8xf32>
  %0 = nn.geglu %a, %a : tensor<?x8xf32>
  // CHECK: %[[Y:.*]] = nn.geglu %{{.*}} dim = 0 approximate = tanh : tensor<4x3xf64>
  %1 = nn.geglu %x approximate = tanh dim = 0 : tensor<4x3xf64>
  // CHECK: nn.neg %[[Y]] : tensor<2x3xf64>
  %2 = nn.neg %1 : tensor<2x3xf64>
  return
}
