// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @log1p
// CHECK: nn.log1p %{{.*}} : tensor<?x4xf32>
// CHECK: nn.log1p %{{.*}} : tensor<bf16>
func.func @log1p(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.log1p %x : tensor<?x4xf32>
  %t = nn.log1p %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
