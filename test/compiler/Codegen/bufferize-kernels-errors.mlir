// RUN: not mlc-opt %s --bufferize-kernels 2>&1 | FileCheck %s

// CHECK: error: 'nn.neg' op expects a kernel whose tensors are only viewed as buffers; run schedule-kernels first
func.func private @kernel_0(%x: tensor<4xf32>) -> tensor<4xf32> attributes {kernel.kernel} {
  %y = nn.neg %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
