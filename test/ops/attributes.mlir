// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: module @initializers
module @initializers {
  // CHECK: init(#nn.zeros)
  nn.parameter @zeros : tensor<4xf32> init(#nn.zeros)
  // CHECK: init(#nn.ones)
  nn.parameter @ones : tensor<4xf32> init(#nn.ones)
  // CHECK: init(#nn.constant<5.000000e-01>)
  nn.parameter @constant : tensor<4xf32> init(#nn.constant<0.5>)
  // CHECK: init(#nn.uniform<-1.000000e-01, 1.000000e-01>)
  nn.parameter @uniform : tensor<4xf32> init(#nn.uniform<-0.1, 0.1>)
  // CHECK: init(#nn.normal<0.000000e+00, 2.000000e-02>)
  nn.parameter @normal : tensor<4xf32> init(#nn.normal<0.0, 0.02>)
  // CHECK: init(#nn.truncated_normal<0.000000e+00, 2.000000e-02>)
  nn.parameter @truncated_normal : tensor<4xf32> init(#nn.truncated_normal<0.0, 0.02>)
  // CHECK: init(#nn.glorot_uniform)
  nn.parameter @glorot_uniform : tensor<4x8xf32> init(#nn.glorot_uniform)
  // CHECK: init(#nn.glorot_normal)
  nn.parameter @glorot_normal : tensor<4x8xbf16> init(#nn.glorot_normal)
  // CHECK: init(#nn.he_uniform)
  nn.parameter @he_uniform : tensor<4x8xf32> init(#nn.he_uniform)
  // CHECK: init(#nn.he_normal)
  nn.parameter @he_normal : tensor<4x8x3x3xf32> init(#nn.he_normal)
  // CHECK: init(#nn.lecun)
  nn.parameter @lecun : tensor<4x8xf32> init(#nn.lecun)
  // CHECK: init(#nn.lecun_normal)
  nn.parameter @lecun_normal : tensor<4x8xf32> init(#nn.lecun_normal)
  // CHECK: init(#nn.lecun_uniform)
  nn.parameter @lecun_uniform : tensor<4x8xf64> init(#nn.lecun_uniform)
  // CHECK: init(#nn.orthogonal)
  nn.parameter @orthogonal : tensor<4x8xf32> init(#nn.orthogonal)
  // CHECK: init(#nn.orthogonal<1.414
  nn.parameter @scaled : tensor<4x8xf32> init(#nn.orthogonal<1.414>)
  // Numbers by name, in any order; integers.
  // CHECK: init(#nn.constant<-2.000000e+00>)
  nn.parameter @constant_by_name : tensor<4xf32> init(#nn.constant<value = -2>)
  // CHECK: init(#nn.uniform<-1.000000e+00, 2.000000e+00>)
  nn.parameter @uniform_by_name : tensor<4xf32> init(#nn.uniform<high = 2, low = -1>)
  // CHECK: init(#nn.normal<0.000000e+00, 1.000000e-01>)
  nn.parameter @normal_by_name : tensor<4xf32> init(#nn.normal<mean = 0.0, deviation = 0.1>)
  // CHECK: init(#nn.truncated_normal<0.000000e+00, 1.000000e-01>)
  nn.parameter @truncated_normal_by_name : tensor<4xf32> init(#nn.truncated_normal<deviation = 0.1, mean = 0>)
  // CHECK: init(#nn.normal<0.000000e+00, 1.000000e-01>)
  nn.parameter @normal_by_one_name : tensor<4xf32> init(#nn.normal<0, deviation = 0.1>)
  // CHECK: init(#nn.orthogonal<2.000000e+00>)
  nn.parameter @orthogonal_by_name : tensor<4x8xf32> init(#nn.orthogonal<gain = 2>)
  // A hexadecimal literal is the bits of a float.
  // CHECK: init(#nn.constant<1.000000e+00>)
  nn.parameter @bits : tensor<4xf32> init(#nn.constant<0x3FF0000000000000>)
  // CHECK: nn.state @count : tensor<i64> init(#nn.constant<3.000000e+00>)
  nn.state @count : tensor<i64> init(#nn.constant<3.0>)
  // CHECK: nn.state @cache : tensor<4xf32> init(#nn.zeros) transient
  nn.state @cache : tensor<4xf32> init(#nn.zeros) transient
}

// CHECK-LABEL: module @train_steps
module @train_steps {
  nn.parameter @kernel : tensor<4xf32> init(#nn.zeros)
  nn.parameter @bias : tensor<4xf32> init(#nn.zeros)
  func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
  // CHECK: with #nn.sgd
  nn.train_step @sgd minimizes @loss with #nn.sgd
  // CHECK: with #nn.sgd<learning_rate = 1.000000e-01>
  nn.train_step @sgd_with_rate minimizes @loss with #nn.sgd<learning_rate = 1.0e-1>
  // CHECK: with #nn.sgd<learning_rate = 1.000000e+00>
  nn.train_step @sgd_with_integer minimizes @loss with #nn.sgd<learning_rate = 1>
  // CHECK: with #nn.momentum<momentum = 5.000000e-01>
  nn.train_step @momentum minimizes @loss with #nn.momentum<momentum = 0.5>
  // CHECK: with #nn.nesterov<learning_rate = 1.000000e-01, weight_decay = 1.000000e-04>
  nn.train_step @nesterov minimizes @loss with #nn.nesterov<weight_decay = 1.0e-4, learning_rate = 0.1>
  // CHECK: with #nn.adagrad<learning_rate_decay = 1.000000e-03>
  nn.train_step @adagrad minimizes @loss with #nn.adagrad<learning_rate_decay = 1.0e-3>
  // CHECK: with #nn.rmsprop<momentum = 9.000000e-01, centered = 1>
  nn.train_step @rmsprop minimizes @loss with #nn.rmsprop<centered = 1, momentum = 0.9>
  // CHECK: with #nn.adam<beta1 = 8.000000e-01, beta2 = 0.98999999999999999, epsilon = 9.9999999999999995E-7>
  nn.train_step @adam minimizes @loss with #nn.adam<beta1 = 0.8, beta2 = 0.99, epsilon = 1.0e-6>
  // CHECK: with #nn.lion<beta2 = 5.000000e-01, weight_decay = 1.000000e-01>
  nn.train_step @lion minimizes @loss with #nn.lion<beta2 = 0.5, weight_decay = 0.1>
  // CHECK: with #nn.adamw schedule(#nn.constant_schedule)
  nn.train_step @adamw minimizes @loss with #nn.adamw schedule(#nn.constant_schedule)
  // CHECK: schedule(#nn.step_schedule<every = 1000>)
  nn.train_step @step minimizes @loss with #nn.adam schedule(#nn.step_schedule<every = 1000>)
  // CHECK: schedule(#nn.cosine_schedule<steps = 1000, floor = 1.000000e-01>) clip_norm = 1.000000e+00
  nn.train_step @cosine minimizes @loss with #nn.adam schedule(#nn.cosine_schedule<steps = 1000, floor = 0.1>) clip_norm = 1.0
  // CHECK: schedule(#nn.linear_warmup<steps = 100, then = #nn.cosine_schedule<steps = 1000>>)
  nn.train_step @warmup minimizes @loss with #nn.adam
    schedule(#nn.linear_warmup<steps = 100, then = #nn.cosine_schedule<steps = 1000>>)
  // CHECK: groups = [#nn.group<[@bias], weight_decay = 0.000000e+00>]
  nn.train_step @groups minimizes @loss with #nn.adamw groups = [#nn.group<[@bias], weight_decay = 0.0>]
  // CHECK: groups = [#nn.group<["b*s", @kernel], weight_decay = 0.000000e+00>]
  nn.train_step @patterns minimizes @loss with #nn.adamw groups = [#nn.group<["b*s", @kernel], weight_decay = 0>]
  // CHECK: with #nn.optimizer_function<@update, slots = ["m"], hyperparameters = {learning_rate = 1.000000e-01, decay = 5.000000e-01}>
  nn.train_step @own minimizes @loss
    with #nn.optimizer_function<@update, slots = ["m"], hyperparameters = {learning_rate = 0.1, decay = 0.5}>
  func.func @update(%p: tensor<?xf32>, %g: tensor<?xf32>, %m: tensor<?xf32>, %rate: tensor<f32>, %decay: tensor<f32>,
                    %step: tensor<i64>) -> (tensor<?xf32>, tensor<?xf32>) {
    %p2 = nn.sub %p, %g : tensor<?xf32>
    return %p2, %m : tensor<?xf32>, tensor<?xf32>
  }
}
