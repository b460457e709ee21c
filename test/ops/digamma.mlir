// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @digamma
// CHECK: nn.digamma %{{.*}} : tensor<?x4xf32>
// CHECK: nn.digamma %{{.*}} : tensor<bf16>
func.func @digamma(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.digamma %x : tensor<?x4xf32>
  %t = nn.digamma %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
