// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @atanh
// CHECK: nn.atanh %{{.*}} : tensor<?x4xf32>
// CHECK: nn.atanh %{{.*}} : tensor<bf16>
func.func @atanh(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.atanh %x : tensor<?x4xf32>
  %t = nn.atanh %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
