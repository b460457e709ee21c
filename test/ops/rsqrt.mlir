// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @rsqrt
// CHECK: nn.rsqrt %{{.*}} : tensor<?x4xf32>
// CHECK: nn.rsqrt %{{.*}} : tensor<bf16>
func.func @rsqrt(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.rsqrt %x : tensor<?x4xf32>
  %t = nn.rsqrt %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
