// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @pixel_shuffle
func.func @pixel_shuffle(%x: tensor<?x12x8x?xf32>, %y: tensor<4x5x18xi8>) {
  // CHECK: %[[X:.*]] = nn.pixel_shuffle %{{.*}} factor = 2 : tensor<?x12x8x?xf32>
  %0 = nn.pixel_shuffle %x factor = 2 : tensor<?x12x8x?xf32>
  // CHECK: nn.neg %[[X]] : tensor<?x3x16x?xf32>
  %1 = nn.neg %0 : tensor<?x3x16x?xf32>
  // CHECK: %[[Y:.*]] = nn.pixel_shuffle %{{.*}} factor = 3 layout = "hwc" : tensor<4x5x18xi8>
  %2 = nn.pixel_shuffle %y factor = 3 layout = hwc : tensor<4x5x18xi8>
  // CHECK: nn.neg %[[Y]] : tensor<12x15x2xi8>
  %3 = nn.neg %2 : tensor<12x15x2xi8>
  return
}
