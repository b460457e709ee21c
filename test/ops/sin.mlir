// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @sin
// CHECK: nn.sin %{{.*}} : tensor<?x4xf32>
// CHECK: nn.sin %{{.*}} : tensor<bf16>
func.func @sin(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.sin %x : tensor<?x4xf32>
  %t = nn.sin %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
