// RUN: mlc-opt %s --form-kernels=fuse=false --merge-equal-kernels | FileCheck %s
// Two layers of one shape are one kernel; the third has another.

// CHECK-LABEL: func.func @f
// CHECK: kernel.launch @kernel_0
// CHECK: kernel.launch @kernel_0
// CHECK: kernel.launch @kernel_2
func.func @f(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>, %v: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %a = nn.contract %x, %w contracting = [1] x [0] : tensor<8x8xf32>, tensor<8x8xf32>
  %b = nn.contract %a, %w contracting = [1] x [0] : tensor<8x8xf32>, tensor<8x8xf32>
  %c = nn.contract %b, %v contracting = [1] x [0] : tensor<8x8xf32>, tensor<8x4xf32>
  return %c : tensor<8x4xf32>
}
// CHECK-COUNT-2: func.func private @kernel
// CHECK-NOT: func.func private
