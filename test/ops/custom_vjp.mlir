// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --expand-derivatives --canonicalize | FileCheck %s --check-prefix=GRADIENT
// RUN: mlc-opt %s --decompose-composites | FileCheck %s --check-prefix=BODY
// RUN: mlc-opt %s --expand-derivatives --evaluate -o /dev/null | FileCheck %s --check-prefix=VALUE
module @m {

// Rounds, and lets gradients through as they are.
// CHECK-LABEL: func.func private @straight
// CHECK: nn.custom_vjp (%[[A:.*]] = %{{.*}}) : tensor<3xf32> {
// CHECK: nn.yield %{{.*}} : tensor<3xf32>
// CHECK: } backward (%[[DY:.*]]) {
// CHECK-NEXT: nn.yield %[[DY]] : tensor<3xf32>
// BODY-LABEL: func.func private @straight
// BODY-NEXT: %[[Y:.*]] = nn.round_even
// BODY-NEXT: %[[SQUARE:.*]] = nn.mul %[[Y]], %[[Y]]
func.func private @straight(%x: tensor<3xf32>) -> tensor<f32> {
  %y = nn.custom_vjp (%a = %x) : tensor<3xf32> {
    %0 = nn.round_even %a : tensor<3xf32>
    nn.yield %0 : tensor<3xf32>
  } backward (%dy) {
    nn.yield %dy : tensor<3xf32>
  }
  %square = nn.mul %y, %y : tensor<3xf32>
  %l = nn.reduce sum %square dims = [0] : tensor<3xf32>
  return %l : tensor<f32>
}
// VALUE: @gradient[0] = dense<[2, -4, 6]> : tensor<3xf32>
// GRADIENT-LABEL: func.func @gradient
// GRADIENT: %[[Y:.*]] = nn.custom_vjp
// GRADIENT: } backward
// GRADIENT: %[[DX:.*]] = nn.add %[[Y]], %[[Y]]
// GRADIENT-NEXT: return %[[DX]]
func.func @gradient(%x: tensor<3xf32> {nn.value = dense<[1.25, -1.75, 3.0]> : tensor<3xf32>}) -> tensor<3xf32> {
  %l, %dx = nn.grad @straight(%x) wrt(0) : (tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>)
  return %dx : tensor<3xf32>
}

// The derivative is the result's in every order.
// VALUE: @curvature[0] = dense<[2, 2, 2]> : tensor<3xf32>
func.func private @slope(%x: tensor<3xf32>) -> tensor<f32> {
  %l, %dx = nn.grad @straight(%x) wrt(0) : (tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>)
  %0 = nn.reduce sum %dx dims = [0] : tensor<3xf32>
  return %0 : tensor<f32>
}
func.func @curvature(%x: tensor<3xf32> {nn.value = dense<[1.25, -1.75, 3.0]> : tensor<3xf32>}) -> tensor<3xf32> {
  %l, %dx = nn.grad @slope(%x) wrt(0) : (tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>)
  return %dx : tensor<3xf32>
}

// An operand of integers has no cotangent, a result of integers neither; two results, two saved values.
// CHECK-LABEL: func.func private @several
// CHECK: } backward (%{{.*}}) saved (%{{.*}}, %{{.*}}) {
func.func private @several(%x: tensor<?xf32>, %n: tensor<?xi32>, %w: tensor<?xf32>) -> tensor<?xf32> {
  %y, %m = nn.custom_vjp (%a = %x, %k = %n, %b = %w) : tensor<?xf32>, tensor<?xi32>, tensor<?xf32> {
    %0 = nn.mul %a, %b : tensor<?xf32>
    %1 = nn.add %k, %k : tensor<?xi32>
    nn.yield %0, %1, %a, %k : tensor<?xf32>, tensor<?xi32>, tensor<?xf32>, tensor<?xi32>
  } backward (%dy) saved (%a, %k) {
    %0 = nn.cast %k : tensor<?xi32> -> tensor<?xf32>
    %1 = nn.mul %dy, %0 : tensor<?xf32>
    %2 = nn.mul %dy, %a : tensor<?xf32>
    nn.yield %1, %2 : tensor<?xf32>, tensor<?xf32>
  }
  return %y : tensor<?xf32>
}
// VALUE: @gradients[0] = dense<[70, 80]> : tensor<2xf32>
// VALUE: @gradients[1] = dense<[2, 3]> : tensor<2xf32>
func.func @gradients(%x: tensor<?xf32> {nn.value = dense<[2.0, 3.0]> : tensor<2xf32>}, %n: tensor<?xi32> {nn.value = dense<[70, 80]> : tensor<2xi32>},
                     %w: tensor<?xf32> {nn.value = dense<[4.0, 5.0]> : tensor<2xf32>}, %one: tensor<?xf32> {nn.value = dense<1.0> : tensor<2xf32>})
    -> (tensor<?xf32>, tensor<?xf32>) {
  %y, %dx, %dw = nn.vjp @several(%x, %n, %w) cotangents(%one) wrt(0, 2) : (tensor<?xf32>, tensor<?xi32>, tensor<?xf32>), (tensor<?xf32>)
      -> (tensor<?xf32>, tensor<?xf32>, tensor<?xf32>)
  return %dx, %dw : tensor<?xf32>, tensor<?xf32>
}
}
