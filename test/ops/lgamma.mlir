// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @lgamma
// CHECK: nn.lgamma %{{.*}} : tensor<?x4xf32>
// CHECK: nn.lgamma %{{.*}} : tensor<bf16>
func.func @lgamma(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.lgamma %x : tensor<?x4xf32>
  %t = nn.lgamma %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
