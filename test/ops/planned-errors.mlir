// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @conv(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{not supported yet: nn.conv}}
  %0 = nn.conv %x, %w : tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>
  return
}
