// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @cos
// CHECK: nn.cos %{{.*}} : tensor<?x4xf32>
// CHECK: nn.cos %{{.*}} : tensor<bf16>
func.func @cos(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.cos %x : tensor<?x4xf32>
  %t = nn.cos %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
