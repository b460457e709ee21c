// RUN: mlc-opt %s --choose-convolutions | FileCheck %s
// RUN: mlc-opt %s --choose-convolutions=winograd=always | FileCheck %s --check-prefix=ALWAYS

// CHECK-LABEL: func.func @f
// CHECK: nn.conv %{{.*}}, %{{.*}} padding = [1] : tensor
// CHECK: nn.conv %{{.*}}, %{{.*}} padding = [1] {nn.winograd = "never"}
// ALWAYS: nn.conv {{.*}} {nn.winograd = "always"}
// ALWAYS: nn.conv {{.*}} {nn.winograd = "never"}
// ALWAYS: nn.conv_transpose {{.*}} {nn.winograd = "always"}
func.func @f(%x: tensor<1x8x9x9xf32>, %w: tensor<8x8x3x3xf32>) -> tensor<1x8x11x11xf32> {
  %0 = nn.conv %x, %w padding = 1 : tensor<1x8x9x9xf32>, tensor<8x8x3x3xf32>
  %1 = nn.conv %0, %w padding = 1 {nn.winograd = "never"} : tensor<1x8x9x9xf32>, tensor<8x8x3x3xf32>
  %2 = nn.conv_transpose %1, %w : tensor<1x8x9x9xf32>, tensor<8x8x3x3xf32>
  return %2 : tensor<1x8x11x11xf32>
}
