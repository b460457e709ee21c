// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @cosh
// CHECK: nn.cosh %{{.*}} : tensor<?x4xf32>
// CHECK: nn.cosh %{{.*}} : tensor<bf16>
func.func @cosh(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.cosh %x : tensor<?x4xf32>
  %t = nn.cosh %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
