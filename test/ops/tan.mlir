// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @tan
// CHECK: nn.tan %{{.*}} : tensor<?x4xf32>
// CHECK: nn.tan %{{.*}} : tensor<bf16>
func.func @tan(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.tan %x : tensor<?x4xf32>
  %t = nn.tan %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
