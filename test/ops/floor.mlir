// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @floor
// CHECK: nn.floor %{{.*}} : tensor<?x4xf32>
// CHECK: nn.floor %{{.*}} : tensor<bf16>
func.func @floor(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.floor %x : tensor<?x4xf32>
  %t = nn.floor %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
