// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @linear
func.func @linear(%x: tensor<?x8xf32>, %s: tensor<8xf32>, %w: tensor<8x3xf32>, %c: tensor<3xf32>) {
  // CHECK: %[[A:.*]] = nn.linear %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x8xf32>, tensor<8x3xf32>, tensor<3xf32>
  %0 = nn.linear %x, %w, %c : tensor<?x8xf32>, tensor<8x3xf32>, tensor<3xf32>
  // CHECK: nn.neg %[[A]] : tensor<?x3xf32>
  %1 = nn.neg %0 : tensor<?x3xf32>
  // CHECK: nn.linear %{{.*}}, %{{.*}} : tensor<8xf32>, tensor<8x3xf32>
  %2 = nn.linear %s, %w : tensor<8xf32>, tensor<8x3xf32>
  return
}
