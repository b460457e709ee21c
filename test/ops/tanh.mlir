// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @tanh
// CHECK: nn.tanh %{{.*}} : tensor<?x4xf32>
// CHECK: nn.tanh %{{.*}} : tensor<bf16>
func.func @tanh(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.tanh %x : tensor<?x4xf32>
  %t = nn.tanh %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
