// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @grid_sample
func.func @grid_sample(%x: tensor<?x3x8x6xf32>, %g: tensor<4x5x?x2xf32>, %v: tensor<1x2x3x4x5xf64>, %w: tensor<1x6x7x8x3xf64>) {
  // CHECK: %[[Y:.*]] = nn.grid_sample %{{.*}}, %{{.*}} : tensor<?x3x8x6xf32>, tensor<4x5x?x2xf32>
  %0 = nn.grid_sample %x, %g : tensor<?x3x8x6xf32>, tensor<4x5x?x2xf32>
  // CHECK: nn.neg %[[Y]] : tensor<4x3x5x?xf32>
  %1 = nn.neg %0 : tensor<4x3x5x?xf32>
  // CHECK: nn.grid_sample %{{.*}}, %{{.*}} mode = cubic padding = reflection align_corners : tensor<?x3x8x6xf32>, tensor<4x5x?x2xf32>
  %2 = nn.grid_sample %x, %g padding = reflection align_corners mode = cubic : tensor<?x3x8x6xf32>, tensor<4x5x?x2xf32>
  // CHECK: %[[Z:.*]] = nn.grid_sample %{{.*}}, %{{.*}} mode = nearest padding = border layout = "ndhwc" : tensor<1x2x3x4x5xf64>, tensor<1x6x7x8x3xf64>
  %3 = nn.grid_sample %v, %w layout = ndhwc mode = nearest padding = border : tensor<1x2x3x4x5xf64>, tensor<1x6x7x8x3xf64>
  // CHECK: nn.neg %[[Z]] : tensor<1x6x7x8x5xf64>
  %4 = nn.neg %3 : tensor<1x6x7x8x5xf64>
  return
}
