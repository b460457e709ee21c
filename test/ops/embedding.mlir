// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @embedding
func.func @embedding(%w: tensor<8x3xf32>, %l: tensor<?x4xi64>) {
  // CHECK: %[[A:.*]] = nn.embedding %{{.*}}, %{{.*}} : tensor<8x3xf32>, tensor<?x4xi64>
  %0 = nn.embedding %w, %l : tensor<8x3xf32>, tensor<?x4xi64>
  // CHECK: nn.neg %[[A]] : tensor<?x4x3xf32>
  %1 = nn.neg %0 : tensor<?x4x3xf32>
  return
}
