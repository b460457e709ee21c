// RUN: mlc-opt %s --decompose-composites | FileCheck %s
// Composites of composites, too: mse is made of simpler ops.

// CHECK-LABEL: func.func @f
// CHECK-NOT: nn.relu
// CHECK-NOT: nn.mse
// CHECK: nn.select
// CHECK: nn.reduce sum
// CHECK: return
func.func @f(%x: tensor<4xf32>, %t: tensor<4xf32>) -> tensor<f32> {
  %y = nn.relu %x : tensor<4xf32>
  %l = nn.mse %y, %t : tensor<4xf32>, tensor<4xf32>
  return %l : tensor<f32>
}
