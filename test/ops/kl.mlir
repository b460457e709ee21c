// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @kl
func.func @kl(%x: tensor<?x8xf32>) {
  // CHECK: %[[A:.*]] = nn.kl %{{.*}}, %{{.*}} : tensor<?x8xf32>
  %0 = nn.kl %x, %x : tensor<?x8xf32>
  // CHECK: nn.neg %[[A]] : tensor<f32>
  %1 = nn.neg %0 : tensor<f32>
  // CHECK: %[[B:.*]] = nn.kl %{{.*}}, %{{.*}} reduction = none : tensor<?x8xf32>
  %2 = nn.kl %x, %x reduction = none : tensor<?x8xf32>
  // CHECK: nn.neg %[[B]] : tensor<?x8xf32>
  %3 = nn.neg %2 : tensor<?x8xf32>
  return
}
