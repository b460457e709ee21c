// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @asinh
// CHECK: nn.asinh %{{.*}} : tensor<?x4xf32>
// CHECK: nn.asinh %{{.*}} : tensor<bf16>
func.func @asinh(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.asinh %x : tensor<?x4xf32>
  %t = nn.asinh %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
