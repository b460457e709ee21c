// RUN: mlc-opt %s --expand-derivatives --canonicalize --cse --split-input-file --verify-diagnostics | FileCheck %s

// The only residuals are the carried values at the start of every trip: the tangents of the body are computed again, and the gradient of
// what is captured is carried. The slices, which are not asked for, have no cotangent.
module @m {
  func.func private @loss(%w: tensor<4x4xf32>, %x: tensor<?x4xf32>) -> tensor<f32> {
    %zero = nn.constant dense<0.0> : tensor<4xf32>
    %h = nn.scan (%h = %zero) over (%s = %x) : tensor<4xf32>, tensor<?x4xf32> {
      %0 = nn.contract %w, %h contracting = [1] x [0] : tensor<4x4xf32>, tensor<4xf32>
      %1 = nn.add %0, %s : tensor<4xf32>
      %2 = nn.tanh %1 : tensor<4xf32>
      nn.yield %2 : tensor<4xf32>
    }
    %l = nn.reduce sum %h dims = [0] : tensor<4xf32>
    return %l : tensor<f32>
  }
  // CHECK-LABEL: func.func @gradient(
  // CHECK-SAME: %[[W:.*]]: tensor<4x4xf32>, %[[X:.*]]: tensor<?x4xf32>)
  // CHECK: %[[FORWARD:.*]]:2 = nn.scan (%[[H:.*]] = %{{.*}}) over (%[[S:.*]] = %[[X]]) : tensor<4xf32>, tensor<?x4xf32> {
  // CHECK: nn.yield %{{.*}}, %[[H]] : tensor<4xf32>, tensor<4xf32>
  // CHECK: %[[BACKWARD:.*]]:2 = nn.scan (%{{.*}} = %{{.*}}, %[[DW:.*]] = %{{.*}}) over (%{{.*}} = %[[FORWARD]]#1, %{{.*}} = %[[X]]) reverse : tensor<4xf32>, tensor<4x4xf32>, tensor<?x4xf32>, tensor<?x4xf32> {
  // CHECK: nn.add %[[DW]], %{{.*}} : tensor<4x4xf32>
  // CHECK: nn.yield %{{.*}}, %{{.*}} : tensor<4xf32>, tensor<4x4xf32>
  // CHECK: return %{{.*}}, %[[BACKWARD]]#1
  func.func @gradient(%w: tensor<4x4xf32>, %x: tensor<?x4xf32>) -> (tensor<f32>, tensor<4x4xf32>) {
    %l, %dw = nn.grad @loss(%w, %x) wrt(0) : (tensor<4x4xf32>, tensor<?x4xf32>) -> (tensor<f32>, tensor<4x4xf32>)
    return %l, %dw : tensor<f32>, tensor<4x4xf32>
  }
}

// -----

// A product whose factors are stacked, or far smaller than what it adds to, is one product of the stacks after the loop: the loop adds nothing
// up. What the forward loop stacks is read, not computed again.
module @m {
  func.func private @loss(%w: tensor<16x16xf32>, %x: tensor<5x2x16xf32>) -> tensor<f32> {
    %zero = nn.constant dense<0.0> : tensor<2x16xf32>
    %h, %all = nn.scan (%h = %zero) over (%s = %x) : tensor<2x16xf32>, tensor<5x2x16xf32> {
      %0 = nn.contract %h, %w contracting = [1] x [0] : tensor<2x16xf32>, tensor<16x16xf32>
      %1 = nn.add %0, %s : tensor<2x16xf32>
      %2 = nn.sin %1 : tensor<2x16xf32>
      nn.yield %2, %1 : tensor<2x16xf32>, tensor<2x16xf32>
    }
    %l = nn.reduce sum %h dims = [0, 1] : tensor<2x16xf32>
    return %l : tensor<f32>
  }
  // CHECK-LABEL: func.func @product(
  // CHECK: %[[FORWARD:.*]]:3 = nn.scan
  // CHECK: %[[BACKWARD:.*]]:2 = nn.scan (%[[DH:.*]] = %{{.*}}) over (%[[SUM:.*]] = %[[FORWARD]]#1) reverse : tensor<2x16xf32>, tensor<5x2x16xf32> {
  // CHECK-NEXT: %[[COS:.*]] = nn.cos %[[SUM]]
  // CHECK-NEXT: %[[DS:.*]] = nn.mul %[[DH]], %[[COS]]
  // CHECK-NEXT: %[[FLOW:.*]] = nn.contract %[[DS]], %{{.*}} contracting = [1] x [1]
  // CHECK-NEXT: nn.yield %[[FLOW]], %[[DS]]
  // CHECK: %[[DW:.*]] = nn.contract %[[FORWARD]]#2, %[[BACKWARD]]#1 contracting = [0, 1] x [0, 1] : tensor<5x2x16xf32>
  // CHECK: return %{{.*}}, %[[DW]]
  func.func @product(%w: tensor<16x16xf32>, %x: tensor<5x2x16xf32>) -> (tensor<f32>, tensor<16x16xf32>) {
    %l, %dw = nn.grad @loss(%w, %x) wrt(0) : (tensor<16x16xf32>, tensor<5x2x16xf32>) -> (tensor<f32>, tensor<16x16xf32>)
    return %l, %dw : tensor<f32>, tensor<16x16xf32>
  }
}

// -----

// An op in a body that has no derivative.
module @m {
  func.func private @loss(%x: tensor<4xf32>) -> tensor<f32> {
    %y = nn.scan (%h = %x) trips = 2 : tensor<4xf32> {
      // expected-error @+2 {{no derivative for math.exp}}
      // expected-note @+1 {{apply nn.stop_gradient}}
      %0 = math.exp %h : tensor<4xf32>
      nn.yield %0 : tensor<4xf32>
    }
    %l = nn.reduce sum %y dims = [0] : tensor<4xf32>
    return %l : tensor<f32>
  }
  func.func @gradient(%x: tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
    %l, %dx = nn.grad @loss(%x) wrt(0) : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
    return %l, %dx : tensor<f32>, tensor<4xf32>
  }
}
