// RUN: mlc-opt %s -split-input-file -verify-diagnostics

func.func @panels(%p: tensor<2x8x32xf32>) -> tensor<8x70xf32> {
  // expected-error @+1 {{expects 3 panels of depth 8 for 'tensor<8x70xf32>', but got 'tensor<2x8x32xf32>'}}
  %w = kernel.unpack %p depth = [0] : tensor<2x8x32xf32> -> tensor<8x70xf32>
  return %w : tensor<8x70xf32>
}

// -----

func.func @dtype(%p: tensor<3x8x32xf64>) -> tensor<8x70xf32> {
  // expected-error @+1 {{expects panels of rank 3 or 4, a weight of their dtype and distinct dimensions of it for the depth, but got 'tensor<3x8x32xf64>', 'tensor<8x70xf32>' and [0]}}
  %w = kernel.unpack %p depth = [0] : tensor<3x8x32xf64> -> tensor<8x70xf32>
  return %w : tensor<8x70xf32>
}

// -----

func.func @products(%p: tensor<3x8x32x2xf32>) -> tensor<8x70xf32> {
  // expected-error @+1 {{expects 3 panels of depth 4 for 'tensor<8x70xf32>', but got 'tensor<3x8x32x2xf32>'}}
  %w = kernel.unpack %p depth = [0] : tensor<3x8x32x2xf32> -> tensor<8x70xf32>
  return %w : tensor<8x70xf32>
}
