// RUN: mlc-fuzz --file %s | FileCheck %s
// A size simplified to ... + (0 - ceil(n / 2^48)) / 2, of which the dividend is below zero: it was divided without a sign.
// CHECK: 0 failures
module @negative_dividend {
  func.func @f(%x: tensor<?xf32> {nn.dims = ["n"]}, %m: tensor<?xf32> {nn.dims = ["m"]}, %factor: tensor<f32>) -> tensor<?xf32> {
    %v = nn.constant dense<-0.5> : tensor<f32>
    %p = nn.pad %x, %v low = [0] high = [1] interior = [1] : tensor<?xf32>, tensor<f32>
    %d = nn.dim %p, 0 : tensor<?xf32>
    %one = arith.constant 1 : index
    %e = arith.addi %d, %one : index
    %two = arith.constant 2 : index
    %half = arith.divui %e, %two : index
    %offset = nn.dim %m, 0 : tensor<?xf32>
    %s = nn.slice %p [%offset] [%half] [2] : tensor<?xf32>
    %y = nn.contract %s, %factor contracting = [] x [] : tensor<?xf32>, tensor<f32>
    return %y : tensor<?xf32>
  }
  func.func @loss(%x: tensor<?xf32> {nn.dims = ["n"]}, %m: tensor<?xf32> {nn.dims = ["m"]}, %factor: tensor<f32>) -> tensor<f32> {
    %y = call @f(%x, %m, %factor) : (tensor<?xf32>, tensor<?xf32>, tensor<f32>) -> tensor<?xf32>
    %square = nn.mul %y, %y : tensor<?xf32>
    %sum = nn.reduce sum %square dims = [0] : tensor<?xf32>
    return %sum : tensor<f32>
  }
  func.func @grad(%x: tensor<?xf32> {nn.dims = ["n"]}, %m: tensor<?xf32> {nn.dims = ["m"]}, %factor: tensor<f32>) -> (tensor<f32>, tensor<?xf32>) {
    %0:2 = nn.grad @loss(%x, %m, %factor) wrt (0) : (tensor<?xf32>, tensor<?xf32>, tensor<f32>) -> (tensor<f32>, tensor<?xf32>)
    return %0#0, %0#1 : tensor<f32>, tensor<?xf32>
  }
}
