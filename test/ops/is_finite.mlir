// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @is_finite
// CHECK: nn.is_finite %{{.*}} : tensor<?x4xf32>
// CHECK: nn.is_finite %{{.*}} : tensor<bf16>
func.func @is_finite(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xi1>, tensor<i1>) {
  %y = nn.is_finite %x : tensor<?x4xf32>
  %t = nn.is_finite %s : tensor<bf16>
  return %y, %t : tensor<?x4xi1>, tensor<i1>
}
