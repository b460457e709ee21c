// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @remat_barrier(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{not supported yet: nn.remat_barrier}}
  %0 = nn.remat_barrier %x : tensor<1x3x8x8xf32>
  return
}
