// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @erfc
// CHECK: nn.erfc %{{.*}} : tensor<?x4xf32>
// CHECK: nn.erfc %{{.*}} : tensor<bf16>
func.func @erfc(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.erfc %x : tensor<?x4xf32>
  %t = nn.erfc %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
