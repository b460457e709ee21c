// RUN: mlc-opt %s --inline-calls | FileCheck %s

// Callees of callees first; a parameter that both read is read twice.
// CHECK-LABEL: func.func @loss(
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>
// CHECK-NOT: call
// CHECK: %[[W:.*]] = nn.param @w
// CHECK: %[[Y:.*]] = nn.mul %[[X]], %[[W]]
// CHECK: %[[E:.*]] = nn.exp %[[Y]]
// CHECK: nn.reduce {{.*}}sum %[[E]]
// CHECK: return
nn.parameter @w : tensor<4xf32> init(#nn.ones)
func.func @loss(%x: tensor<4xf32>) -> tensor<f32> {
  %y = call @predict(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %l = nn.reduce sum %y dims = [0] : tensor<4xf32>
  return %l : tensor<f32>
}
func.func private @predict(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = call @scale(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %z = nn.exp %y : tensor<4xf32>
  return %z : tensor<4xf32>
}
func.func private @scale(%x: tensor<4xf32>) -> tensor<4xf32> {
  %w = nn.param @w : tensor<4xf32>
  %y = nn.mul %x, %w : tensor<4xf32>
  return %y : tensor<4xf32>
}

// A callee may return its argument.
// CHECK-LABEL: func.func @swapped(
// CHECK-SAME: %[[A:.*]]: tensor<f32>, %[[B:.*]]: tensor<f32>
// CHECK-NEXT: return %[[B]], %[[A]]
func.func @swapped(%a: tensor<f32>, %b: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %0:2 = call @swap(%a, %b) : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %0#0, %0#1 : tensor<f32>, tensor<f32>
}
func.func private @swap(%a: tensor<f32>, %b: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  return %b, %a : tensor<f32>, tensor<f32>
}
