// RUN: mlc-opt %s --phase-differentiate --evaluate="calls=2" -o %t | FileCheck %s

// An author's optimizer: m' = m / 2 + clip(g), p' = p - rate m' (step + 1), on a loss whose gradient is (4, 0.5, -4).
//   m: (1, 0.5, -1) -> (1.5, 0.75, -1.5);  p: 1 - 0.25 m -> then - 0.5 m
module @author {
nn.parameter @w : tensor<3xf32> init(#nn.ones)
func.func private @loss(%x: tensor<3xf32> {nn.value = dense<[4.0, 0.5, -4.0]> : tensor<3xf32>}) -> tensor<f32> {
  %w = nn.param @w : tensor<3xf32>
  %y = nn.mul %w, %x : tensor<3xf32>
  %l = nn.reduce sum %y dims = [0] : tensor<3xf32>
  return %l : tensor<f32>
}
func.func private @clip(%g: tensor<?xf32>) -> tensor<?xf32> {
  %c = nn.clamp %g low = -1.0 high = 1.0 : tensor<?xf32>
  return %c : tensor<?xf32>
}
func.func private @update(%p: tensor<?xf32>, %g: tensor<?xf32>, %m: tensor<?xf32>, %rate: tensor<f32>, %step: tensor<i64>)
    -> (tensor<?xf32>, tensor<?xf32>) {
  %n = nn.dim %p, 0 : tensor<?xf32>
  %half = nn.constant dense<0.5> : tensor<f32>
  %halves = nn.broadcast %half [%n] dims = [] : tensor<f32> -> tensor<?xf32>
  %c = call @clip(%g) : (tensor<?xf32>) -> tensor<?xf32>
  %kept = nn.mul %m, %halves : tensor<?xf32>
  %new = nn.add %kept, %c : tensor<?xf32>
  %one = nn.constant dense<1> : tensor<i64>
  %t = nn.add %step, %one : tensor<i64>
  %tf = nn.cast %t : tensor<i64> -> tensor<f32>
  %r = nn.mul %rate, %tf : tensor<f32>
  %rs = nn.broadcast %r [%n] dims = [] : tensor<f32> -> tensor<?xf32>
  %d = nn.mul %new, %rs : tensor<?xf32>
  %q = nn.sub %p, %d : tensor<?xf32>
  return %q, %new : tensor<?xf32>, tensor<?xf32>
}
// CHECK: @fit[0] = dense<0.5> : tensor<f32>
// CHECK-NEXT: @fit[1] = dense<[0.75, 0.875, 1.25, 0,
// CHECK-NEXT: @fit[2] = dense<[1, 0.5, -1, 0,
// CHECK-NEXT: @fit[3] = dense<1> : tensor<i64>
// CHECK-NEXT: @fit[0] =
// CHECK-NEXT: @fit[1] = dense<[0, 0.5, 2, 0,
// CHECK-NEXT: @fit[2] = dense<[1.5, 0.75, -1.5, 0,
nn.train_step @fit minimizes @loss with #nn.optimizer_function<@update, slots = ["m"], hyperparameters = {learning_rate = 0.25}>
}
