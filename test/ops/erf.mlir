// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @erf
// CHECK: nn.erf %{{.*}} : tensor<?x4xf32>
// CHECK: nn.erf %{{.*}} : tensor<bf16>
func.func @erf(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.erf %x : tensor<?x4xf32>
  %t = nn.erf %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
