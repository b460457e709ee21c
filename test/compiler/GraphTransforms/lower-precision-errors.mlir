// RUN: mlc-opt %s --lower-precision=dtype=f16 --verify-diagnostics

module @trains {
  // expected-error @+2 {{not supported yet: --precision=f16 for 'fit', which trains: the loss is not scaled}}
  // expected-remark @+1 {{use --precision=bf16, or leave it out: --entries names the entries to keep}}
  func.func @fit(%x: tensor<4xf32>) -> tensor<4xf32> attributes {nn.kind = "training"} {
    return %x : tensor<4xf32>
  }
}
