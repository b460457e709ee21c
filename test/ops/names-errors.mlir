// RUN: mlc-opt %s --split-input-file --verify-diagnostics
// A name that there is not is answered with those that may have been meant.

func.func @misspelt(%x: tensor<4xf32>) {
  // expected-error @+2 {{expects an operation of the nn dialect, but got nn.rellu}}
  // expected-note @+1 {{did you mean 'nn.relu'?}}
  %0 = nn.rellu %x : tensor<4xf32>
  return
}

// -----

func.func @synonym(%x: tensor<4xf32>) {
  // expected-error @+2 {{expects an operation of the nn dialect, but got nn.dense}}
  // expected-note @+1 {{did you mean 'nn.linear'?}}
  %0 = nn.dense %x : tensor<4xf32>
  return
}

// -----

func.func @camel_case(%x: tensor<4xf32>) {
  // expected-error @+2 {{expects an operation of the nn dialect, but got nn.LayerNorm}}
  // expected-note @+1 {{did you mean 'nn.layer_norm'?}}
  %0 = nn.LayerNorm %x : tensor<4xf32>
  return
}

// -----

func.func @planned(%x: tensor<4xf32>) {
  // expected-note @+2 {{did you mean 'nn.conv'?}}
  // expected-error @+1 {{expects an operation of the nn dialect, but got nn.conv2d}}
  %0 = nn.conv2d %x : tensor<4xf32>
  return
}

// -----

func.func @far_from_all(%x: tensor<4xf32>) {
  // expected-error @+2 {{expects an operation of the nn dialect, but got nn.frobnicate}}
  // expected-note @+1 {{docs/ops.md lists the operations}}
  %0 = nn.frobnicate %x : tensor<4xf32>
  return
}

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+2 {{expects an attribute of the nn dialect, but got #nn.Adam}}
// expected-note @+1 {{did you mean '#nn.adam'?}}
nn.train_step @fit minimizes @loss with #nn.Adam

// -----

// expected-error @+2 {{expects an attribute of the nn dialect, but got #nn.xavier}}
// expected-note @+1 {{did you mean '#nn.glorot_uniform' or '#nn.glorot_normal'?}}
nn.parameter @w : tensor<4x4xf32> init(#nn.xavier)

// -----

// expected-error @+2 {{expects an attribute of the nn dialect, but got #nn.frobnicated}}
// expected-note @+1 {{docs/ops/attributes.md lists the attributes}}
nn.parameter @w : tensor<4x4xf32> init(#nn.frobnicated)

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+2 {{expects learning_rate, beta1, beta2, epsilon or weight_decay in #nn.adam, but got 'lr'}}
// expected-note @+1 {{did you mean 'learning_rate'?}}
nn.train_step @fit minimizes @loss with #nn.adam<lr = 1e-3>

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+1 {{expects epsilon once in #nn.adam, but got it twice}}
nn.train_step @fit minimizes @loss with #nn.adam<epsilon = 1e-3, epsilon = 1e-4>

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+1 {{expects at most 2 values in #nn.sgd: learning_rate or weight_decay}}
nn.train_step @fit minimizes @loss with #nn.sgd<0.1, 0.2, 0.3>

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+2 {{expects steps in #nn.cosine_schedule}}
// expected-note @+1 {{write #nn.cosine_schedule<steps = ...>}}
nn.train_step @fit minimizes @loss with #nn.sgd schedule = #nn.cosine_schedule

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+1 {{expects a number such as 0.5, 1e-3, 2 or -inf}}
nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = "big">

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+2 {{expects no clause but trains, schedule, clip_norm, groups or accumulate here, but got 'clip_nrom'}}
// expected-note @+1 {{did you mean 'clip_norm'?}}
nn.train_step @fit minimizes @loss with #nn.sgd clip_nrom = 1.0

// -----

nn.parameter @weights : tensor<4xf32> init(#nn.zeros)
func.func @f() -> tensor<4xf32> {
  // expected-error @+2 {{expects a declaration `nn.parameter @weigths` in the module, but there is none}}
  // expected-note @+1 {{did you mean '@weights'?}}
  %y = nn.param @weigths : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+2 {{expects a function @los in the module, but there is none}}
// expected-note @+1 {{did you mean '@loss'?}}
nn.train_step @fit minimizes @los with #nn.sgd

// -----

nn.parameter @bias : tensor<4xf32> init(#nn.zeros)
func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+2 {{expects groups to set hyperparameters of #nn.sgd, which has no "wd"}}
// expected-note @+1 {{did you mean 'weight_decay'?}}
nn.train_step @fit minimizes @loss with #nn.sgd groups = [#nn.group<[@bias], wd = 0>]

// -----

nn.parameter @bias : tensor<4xf32> init(#nn.zeros)
func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+2 {{expects groups to name parameters, but there is no nn.parameter @biass}}
// expected-note @+1 {{did you mean '@bias'?}}
nn.train_step @fit minimizes @loss with #nn.sgd groups = [#nn.group<[@biass]>]

// -----

// expected-error @+1 {{expects no parameters in #nn.zeros}}
nn.parameter @w : tensor<4xf32> init(#nn.zeros<1>)

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+1 {{expects centered to be 0 or 1, but got 2}}
nn.train_step @fit minimizes @loss with #nn.rmsprop<centered = 2e0>

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+1 {{expects a whole number}}
nn.train_step @fit minimizes @loss with #nn.sgd schedule = #nn.cosine_schedule<1.5>

// -----

func.func private @loss(%x: tensor<4xf32>) -> tensor<f32>
// expected-error @+1 {{expects `learning_rate = ` and a value in #nn.adam}}
nn.train_step @fit minimizes @loss with #nn.adam<learning_rate 0.1>
