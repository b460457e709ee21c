// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @log
// CHECK: nn.log %{{.*}} : tensor<?x4xf32>
// CHECK: nn.log %{{.*}} : tensor<bf16>
func.func @log(%x: tensor<?x4xf32>, %s: tensor<bf16>) -> (tensor<?x4xf32>, tensor<bf16>) {
  %y = nn.log %x : tensor<?x4xf32>
  %t = nn.log %s : tensor<bf16>
  return %y, %t : tensor<?x4xf32>, tensor<bf16>
}
