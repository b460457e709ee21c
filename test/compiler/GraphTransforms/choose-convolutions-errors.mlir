// RUN: mlc-opt %s --choose-convolutions --verify-diagnostics

func.func @f(%x: tensor<1x8x9x9xf32>, %w: tensor<8x8x3x3xf32>) -> tensor<1x8x9x9xf32> {
  // expected-error @+1 {{expects "never" or "always" of nn.winograd, but got "often"}}
  %0 = nn.conv %x, %w padding = 1 {nn.winograd = "often"} : tensor<1x8x9x9xf32>, tensor<8x8x3x3xf32>
  return %0 : tensor<1x8x9x9xf32>
}
