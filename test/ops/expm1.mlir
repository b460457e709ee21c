// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @expm1
// CHECK: nn.expm1 %{{.*}} : tensor<?x4xf32>
// CHECK: nn.expm1 %{{.*}} : tensor<bf16>
func.func @expm1(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.expm1 %x : tensor<?x4xf32>
  %t = nn.expm1 %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
