// RUN: mlc-opt %s --expand-train-steps --split-input-file --verify-diagnostics

nn.parameter @w : tensor<f32> init(#nn.ones)
func.func private @loss(%x: tensor<f32>) -> tensor<f32> {
  return %x : tensor<f32>
}
// expected-error @+1 {{expects a loss that reads parameters, but @loss reads none}}
nn.train_step @fit minimizes @loss with #nn.sgd

// -----

nn.parameter @w : tensor<f32> init(#nn.ones)
nn.parameter @v : tensor<f32> init(#nn.ones)
func.func private @loss() -> tensor<f32> {
  %w = nn.param @w : tensor<f32>
  return %w : tensor<f32>
}
// expected-error @+1 {{expects a gradient from the loss to every parameter in trains, but none flows to @v}}
nn.train_step @fit minimizes @loss with #nn.sgd trains = [@w, @v]

// -----

nn.parameter @w : tensor<f32> init(#nn.ones)
func.func private @loss() -> tensor<f32> {
  %w = nn.param @w : tensor<f32>
  %s = nn.stop_gradient %w : tensor<f32>
  return %s : tensor<f32>
}
// expected-warning @+1 {{trains nothing: no gradient flows from the loss @loss to a parameter}}
nn.train_step @fit minimizes @loss with #nn.sgd clip_norm = 1.0

// -----

func.func private @loss() -> tensor<f32>
// expected-error @+1 {{not supported yet: a loss that is not one block}}
nn.train_step @fit minimizes @loss with #nn.sgd

// -----

nn.parameter @w : tensor<4xf32> init(#nn.ones)
func.func private @loss() -> tensor<f32> {
  %w = nn.param @w : tensor<4xf32>
  %l = nn.reduce sum %w dims = [0] : tensor<4xf32>
  return %l : tensor<f32>
}
func.func private @by_norm(%p: tensor<?xf32>, %g: tensor<?xf32>, %step: tensor<i64>) -> tensor<?xf32> {
  // expected-error @+1 {{expects an optimizer to be elementwise, because it runs on all parameters of a group in one flat tensor, but got nn.reduce}}
  %s = nn.reduce sum %g dims = [0] : tensor<?xf32>
  %n = nn.dim %p, 0 : tensor<?xf32>
  %b = nn.broadcast %s [%n] dims = [] : tensor<f32> -> tensor<?xf32>
  %q = nn.sub %p, %b : tensor<?xf32>
  return %q : tensor<?xf32>
}
// expected-note @+1 {{the optimizer is used here}}
nn.train_step @fit minimizes @loss with #nn.optimizer_function<@by_norm>

// -----

nn.parameter @w : tensor<f32> init(#nn.ones)
nn.parameter @v : tensor<f32> init(#nn.ones)
func.func private @loss() -> tensor<f32> {
  %w = nn.param @w : tensor<f32>
  return %w : tensor<f32>
}
// expected-error @+1 {{expects a gradient from the loss to every parameter in trains, but none flows to one like "v*"}}
nn.train_step @fit minimizes @loss with #nn.sgd trains = [@w, "v*"]
