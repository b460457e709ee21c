// RUN: mlc-opt %s --plan-memory="max-dims=n=many" --split-input-file --verify-diagnostics

module @m {
  // expected-error @+1 {{expects --max-dims NAME=SIZE, but got 'n=many'}}
  func.func @f(%x: tensor<?xf32> {nn.dims = ["n"]}) -> tensor<?xf32> {
    return %x : tensor<?xf32>
  }
}
