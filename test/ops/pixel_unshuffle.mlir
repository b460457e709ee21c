// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @pixel_unshuffle
func.func @pixel_unshuffle(%x: tensor<?x3x8x?xf32>, %y: tensor<?x6x2xf16>) {
  // CHECK: %[[X:.*]] = nn.pixel_unshuffle %{{.*}} factor = 2 : tensor<?x3x8x?xf32>
  %0 = nn.pixel_unshuffle %x factor = 2 : tensor<?x3x8x?xf32>
  // CHECK: nn.neg %[[X]] : tensor<?x12x4x?xf32>
  %1 = nn.neg %0 : tensor<?x12x4x?xf32>
  // CHECK: %[[Y:.*]] = nn.pixel_unshuffle %{{.*}} factor = 3 layout = "nwc" : tensor<?x6x2xf16>
  %2 = nn.pixel_unshuffle %y factor = 3 layout = "nwc" : tensor<?x6x2xf16>
  // CHECK: nn.neg %[[Y]] : tensor<?x2x6xf16>
  %3 = nn.neg %2 : tensor<?x2x6xf16>
  return
}
