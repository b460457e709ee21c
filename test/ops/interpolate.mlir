// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// Clauses in any order; what is the default is left out; one number for all dimensions; numbers of any form, one word without quotes.
// CHECK-LABEL: func.func @interpolate
func.func @interpolate(%x: tensor<?x3x8x6xf32>, %free: tensor<2x?x?x3xbf16>, %mask: tensor<5x7xi1>, %row: tensor<?x4x9xf64>) {
  // CHECK: %[[Y:.*]] = nn.interpolate %{{.*}} sizes = [16, 5] : tensor<?x3x8x6xf32>
  %0 = nn.interpolate %x sizes = [16, 5] : tensor<?x3x8x6xf32>
  // CHECK: nn.neg %[[Y]] : tensor<?x3x16x5xf32>
  %1 = nn.neg %0 : tensor<?x3x16x5xf32>
  // CHECK: %[[Z:.*]] = nn.interpolate %{{.*}} scale = [1.500000e+00] mode = linear coordinates = align_corners layout = "nhwc" : tensor<2x?x?x3xbf16>
  %2 = nn.interpolate %free layout = nhwc coordinates = align_corners mode = linear scale = [1.5] : tensor<2x?x?x3xbf16>
  // CHECK: nn.neg %[[Z]] : tensor<2x?x?x3xbf16>
  %3 = nn.neg %2 : tensor<2x?x?x3xbf16>
  // CHECK: %[[M:.*]] = nn.interpolate %{{.*}} scale = [2.000000e+00, 3.000000e-01] coordinates = half_pixel layout = "hw" : tensor<5x7xi1>
  %4 = nn.interpolate %mask mode = nearest layout = "hw" scale = [2, 0.3] coordinates = half_pixel : tensor<5x7xi1>
  // CHECK: nn.not %[[M]] : tensor<10x2xi1>
  %5 = nn.not %4 : tensor<10x2xi1>
  // CHECK: nn.interpolate %{{.*}} sizes = [4] mode = cubic coordinates = asymmetric : tensor<?x4x9xf64>
  %6 = nn.interpolate %row mode = cubic sizes = [4] coordinates = asymmetric : tensor<?x4x9xf64>
  return
}
