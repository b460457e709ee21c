// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @roi_align
func.func @roi_align(%x: tensor<2x3x?x6xf32>, %b: tensor<?x4xf32>, %i: tensor<?xi32>, %y: tensor<?x9x8x3xf64>, %c: tensor<5x4xf64>, %j: tensor<?xi64>) {
  // CHECK: %[[Y:.*]] = nn.roi_align %{{.*}}, %{{.*}}, %{{.*}} sizes = [7] samples = 2 : tensor<2x3x?x6xf32>, tensor<?x4xf32>, tensor<?xi32>
  %0 = nn.roi_align %x, %b, %i sizes = [7] samples = 2 : tensor<2x3x?x6xf32>, tensor<?x4xf32>, tensor<?xi32>
  // CHECK: nn.neg %[[Y]] : tensor<?x3x7x7xf32>
  %1 = nn.neg %0 : tensor<?x3x7x7xf32>
  // CHECK: %[[Z:.*]] = nn.roi_align %{{.*}}, %{{.*}}, %{{.*}} sizes = [2, 3] samples = 1 scale = 2.500000e-01 aligned layout = "nhwc" : tensor<?x9x8x3xf64>, tensor<5x4xf64>, tensor<?xi64>
  %2 = nn.roi_align %y, %c, %j sizes = [2, 3] samples = 1 layout = nhwc aligned scale = 0.25 : tensor<?x9x8x3xf64>, tensor<5x4xf64>, tensor<?xi64>
  // CHECK: nn.neg %[[Z]] : tensor<5x2x3x3xf64>
  %3 = nn.neg %2 : tensor<5x2x3x3xf64>
  return
}
