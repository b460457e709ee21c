// RUN: mlc-opt %s --plan-memory="max-dims=n=many" --split-input-file --verify-diagnostics
// RUN: not mlc-opt %s --plan-memory="max-dims=m=8" --split-input-file 2>&1 | FileCheck %s
// CHECK: error: expects the name of a free dimension in --max-dims, but no entry has a dimension 'm'

module @m {
  // expected-error @+1 {{expects --max-dims NAME=SIZE, but got 'n=many'}}
  func.func @f(%x: tensor<?xf32> {nn.dims = ["n"]}) -> tensor<?xf32> {
    return %x : tensor<?xf32>
  }
}
