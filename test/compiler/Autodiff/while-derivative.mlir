// RUN: mlc-opt %s --expand-derivatives --canonicalize --split-input-file --verify-diagnostics | FileCheck %s

// The forward loop stacks what it carries and counts its trips; the backward one runs over these, from the last to the first.
// CHECK-LABEL: func.func @gradient
// CHECK: %[[FORWARD:.*]]:3 = nn.while (%[[H:.*]] = %{{.*}}, %[[I:.*]] = %{{.*}}) max_trips = 9 : tensor<f32>, tensor<i64> {
// CHECK: } do (%[[K:.*]], %[[J:.*]]) {
// CHECK: nn.yield %{{.*}}, %{{.*}}, %[[K]] : tensor<f32>, tensor<i64>, tensor<f32>
// CHECK: nn.scan (%{{.*}} = %{{.*}}) over (%{{.*}} = %[[FORWARD]]#2) trips = 9 limit = %[[FORWARD]]#1 reverse : tensor<f32>, tensor<9xf32> {
func.func private @f(%x: tensor<f32>) -> tensor<f32> {
  %five = nn.constant dense<5.0> : tensor<f32>
  %y = nn.while (%h = %x) max_trips = 9 : tensor<f32> {
    %c = nn.compare lt %h, %five : tensor<f32>
    nn.yield %c : tensor<i1>
  } do (%h) {
    %0 = nn.mul %h, %h : tensor<f32>
    nn.yield %0 : tensor<f32>
  }
  return %y : tensor<f32>
}
func.func @gradient(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %y, %dx = nn.grad @f(%x) wrt(0) : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %y, %dx : tensor<f32>, tensor<f32>
}

// -----

func.func private @f(%x: tensor<f32>) -> tensor<f32> {
  %five = nn.constant dense<5.0> : tensor<f32>
  // expected-error @+3 {{no derivative for nn.while without a largest number of trips}}
  // expected-note @+2 {{say how many trips there are at most, as in `max_trips = 100`}}
  // expected-note @+1 {{apply nn.stop_gradient to its operands if no gradient should flow through it}}
  %y = nn.while (%h = %x) : tensor<f32> {
    %c = nn.compare lt %h, %five : tensor<f32>
    nn.yield %c : tensor<i1>
  } do (%h) {
    %0 = nn.mul %h, %h : tensor<f32>
    nn.yield %0 : tensor<f32>
  }
  return %y : tensor<f32>
}
func.func @gradient(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %y, %dx = nn.grad @f(%x) wrt(0) : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %y, %dx : tensor<f32>, tensor<f32>
}
