// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @sinh
// CHECK: nn.sinh %{{.*}} : tensor<?x4xf32>
// CHECK: nn.sinh %{{.*}} : tensor<bf16>
func.func @sinh(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.sinh %x : tensor<?x4xf32>
  %t = nn.sinh %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
