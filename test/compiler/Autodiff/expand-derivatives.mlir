// RUN: mlc-opt %s --inline-calls --expand-derivatives | FileCheck %s

nn.parameter @w : tensor<4xf32> init(#nn.ones)
nn.parameter @unused : tensor<2xf32> init(#nn.ones)

// The backward of exp reuses the forward result. What nothing depends on is not computed.
// CHECK-LABEL: func.func @exp_gradient(
// CHECK-SAME: attributes {nn.kind = "gradient"}
// CHECK: %[[Y:.*]] = nn.exp
// CHECK-NOT: nn.exp
// CHECK: nn.mul %{{.*}}, %[[Y]]
// CHECK: return
func.func private @sum_exp(%x: tensor<4xf32>, %i: tensor<4xf32>) -> tensor<f32> {
  %y = nn.exp %x : tensor<4xf32>
  %z = nn.mul %y, %i : tensor<4xf32>
  %l = nn.reduce sum %z dims = [0] : tensor<4xf32>
  return %l : tensor<f32>
}
func.func @exp_gradient(%x: tensor<4xf32>, %i: tensor<4xf32>) -> tensor<4xf32> {
  %l, %dx = nn.grad @sum_exp(%x, %i) wrt(0) : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}

// One argument twice is two arguments; only the first is differentiated.
// CHECK-LABEL: func.func @same_operand(
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>, %[[DY:.*]]: tensor<4xf32>
// CHECK: %[[DX:.*]] = nn.mul %[[DY]], %[[X]]
// CHECK-NEXT: return %[[DX]]
func.func private @product(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %z = nn.mul %x, %y : tensor<4xf32>
  return %z : tensor<4xf32>
}
func.func @same_operand(%x: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
  %z, %dx = nn.vjp @product(%x, %x) cotangents(%dy) wrt(0)
    : (tensor<4xf32>, tensor<4xf32>), (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}

// All uses of a parameter count; the contributions are added once. A parameter that is not used has a zero gradient.
// CHECK-LABEL: func.func @by_parameters(
// CHECK: nn.param @w
// CHECK-NOT: nn.param
// CHECK: %[[SUM:.*]] = nn.add
// CHECK-NOT: nn.add
// CHECK: %[[ZERO:.*]] = nn.broadcast {{.*}} -> tensor<2xf32>
// CHECK: return %[[SUM]], %[[ZERO]]
func.func private @twice(%x: tensor<4xf32>) -> tensor<f32> {
  %w = nn.param @w : tensor<4xf32>
  %y = nn.mul %x, %w : tensor<4xf32>
  %z = call @times_w(%y) : (tensor<4xf32>) -> tensor<4xf32>
  %l = nn.reduce sum %z dims = [0] : tensor<4xf32>
  return %l : tensor<f32>
}
func.func private @times_w(%x: tensor<4xf32>) -> tensor<4xf32> {
  %w = nn.param @w : tensor<4xf32>
  %y = nn.mul %x, %w : tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func @by_parameters(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<2xf32>) {
  %l, %dw, %du = nn.grad @twice(%x) wrt(@w, @unused) : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>, tensor<2xf32>)
  return %dw, %du : tensor<4xf32>, tensor<2xf32>
}

// The cotangents of slices that tile a tensor are concatenated, not padded and added.
// CHECK-LABEL: func.func @tiles(
// CHECK-SAME: %{{.*}}: tensor<2x6xf32>, %[[DQ:.*]]: tensor<2x2xf32>, %[[DK:.*]]: tensor<2x3xf32>
// CHECK: %[[REST:.*]] = nn.broadcast {{.*}} -> tensor<2x1xf32>
// CHECK: %[[DX:.*]] = nn.concat %[[DQ]], %[[DK]], %[[REST]] dim = 1
// CHECK: return %[[DX]]
func.func private @split(%x: tensor<2x6xf32>) -> (tensor<2x3xf32>, tensor<2x2xf32>) {
  %q = nn.slice %x [0, 0] [2, 2] [1, 1] : tensor<2x6xf32>
  %k = nn.slice %x [0, 2] [2, 3] [1, 1] : tensor<2x6xf32>
  return %k, %q : tensor<2x3xf32>, tensor<2x2xf32>
}
func.func @tiles(%x: tensor<2x6xf32>, %dq: tensor<2x2xf32>, %dk: tensor<2x3xf32>) -> tensor<2x6xf32> {
  %k, %q, %dx = nn.vjp @split(%x) cotangents(%dk, %dq) wrt(0)
    : (tensor<2x6xf32>), (tensor<2x3xf32>, tensor<2x2xf32>) -> (tensor<2x3xf32>, tensor<2x2xf32>, tensor<2x6xf32>)
  return %dx : tensor<2x6xf32>
}

// 16-bit contributions are added in f32 and rounded once.
// CHECK-LABEL: func.func @narrow(
// CHECK-COUNT-2: nn.add {{.*}} : tensor<4xf32>
// CHECK: nn.cast {{.*}} : tensor<4xf32> -> tensor<4xbf16>
// CHECK-NEXT: return
func.func private @fan_out(%x: tensor<4xbf16>) -> (tensor<4xbf16>, tensor<4xbf16>, tensor<4xbf16>) {
  return %x, %x, %x : tensor<4xbf16>, tensor<4xbf16>, tensor<4xbf16>
}
func.func @narrow(%x: tensor<4xbf16>, %a: tensor<4xbf16>, %b: tensor<4xbf16>, %c: tensor<4xbf16>) -> tensor<4xbf16> {
  %y:3, %dx = nn.vjp @fan_out(%x) cotangents(%a, %b, %c) wrt(0) : (tensor<4xbf16>), (tensor<4xbf16>, tensor<4xbf16>, tensor<4xbf16>)
    -> (tensor<4xbf16>, tensor<4xbf16>, tensor<4xbf16>, tensor<4xbf16>)
  return %dx : tensor<4xbf16>
}

// Integers and what nn.stop_gradient hides are inactive, so no rule is asked for.
// CHECK-LABEL: func.func @inactive(
// CHECK: %[[DX:.*]] = nn.broadcast {{.*}} -> tensor<4xf32>
// CHECK: return %[[DX]]
func.func private @integers(%x: tensor<4xf32>) -> tensor<f32> {
  %i = nn.cast %x : tensor<4xf32> -> tensor<4xi32>
  %y = nn.cast %i : tensor<4xi32> -> tensor<4xf32>
  %s = nn.stop_gradient %x : tensor<4xf32>
  %e = math.exp %s : tensor<4xf32>
  %z = nn.add %y, %e : tensor<4xf32>
  %l = nn.reduce sum %z dims = [0] : tensor<4xf32>
  return %l : tensor<f32>
}
func.func @inactive(%x: tensor<4xf32>) -> tensor<4xf32> {
  %l, %dx = nn.grad @integers(%x) wrt(0) : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}

// All arguments of float dtype, in order.
// CHECK-LABEL: func.func @by_all(
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>, %[[N:.*]]: tensor<4xi32>, %[[Y:.*]]: tensor<4xf32>, %[[DZ:.*]]: tensor<4xf32>
// CHECK: %[[DX:.*]] = nn.mul %[[DZ]], %[[Y]]
// CHECK: %[[DY:.*]] = nn.mul %[[DZ]], %[[X]]
// CHECK: return %[[DX]], %[[DY]]
func.func private @counted(%x: tensor<4xf32>, %n: tensor<4xi32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %z = nn.mul %x, %y : tensor<4xf32>
  return %z : tensor<4xf32>
}
func.func @by_all(%x: tensor<4xf32>, %n: tensor<4xi32>, %y: tensor<4xf32>, %dz: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %z, %dx, %dy = nn.vjp @counted(%x, %n, %y) cotangents(%dz) wrt(all)
    : (tensor<4xf32>, tensor<4xi32>, tensor<4xf32>), (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return %dx, %dy : tensor<4xf32>, tensor<4xf32>
}
