// RUN: mlc-opt %s --check-entries | FileCheck %s
// Entries, private helpers and arithmetic on sizes pass.

// CHECK: module @m
module @m {
  func.func private @helper(%x: tensor<?xf32>) -> tensor<f32> {
    %y = nn.reduce sum %x dims = [0] : tensor<?xf32>
    return %y : tensor<f32>
  }
  // CHECK: func.func @f
  func.func @f(%x: tensor<?xf32> {nn.dims = ["n"]}) -> tensor<f32> {
    %n = nn.dim %x, 0 : tensor<?xf32>
    %two = arith.constant 2 : index
    %m = arith.muli %n, %two : index
    %i = nn.iota [%m] dim = 0 : tensor<?xf32>
    %y = call @helper(%i) : (tensor<?xf32>) -> tensor<f32>
    return %y : tensor<f32>
  }
}
