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
// expected-error @+1 {{expects learning_rate of at least 0, but got -0.1}}
nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = -0.1>

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// adam_c1, adamw_c1
// expected-error @+1 {{expects beta2 of at least 0 and below 1, but got 1}}
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

func.func private @loss() -> tensor<f32>
// train_step_c11
// expected-error @+1 {{expects accumulate from 1 to 2^31 - 1, but got 0}}
nn.train_step @fit minimizes @loss with #nn.sgd accumulate = 0

// -----

nn.parameter @bias : tensor<4xf32> init(#nn.zeros)
func.func private @loss() -> tensor<f32>
// train_step_c10
// expected-error @+1 {{expects trains to name parameters, but there is no nn.parameter @weight}}
nn.train_step @fit minimizes @loss with #nn.sgd trains = [@bias, @weight]

// -----

nn.parameter @bias : tensor<4xf32> init(#nn.zeros)
func.func private @loss() -> tensor<f32>
// train_step_c10
// expected-error @+1 {{expects every parameter and pattern in trains once, but got @bias twice}}
nn.train_step @fit minimizes @loss with #nn.sgd trains = [@bias, @bias]

// -----

nn.parameter @bias : tensor<4xf32> init(#nn.zeros)
func.func private @loss() -> tensor<f32>
// train_step_c10
// expected-error @+1 {{expects trains to hold parameters, such as @kernel, and patterns of their names, such as "block*", but got 3 : i64}}
nn.train_step @fit minimizes @loss with #nn.sgd trains = [@bias, 3]

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

nn.parameter @layer.bias : tensor<4xf32> init(#nn.zeros)
func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// train_step_c7
// expected-error @+1 {{expects every parameter in one group, but @layer.bias is in two}}
nn.train_step @fit minimizes @loss with #nn.sgd groups = [#nn.group<["*.bias", @layer.bias]>, #nn.group<["*"]>]

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

// expected-error @+1 {{expects mean or deviation in #nn.normal, but got 'center'}}
nn.parameter @p : tensor<4xf32> init(#nn.normal<deviation = 0.1, center = 0.0>)

// -----

// expected-error @+1 {{expects mean or deviation in #nn.normal, but got 'centre'}}
nn.parameter @p : tensor<4xf32> init(#nn.normal<centre = 0.0, deviation = 0.1>)

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// adam_c1, adamw_c1: the number that counts is the f32
// expected-error @+1 {{expects beta1 of at least 0 and below 1, but got 0.99999999, which is 1 in f32}}
nn.train_step @fit minimizes @loss with #nn.adam<beta1 = 0.99999999>

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+1 {{expects epsilon to be finite in f32, but got 1e+39, which is inf in f32}}
nn.train_step @fit minimizes @loss with #nn.adamw<epsilon = 1.0e39>

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+1 {{expects momentum to be finite in f32, but got nan}}
nn.train_step @fit minimizes @loss with #nn.nesterov<momentum = 0x7FF8000000000000>

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// rmsprop_c1
// expected-error @+1 {{expects alpha of at least 0 and at most 1, but got 1.5}}
nn.train_step @fit minimizes @loss with #nn.rmsprop<alpha = 1.5>

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+1 {{expects weight_decay of at least 0, but got -1}}
nn.train_step @fit minimizes @loss with #nn.adagrad<weight_decay = -1>

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// optimizer_function_c3
// expected-error @+1 {{expects rate to be finite in f32, but got -1e+39, which is -inf in f32}}
nn.train_step @fit minimizes @loss with #nn.optimizer_function<@f, hyperparameters = {rate = -1.0e39}>

// -----

nn.parameter @bias : tensor<4xf32> init(#nn.zeros)
func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// train_step_c9
// expected-error @+1 {{expects beta1 of at least 0 and below 1, but got 1.5}}
nn.train_step @fit minimizes @loss with #nn.adam groups = [#nn.group<[@bias], beta1 = 1.5>]

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// train_step_c5
// expected-error @+1 {{expects clip_norm to be finite in f32, but got 1e+39, which is inf in f32}}
nn.train_step @fit minimizes @loss with #nn.sgd clip_norm = 1.0e39

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// train_step_c5
// expected-error @+1 {{expects clip_norm of at least 1e-45, but got 1e-50, which is 0 in f32}}
nn.train_step @fit minimizes @loss with #nn.sgd clip_norm = 1.0e-50

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// constant_schedule_c1
// expected-error @+1 {{expects factor of at least 0, but got -2}}
nn.train_step @fit minimizes @loss with #nn.sgd schedule(#nn.constant_schedule<factor = -2>)

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// step_schedule_c2
// expected-error @+1 {{expects factor to be finite in f32, but got 1e+39, which is inf in f32}}
nn.train_step @fit minimizes @loss with #nn.sgd schedule(#nn.step_schedule<every = 2, factor = 1.0e39>)

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// cosine_schedule_c2
// expected-error @+1 {{expects floor of at least 0 and at most 1, but got 1.5}}
nn.train_step @fit minimizes @loss with #nn.sgd schedule(#nn.cosine_schedule<steps = 2, floor = 1.5>)

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// linear_warmup_c3
// expected-error @+1 {{expects start of at least 0 and at most 1, but got -0.5}}
nn.train_step @fit minimizes @loss with #nn.sgd schedule(#nn.linear_warmup<steps = 2, start = -0.5>)

// -----

// constant_c1
// expected-error @+1 {{expects a number of -128 to 127 to initialise 'tensor<4xi8>', but got 1.280000e+02}}
nn.state @s : tensor<4xi8> init(#nn.constant<128>)

// -----

// expected-error @+1 {{expects a number of 0 to 1 to initialise 'tensor<4xi1>', but got 2.000000e+00}}
nn.state @s : tensor<4xi1> init(#nn.constant<2>)

// -----

// expected-error @+1 {{expects a whole number to initialise 'tensor<4xi64>', but got}}
nn.state @s : tensor<4xi64> init(#nn.constant<0x7FF0000000000000>)

// -----

// constant_c2
// expected-error @+1 {{expects an initialiser whose numbers are finite in 'f16', but they reach 1.000000e+05}}
nn.parameter @p : tensor<4xf16> init(#nn.constant<1.0e5>)

// -----

// infinity itself may be meant
nn.state @s : tensor<4xf16> init(#nn.constant<0xFFF0000000000000>)

// -----

// uniform_c2
// expected-error @+1 {{expects an initialiser whose numbers are finite in 'f32', but they reach 1.000000e+39}}
nn.parameter @p : tensor<4xf32> init(#nn.uniform<0.0, 1.0e39>)

// -----

// uniform_c3
// expected-error @+1 {{expects a number of 'bf16' from low on and below high, but there is none between 1.000100e+00 and 1.001000e+00}}
nn.parameter @p : tensor<4xbf16> init(#nn.uniform<1.0001, 1.001>)

// -----

// expected-error @+1 {{expects an initialiser whose numbers are finite in 'f64', but they reach}}
nn.parameter @p : tensor<4xf64> init(#nn.uniform<-1.0e308, 1.0e308>)

// -----

// normal_c2: six deviations away
// expected-error @+1 {{expects an initialiser whose numbers are finite in 'f16', but they reach 6.670000e+04}}
nn.parameter @p : tensor<4xf16> init(#nn.normal<0.0, 1.0e4>)

// -----

// truncated_normal_c2
// expected-error @+1 {{expects an initialiser whose numbers are finite in 'bf16', but they reach 4.000000e+38}}
nn.parameter @p : tensor<4xbf16> init(#nn.truncated_normal<0.0, 2.0e38>)

// -----

// orthogonal_c2
// expected-error @+1 {{expects an initialiser whose numbers are finite in 'f32', but they reach -1.000000e+39}}
nn.parameter @p : tensor<4x4xf32> init(#nn.orthogonal<-1.0e39>)

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// lion_c1
// expected-error @+1 {{expects beta2 of at least 0 and below 1, but got 1}}
nn.train_step @fit minimizes @loss with #nn.lion<beta2 = 1.0>
