// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @asin
// CHECK: nn.asin %{{.*}} : tensor<?x4xf32>
// CHECK: nn.asin %{{.*}} : tensor<bf16>
func.func @asin(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.asin %x : tensor<?x4xf32>
  %t = nn.asin %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
