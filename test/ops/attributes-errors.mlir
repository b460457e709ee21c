// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// constant_c1
// expected-error @+1 {{expects a whole number to initialise 'tensor<4xi64>', but got 5.000000e-01}}
nn.state @s : tensor<4xi64> init(#nn.constant<0.5>)

// -----

// uniform_c1
// expected-error @+1 {{expects #nn.uniform<low, high> with low < high, but got 1.000000e+00 and 0.000000e+00}}
nn.parameter @p : tensor<4xf32> init(#nn.uniform<1.0, 0.0>)

// -----

// normal_c1
// expected-error @+1 {{expects a standard deviation of at least 0, but got -1.000000e+00}}
nn.parameter @p : tensor<4xf32> init(#nn.normal<0.0, -1.0>)

// -----

// truncated_normal_c1
// expected-error @+1 {{expects a standard deviation of at least 0, but got -1.000000e+00}}
nn.parameter @p : tensor<4xf32> init(#nn.truncated_normal<0.0, -1.0>)

// -----

// glorot_uniform_c1 and the other initialisers with fans
// expected-error @+1 {{expects at least two dimensions for an initialiser that depends on fans, but got 'tensor<4xf32>'; use #nn.zeros or #nn.uniform for a vector}}
nn.parameter @p : tensor<4xf32> init(#nn.glorot_uniform)

// -----

// expected-error @+1 {{expects a float dtype for a random initialiser, but got 'tensor<4xi32>'; use #nn.zeros, #nn.ones or #nn.constant}}
nn.state @s : tensor<4xi32> init(#nn.normal<0.0, 1.0>)

// -----

// parameter_c1
// expected-error @+1 {{expects a ranked tensor type of static shape, but got 'tensor<?xf32>'}}
nn.parameter @p : tensor<?xf32> init(#nn.zeros)

// -----

// parameter_c2
// expected-error @+1 {{expects a float dtype, because a parameter is trained, but got 'tensor<4xi32>'}}
nn.parameter @p : tensor<4xi32> init(#nn.zeros)

// -----

// parameter_c3
// expected-error @+1 {{expects an initialiser such as #nn.zeros or #nn.glorot_uniform, but got #nn.sgd}}
nn.parameter @p : tensor<4xf32> init(#nn.sgd)

// -----

// state_c1
// expected-error @+1 {{expects a ranked tensor type of static shape, but got 'tensor<?xf32>'}}
nn.state @s : tensor<?xf32> init(#nn.zeros)

// -----

// state_c2
// expected-error @+1 {{expects an initialiser such as #nn.zeros or #nn.glorot_uniform, but got 3 : i64}}
nn.state @s : tensor<4xf32> init(3 : i64)

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// sgd_c1 and C1 of the other optimizers
// expected-error @+1 {{expects learning_rate of at least 0, but got -1.000000e-01}}
nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = -0.1>

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// adam_c2, adamw_c2
// expected-error @+1 {{expects beta2 below 1, but got 1.000000e+00}}
nn.train_step @fit minimizes @loss with #nn.adam<beta2 = 1.0>

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// rmsprop_c2
// expected-error @+1 {{expects centered to be 0 or 1, but got 2}}
nn.train_step @fit minimizes @loss with #nn.rmsprop<centered = 2>

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// optimizer_function_c2
// expected-error @+1 {{expects distinct slots, but got "m" twice}}
nn.train_step @fit minimizes @loss with #nn.optimizer_function<@f, slots = ["m", "m"]>

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// optimizer_function_c2
// expected-error @+1 {{expects distinct hyperparameters, but got "a" twice}}
nn.train_step @fit minimizes @loss with #nn.optimizer_function<@f, hyperparameters = {a = 0.1, a = 0.2}>

// -----

nn.parameter @p : tensor<4xf32> init(#nn.zeros)
func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// optimizer_function_c1
// expected-error @+1 {{expects the optimizer's function @f in the module, but there is none}}
nn.train_step @fit minimizes @loss with #nn.optimizer_function<@f>

// -----

nn.parameter @p : tensor<4xf32> init(#nn.zeros)
func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// optimizer_function_c1
// expected-error @+1 {{expects the optimizer's function @f of type '(tensor<?xf32>, tensor<?xf32>, tensor<i64>) -> tensor<?xf32>' (parameter, gradient, slots, hyperparameters, step), but got '(tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>'}}
nn.train_step @fit minimizes @loss with #nn.optimizer_function<@f>
// expected-note @+1 {{the optimizer is defined here}}
func.func @f(%p: tensor<?xf32>, %g: tensor<?xf32>) -> tensor<?xf32> {
  return %p : tensor<?xf32>
}

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// step_schedule_c1
// expected-error @+1 {{expects every of at least 1 step, but got 0}}
nn.train_step @fit minimizes @loss with #nn.sgd schedule(#nn.step_schedule<every = 0>)

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// cosine_schedule_c1
// expected-error @+1 {{expects steps of at least 1 step, but got 0}}
nn.train_step @fit minimizes @loss with #nn.sgd schedule(#nn.cosine_schedule<steps = 0>)

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// linear_warmup_c1
// expected-error @+1 {{expects steps of at least 1 step, but got 0}}
nn.train_step @fit minimizes @loss with #nn.sgd schedule(#nn.linear_warmup<steps = 0>)

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// linear_warmup_c2
// expected-error @+1 {{expects a schedule after `then`, but got #nn.zeros; schedules are}}
nn.train_step @fit minimizes @loss with #nn.sgd schedule(#nn.linear_warmup<steps = 1, then = #nn.zeros>)

// -----

// group_c1
// expected-error @+1 {{expects distinct parameters in a group, but got @b twice}}
nn.train_step @fit minimizes @loss with #nn.sgd groups = [#nn.group<[@b, @b]>]

// -----

// group_c2
// expected-error @+1 {{expects distinct hyperparameters in a group, but got "a" twice}}
nn.train_step @fit minimizes @loss with #nn.sgd groups = [#nn.group<[@b], a = 0.0, a = 0.0>]

// -----

// expected-error @+1 {{expects a function @loss in the module, but there is none}}
nn.train_step @fit minimizes @loss with #nn.sgd

// -----

// expected-note @+1 {{the loss is defined here}}
func.func private @loss(%x: tensor<4xf32>) -> tensor<4xf32>
// train_step_c1
// expected-error @+1 {{expects @loss to return one rank-0 float tensor first}}
nn.train_step @fit minimizes @loss with #nn.sgd

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// train_step_c2
// expected-error @+1 {{expects an optimizer such as #nn.sgd or #nn.adam after `with`, but got #nn.zeros}}
nn.train_step @fit minimizes @loss with #nn.zeros

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// train_step_c4
// expected-error @+1 {{expects a schedule such as #nn.cosine_schedule<steps = 1000>, but got #nn.sgd}}
nn.train_step @fit minimizes @loss with #nn.sgd schedule(#nn.sgd)

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// train_step_c4
// expected-error @+1 {{expects an optimizer with the hyperparameter learning_rate for the schedule to change, but got #nn.optimizer_function<@f>}}
nn.train_step @fit minimizes @loss with #nn.optimizer_function<@f> schedule(#nn.constant_schedule)

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// train_step_c5
// expected-error @+1 {{expects clip_norm above 0, but got 0.000000e+00}}
nn.train_step @fit minimizes @loss with #nn.sgd clip_norm = 0.0

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// train_step_c6
// expected-error @+1 {{expects groups such as #nn.group<[@bias], weight_decay = 0.0>, but got "bias"}}
nn.train_step @fit minimizes @loss with #nn.sgd groups = ["bias"]

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// train_step_c7
// expected-error @+1 {{expects groups to name parameters, but there is no nn.parameter @bias}}
nn.train_step @fit minimizes @loss with #nn.sgd groups = [#nn.group<[@bias]>]

// -----

nn.parameter @bias : tensor<4xf32> init(#nn.zeros)
func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// train_step_c7
// expected-error @+1 {{expects every parameter in one group, but @bias is in two}}
nn.train_step @fit minimizes @loss with #nn.sgd groups = [#nn.group<[@bias]>, #nn.group<[@bias]>]

// -----

nn.parameter @bias : tensor<4xf32> init(#nn.zeros)
func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// train_step_c8
// expected-error @+1 {{expects groups to set hyperparameters of #nn.sgd, which has no "beta1"}}
nn.train_step @fit minimizes @loss with #nn.sgd groups = [#nn.group<[@bias], beta1 = 0.0>]

// -----

func.func @f() -> tensor<4xf32> {
  // expected-error @+1 {{expects a declaration `nn.parameter @w` in the module, but there is none}}
  %y = nn.param @w : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// expected-error @+1 {{expected 'mean'}}
nn.parameter @p : tensor<4xf32> init(#nn.normal<deviation = 0.1, center = 0.0>)

// -----

// expected-error @+1 {{expected floating point literal}}
nn.parameter @p : tensor<4xf32> init(#nn.normal<centre = 0.0, deviation = 0.1>)
