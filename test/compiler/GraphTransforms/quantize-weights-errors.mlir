// RUN: mlc-opt %s --quantize-weights --verify-diagnostics

module @trains {
  // expected-error @+2 {{--quantize-weights stores weights that do not change, but 'fit' trains them}}
  // expected-remark @+1 {{leave it out: --entries names the entries to keep}}
  func.func @fit(%x: tensor<4xf32>) -> tensor<4xf32> attributes {nn.kind = "training"} {
    return %x : tensor<4xf32>
  }
}
