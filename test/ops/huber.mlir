// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @huber
func.func @huber(%x: tensor<?x8xf32>) {
  // CHECK: %[[A:.*]] = nn.huber %{{.*}}, %{{.*}} : tensor<?x8xf32>
  %0 = nn.huber %x, %x : tensor<?x8xf32>
  // CHECK: nn.neg %[[A]] : tensor<f32>
  %1 = nn.neg %0 : tensor<f32>
  // CHECK: %[[B:.*]] = nn.huber %{{.*}}, %{{.*}} reduction = none : tensor<?x8xf32>
  %2 = nn.huber %x, %x reduction = none : tensor<?x8xf32>
  // CHECK: nn.neg %[[B]] : tensor<?x8xf32>
  %3 = nn.neg %2 : tensor<?x8xf32>
  // CHECK: nn.huber %{{.*}}, %{{.*}} delta = 2.000000e+00 reduction = sum : tensor<?x8xf32>
  %4 = nn.huber %x, %x delta = 2.0 reduction = sum : tensor<?x8xf32>
  return
}
