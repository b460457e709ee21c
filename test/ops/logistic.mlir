// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @logistic
// CHECK: nn.logistic %{{.*}} : tensor<?x4xf32>
// CHECK: nn.logistic %{{.*}} : tensor<bf16>
func.func @logistic(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.logistic %x : tensor<?x4xf32>
  %t = nn.logistic %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
