// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @acosh
// CHECK: nn.acosh %{{.*}} : tensor<?x4xf32>
// CHECK: nn.acosh %{{.*}} : tensor<bf16>
func.func @acosh(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.acosh %x : tensor<?x4xf32>
  %t = nn.acosh %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
