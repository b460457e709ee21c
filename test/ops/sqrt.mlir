// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @sqrt
// CHECK: nn.sqrt %{{.*}} : tensor<?x4xf32>
// CHECK: nn.sqrt %{{.*}} : tensor<bf16>
func.func @sqrt(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.sqrt %x : tensor<?x4xf32>
  %t = nn.sqrt %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
