// RUN: mlc-opt %s --select-entries=entries=predict,tune | FileCheck %s
// RUN: mlc-opt %s --select-entries=entries=fit | FileCheck %s --check-prefix=ONE

// The names of what files may hold all the same; what only left-out entries need is gone, what nothing needs stays.
// CHECK: module @m attributes {nn.left_out = ["only_fit", "statistics"], nn.several_steps}
// ONE: module @m attributes {nn.left_out = ["head"], nn.several_steps}
module @m {
  // CHECK-NEXT: nn.parameter @w
  nn.parameter @w : tensor<4xf32> init(#nn.ones)
  nn.parameter @only_fit : tensor<4xf32> init(#nn.ones)
  // CHECK-NEXT: nn.parameter @head
  nn.parameter @head : tensor<4xf32> init(#nn.ones)
  // CHECK-NEXT: nn.parameter @unused
  nn.parameter @unused : tensor<4xf32> init(#nn.ones)
  nn.state @statistics : tensor<4xf32> init(#nn.zeros)
  // CHECK-NEXT: func.func private @features
  // ONE: func.func private @features
  func.func @features() -> tensor<4xf32> {
    %w = nn.param @w : tensor<4xf32>
    return %w : tensor<4xf32>
  }
  // CHECK: func.func @predict
  // ONE-NOT: @predict
  func.func @predict() -> tensor<4xf32> {
    %f = call @features() : () -> tensor<4xf32>
    %h = nn.param @head : tensor<4xf32>
    %y = nn.mul %f, %h : tensor<4xf32>
    return %y : tensor<4xf32>
  }
  // CHECK-NOT: @fit_loss
  // ONE: func.func private @fit_loss
  func.func @fit_loss() -> tensor<f32> {
    %f = call @features() : () -> tensor<4xf32>
    %o = nn.param @only_fit : tensor<4xf32>
    %s = nn.read @statistics : tensor<4xf32>
    nn.write @statistics, %f : tensor<4xf32>
    %y = nn.mul %f, %o : tensor<4xf32>
    %z = nn.mul %y, %s : tensor<4xf32>
    %l = nn.reduce sum %z dims = [0] : tensor<4xf32>
    return %l : tensor<f32>
  }
  // CHECK: func.func private @tune_loss
  func.func private @tune_loss() -> tensor<f32> {
    %y = call @predict() : () -> tensor<4xf32>
    %l = nn.reduce sum %y dims = [0] : tensor<4xf32>
    return %l : tensor<f32>
  }
  // CHECK-NOT: @fit
  // CHECK: nn.train_step @tune
  // ONE: nn.train_step @fit
  // ONE-NOT: @tune
  nn.train_step @fit minimizes @fit_loss with #nn.sgd
  nn.train_step @tune minimizes @tune_loss with #nn.sgd groups = [#nn.group<[@w], learning_rate = 0.0>]
}
