// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --decompose-composites | FileCheck %s --check-prefix=PARTS

// CHECK-LABEL: func.func @stack
func.func @stack(%a: tensor<?x8xf32>, %b: tensor<4x8xf32>, %i: tensor<i1>) -> (tensor<4x2x8xf32>, tensor<3xi1>) {
  // CHECK: %[[Y:.*]] = nn.stack %{{.*}}, %{{.*}} : tensor<4x8xf32>
  %0 = nn.stack %b, %b : tensor<4x8xf32>
  // CHECK: nn.neg %[[Y]] : tensor<2x4x8xf32>
  %1 = nn.neg %0 : tensor<2x4x8xf32>
  // CHECK: nn.stack %{{.*}}, %{{.*}} dim = 1 : tensor<?x8xf32>, tensor<4x8xf32>
  // PARTS: nn.concat {{.*}} dim = 1 : tensor<?x1x8xf32>, tensor<4x1x8xf32>
  %2 = nn.stack %a, %b dim = 1 : tensor<?x8xf32>, tensor<4x8xf32>
  // CHECK: nn.stack %{{.*}}, %{{.*}}, %{{.*}} : tensor<i1>
  %3 = nn.stack %i, %i, %i : tensor<i1>
  return %2, %3 : tensor<4x2x8xf32>, tensor<3xi1>
}
