// RUN: mlc-opt %s --plan-memory=max-dims=n=8 | FileCheck %s
// The largest sizes known, the plan is static.

module @m {
  func.func private @k(%x: tensor<?x16xf32> {nn.sizes = affine_map<()[s0] -> (s0, 16)>}, %n: index)
    -> (tensor<?x16xf32> {nn.sizes = affine_map<()[s0] -> (s0, 16)>}) attributes {kernel.kernel}
  // CHECK: #[[ARENA:.*]] = affine_map<()[s0] -> (1024)>
  // CHECK-LABEL: func.func @f
  // CHECK-SAME: kernel.arena = #[[ARENA]], kernel.max_dims = array<i64: 8>
  // CHECK: #kernel.place<arena 0, ()[s0] -> (512)>
  func.func @f(%x: tensor<?x16xf32> {nn.dims = ["n", ""]}) -> tensor<?x16xf32> {
    %n = nn.dim %x, 0 : tensor<?x16xf32>
    %a = kernel.launch @k(%x) dims(%n) : (tensor<?x16xf32>) -> tensor<?x16xf32>
    %b = kernel.launch @k(%a) dims(%n) : (tensor<?x16xf32>) -> tensor<?x16xf32>
    %y = kernel.launch @k(%b) dims(%n) : (tensor<?x16xf32>) -> tensor<?x16xf32>
    return %y : tensor<?x16xf32>
  }

  // So it is where a size is one less than a dimension: it grows with that.
  func.func private @shrink(%x: tensor<?x16xf32> {nn.sizes = affine_map<()[s0] -> (s0, 16)>}, %n: index)
    -> (tensor<?x16xf32> {nn.sizes = affine_map<()[s0] -> (s0 - 1, 16)>}) attributes {kernel.kernel}
  // CHECK-LABEL: func.func @less
  // CHECK: kernel.launch @shrink{{.*}}#kernel.place<arena 0, ()[s0] -> (0)>
  // CHECK: kernel.launch @shrink{{.*}}#kernel.place<arena 0, ()[s0] -> (448)>
  func.func @less(%x: tensor<?x16xf32> {nn.dims = ["n", ""]}) -> tensor<?x16xf32> {
    %n = nn.dim %x, 0 : tensor<?x16xf32>
    %a = kernel.launch @shrink(%x) dims(%n) : (tensor<?x16xf32>) -> tensor<?x16xf32>
    %one = arith.constant 1 : index
    %m = arith.subi %n, %one : index
    %b = kernel.launch @shrink(%a) dims(%m) : (tensor<?x16xf32>) -> tensor<?x16xf32>
    %two = arith.constant 2 : index
    %l = arith.subi %n, %two : index
    %y = kernel.launch @k(%b) dims(%l) : (tensor<?x16xf32>) -> tensor<?x16xf32>
    return %y : tensor<?x16xf32>
  }
}
