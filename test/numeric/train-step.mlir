// RUN: mlc-opt %s --inline-calls --expand-derivatives --expand-train-steps --symbol-dce --lift-parameters \
// RUN:   --evaluate="calls=3 digits=6" -o %t | FileCheck %s

// loss = (w x - 1)^2 with w = 0, x = 1: the gradient is 2 (w - 1). The rate halves after every step.
//   w: 0 -> 0 + 0.25 * 2 = 0.5 -> 0.5 + 0.125 * 1 = 0.625 -> 0.625 + 0.0625 * 0.75 = 0.671875
module @regression {
nn.parameter @w : tensor<1xf32> init(#nn.zeros)
nn.state @calls : tensor<i32> init(#nn.zeros)
func.func private @predict(%x: tensor<?xf32>) -> tensor<?xf32> {
  %w = nn.param @w : tensor<1xf32>
  %n = nn.dim %x, 0 : tensor<?xf32>
  %s = nn.reshape %w : tensor<1xf32> -> tensor<f32>
  %b = nn.broadcast %s [%n] dims = [] : tensor<f32> -> tensor<?xf32>
  %y = nn.mul %x, %b : tensor<?xf32>
  return %y : tensor<?xf32>
}
func.func private @loss(%x: tensor<?xf32> {nn.value = dense<1.0> : tensor<4xf32>}) -> tensor<f32> {
  %y = call @predict(%x) : (tensor<?xf32>) -> tensor<?xf32>
  %l = nn.mse %y, %x : tensor<?xf32>, tensor<?xf32>
  %count = nn.read @calls : tensor<i32>
  %one = nn.constant dense<1> : tensor<i32>
  %next = nn.add %count, %one : tensor<i32>
  nn.write @calls, %next : tensor<i32>
  return %l : tensor<f32>
}
// CHECK: @fit[0] = dense<1> : tensor<f32>
// CHECK-NEXT: @fit[1] = dense<[0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xf32>
// CHECK-NEXT: @fit[2] = dense<1> : tensor<i64>
// CHECK-NEXT: @fit[3] = dense<1> : tensor<i32>
// CHECK-NEXT: @fit[0] = dense<0.25> : tensor<f32>
// CHECK-NEXT: @fit[1] = dense<[0.625, 0,
// CHECK-NEXT: @fit[2] = dense<2> : tensor<i64>
// CHECK-NEXT: @fit[3] = dense<2> : tensor<i32>
// CHECK-NEXT: @fit[0] = dense<0.140625> : tensor<f32>
// CHECK-NEXT: @fit[1] = dense<[0.671875, 0,
nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = 0.25> schedule(#nn.step_schedule<every = 1, factor = 0.5>)
}
