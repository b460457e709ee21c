// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @acos
// CHECK: nn.acos %{{.*}} : tensor<?x4xf32>
// CHECK: nn.acos %{{.*}} : tensor<bf16>
func.func @acos(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.acos %x : tensor<?x4xf32>
  %t = nn.acos %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
