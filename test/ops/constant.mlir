// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @constant
// CHECK: nn.constant dense<1.000000e+00> : tensor<2x3xf32>
// CHECK: nn.constant dense<[true, false]> : tensor<2xi1>
func.func @constant() -> (tensor<2x3xf32>, tensor<2xi1>) {
  %x = nn.constant dense<1.0> : tensor<2x3xf32>
  %c = nn.constant dense<[true, false]> : tensor<2xi1>
  return %x, %c : tensor<2x3xf32>, tensor<2xi1>
}
