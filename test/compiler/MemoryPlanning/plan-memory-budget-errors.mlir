// RUN: mlc-opt %s --split-input-file --plan-memory=memory-budget=4096 --verify-diagnostics
// RUN: mlc-opt %s --plan-memory="memory-budget=1024 max-dims=n=8" | FileCheck %s
// CHECK: kernel.max_dims = array<i64: 8>

module @free {
  func.func private @k(%x: tensor<?x16xf32> {nn.sizes = affine_map<()[s0] -> (s0, 16)>}, %n: index)
    -> (tensor<?x16xf32> {nn.sizes = affine_map<()[s0] -> (s0, 16)>}) attributes {kernel.kernel}
  // expected-note @+2 {{give the largest size of every free dimension of @f by --max-dims NAME=SIZE}}
  // expected-error @+1 {{not supported yet: --memory-budget where the size of a dimension is free}}
  func.func @f(%x: tensor<?x16xf32> {nn.dims = ["n", ""]}) -> tensor<?x16xf32> {
    %n = nn.dim %x, 0 : tensor<?x16xf32>
    %a = kernel.launch @k(%x) dims(%n) : (tensor<?x16xf32>) -> tensor<?x16xf32>
    %b = kernel.launch @k(%a) dims(%n) : (tensor<?x16xf32>) -> tensor<?x16xf32>
    return %b : tensor<?x16xf32>
  }
}
