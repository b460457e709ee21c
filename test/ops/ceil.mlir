// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @ceil
// CHECK: nn.ceil %{{.*}} : tensor<?x4xf32>
// CHECK: nn.ceil %{{.*}} : tensor<bf16>
func.func @ceil(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.ceil %x : tensor<?x4xf32>
  %t = nn.ceil %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
