// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @cross_entropy
func.func @cross_entropy(%x: tensor<?x8xf32>, %r: tensor<?xi64>, %w: tensor<8xf32>) {
  // CHECK: %[[A:.*]] = nn.cross_entropy %{{.*}}, %{{.*}} : tensor<?x8xf32>, tensor<?xi64>
  %0 = nn.cross_entropy %x, %r : tensor<?x8xf32>, tensor<?xi64>
  // CHECK: nn.neg %[[A]] : tensor<f32>
  %1 = nn.neg %0 : tensor<f32>
  // CHECK: %[[B:.*]] = nn.cross_entropy %{{.*}}, %{{.*}} ignore_index = -1 label_smoothing = 1.000000e-01 reduction = none : tensor<?x8xf32>, tensor<?xi64>
  %2 = nn.cross_entropy %x, %r ignore_index = -1 label_smoothing = 0.1 reduction = none : tensor<?x8xf32>, tensor<?xi64>
  // CHECK: nn.neg %[[B]] : tensor<?xf32>
  %3 = nn.neg %2 : tensor<?xf32>
  // CHECK: nn.cross_entropy %{{.*}}, %{{.*}} weights = %{{.*}} : tensor<?x8xf32>, tensor<?xi64>, tensor<8xf32>
  %4 = nn.cross_entropy %x, %r weights = %w : tensor<?x8xf32>, tensor<?xi64>, tensor<8xf32>
  return
}
