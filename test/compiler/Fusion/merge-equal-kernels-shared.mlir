// RUN: mlc-opt %s --form-kernels --merge-equal-kernels | FileCheck %s
// What costs nothing and stands above the second layer, where the first one needed it, does not tell their kernels apart.

// CHECK-LABEL: func.func @f
// CHECK: kernel.launch @[[LAYER:.*]](%arg0, %arg1)
// CHECK: kernel.launch
// CHECK: kernel.launch @[[LAYER]](%{{.*}}, %arg1)
// CHECK-COUNT-2: func.func private
// CHECK-NOT: func.func private
func.func @f(%x: tensor<8x4xf32>, %w: tensor<4xf32>) -> tensor<8x4xf32> {
  %0 = nn.neg %x : tensor<8x4xf32>
  %two = nn.constant dense<2.0> : tensor<8x4xf32>
  %wide = nn.broadcast %w dims = [1] : tensor<4xf32> -> tensor<8x4xf32>
  %1 = nn.mul %0, %two : tensor<8x4xf32>
  %2 = nn.add %1, %wide : tensor<8x4xf32>
  %3 = nn.cumsum %2 dim = 0 : tensor<8x4xf32>
  %4 = nn.neg %3 : tensor<8x4xf32>
  %5 = nn.mul %4, %two : tensor<8x4xf32>
  %6 = nn.add %5, %wide : tensor<8x4xf32>
  return %6 : tensor<8x4xf32>
}
