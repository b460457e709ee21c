// RUN: mlc-fuzz --seed 7270 --file %s | FileCheck %s
// The decomposition of nn.bce had no derivative by targets that agree with their logit: 0 or 1 exactly.
// CHECK: 0 failures
module @certain_targets {
  func.func @f(%t: tensor<32x16xf32>, %x: tensor<32x16xf32>) -> tensor<f32> {
    %y = nn.bce %x, %t : tensor<32x16xf32>, tensor<32x16xf32>
    return %y : tensor<f32>
  }
  func.func @loss(%t: tensor<32x16xf32>, %x: tensor<32x16xf32>) -> tensor<f32> {
    %y = call @f(%t, %x) : (tensor<32x16xf32>, tensor<32x16xf32>) -> tensor<f32>
    return %y : tensor<f32>
  }
  func.func @grad(%t: tensor<32x16xf32>, %x: tensor<32x16xf32>) -> (tensor<f32>, tensor<32x16xf32>, tensor<32x16xf32>) {
    %0:3 = nn.grad @loss(%t, %x) wrt (0, 1) : (tensor<32x16xf32>, tensor<32x16xf32>) -> (tensor<f32>, tensor<32x16xf32>, tensor<32x16xf32>)
    return %0#0, %0#1, %0#2 : tensor<f32>, tensor<32x16xf32>, tensor<32x16xf32>
  }
}
