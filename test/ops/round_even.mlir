// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @round_even
// CHECK: nn.round_even %{{.*}} : tensor<?x4xf32>
// CHECK: nn.round_even %{{.*}} : tensor<bf16>
func.func @round_even(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.round_even %x : tensor<?x4xf32>
  %t = nn.round_even %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
