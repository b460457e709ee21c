// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @matmul
func.func @matmul(%x: tensor<?x8xf32>, %s: tensor<8xf32>, %w: tensor<8x3xf32>, %a: tensor<5x1x4x8xf32>, %b: tensor<6x8x3xf32>) {
  // CHECK: %[[A:.*]] = nn.matmul %{{.*}}, %{{.*}} : tensor<?x8xf32>, tensor<8x3xf32>
  %0 = nn.matmul %x, %w : tensor<?x8xf32>, tensor<8x3xf32>
  // CHECK: nn.neg %[[A]] : tensor<?x3xf32>
  %1 = nn.neg %0 : tensor<?x3xf32>
  // A vector on the left loses its row.
  // CHECK: %[[B:.*]] = nn.matmul %{{.*}}, %{{.*}} : tensor<8xf32>, tensor<8x3xf32>
  %2 = nn.matmul %s, %w : tensor<8xf32>, tensor<8x3xf32>
  // CHECK: nn.neg %[[B]] : tensor<3xf32>
  %3 = nn.neg %2 : tensor<3xf32>
  // Batch dimensions broadcast as NumPy's.
  // CHECK: %[[C:.*]] = nn.matmul %{{.*}}, %{{.*}} : tensor<5x1x4x8xf32>, tensor<6x8x3xf32>
  %4 = nn.matmul %a, %b : tensor<5x1x4x8xf32>, tensor<6x8x3xf32>
  // CHECK: nn.neg %[[C]] : tensor<5x6x4x3xf32>
  %5 = nn.neg %4 : tensor<5x6x4x3xf32>
  return
}
