// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @atan
// CHECK: nn.atan %{{.*}} : tensor<?x4xf32>
// CHECK: nn.atan %{{.*}} : tensor<bf16>
func.func @atan(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.atan %x : tensor<?x4xf32>
  %t = nn.atan %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
