// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @one_hot_c1(%i: tensor<4xi32>) {
  // one_hot_c1
  // expected-error @+1 {{expects at least 0 classes, but got -1}}
  %0 = nn.one_hot %i classes = -1 as f32 : tensor<4xi32>
  return
}
