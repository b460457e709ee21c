// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @erf_inv
// CHECK: nn.erf_inv %{{.*}} : tensor<?x4xf32>
// CHECK: nn.erf_inv %{{.*}} : tensor<bf16>
func.func @erf_inv(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.erf_inv %x : tensor<?x4xf32>
  %t = nn.erf_inv %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
