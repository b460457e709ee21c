// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @exp
// CHECK: nn.exp %{{.*}} : tensor<?x4xf32>
// CHECK: nn.exp %{{.*}} : tensor<bf16>
func.func @exp(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.exp %x : tensor<?x4xf32>
  %t = nn.exp %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
