// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @forms
func.func @forms(%a: tensor<4x3xi32>, %s: tensor<1x3xf32>, %t: tensor<2x3xf32>, %z: tensor<2x3xf32>, %h: tensor<4x3xbf16>) {
  // CHECK: %[[W:.*]] = nn.dequantize %{{.*}}, %{{.*}} : tensor<4x3xi32>, tensor<1x3xf32>
  %0 = nn.dequantize %a, %s : tensor<4x3xi32>, tensor<1x3xf32>
  // CHECK: nn.neg %[[W]] : tensor<16x3xf32>
  %1 = nn.neg %0 : tensor<16x3xf32>
  // CHECK: %[[W:.*]] = nn.dequantize %{{.*}}, %{{.*}} zeros = %{{.*}} bits = 4 group = 16 transposed : tensor<4x3xi32>, tensor<2x3xf32>, tensor<2x3xf32>
  %2 = nn.dequantize %a, %t transposed group = 16 bits = 4 zeros = %z : tensor<4x3xi32>, tensor<2x3xf32>, tensor<2x3xf32>
  // CHECK: nn.neg %[[W]] : tensor<3x32xf32>
  %3 = nn.neg %2 : tensor<3x32xf32>
  // CHECK: %[[W:.*]] = nn.dequantize %{{.*}}, %{{.*}} group = 4 : tensor<4x3xi32>, tensor<4x3xbf16>
  %4 = nn.dequantize %a, %h group = 4 : tensor<4x3xi32>, tensor<4x3xbf16>
  // CHECK: nn.neg %[[W]] : tensor<16x3xbf16>
  %5 = nn.neg %4 : tensor<16x3xbf16>
  return
}
