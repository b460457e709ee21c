// RUN: mlc-opt %s --expand-train-steps=scale-loss=true --split-input-file --verify-diagnostics

nn.parameter @w : tensor<f32> init(#nn.ones)
func.func private @loss() -> tensor<f32> {
  %w = nn.param @w : tensor<f32>
  return %w : tensor<f32>
}
func.func private @by_scale(%p: tensor<?xf32>, %g: tensor<?xf32>, %scale: tensor<f32>, %step: tensor<i64>) -> tensor<?xf32> {
  return %g : tensor<?xf32>
}
// expected-error @+1 {{expects an optimizer without a hyperparameter 'loss_scale', which --precision=f16 adds; give it another name}}
nn.train_step @fit minimizes @loss with #nn.optimizer_function<@by_scale, hyperparameters = {loss_scale = 0.1}>

// -----

// A step that trains nothing has nothing to scale, and says so.
nn.parameter @w : tensor<f32> init(#nn.ones)
func.func private @loss() -> tensor<f32> {
  %w = nn.param @w : tensor<f32>
  %s = nn.stop_gradient %w : tensor<f32>
  return %s : tensor<f32>
}
// expected-warning @+1 {{trains nothing: no gradient flows from the loss @loss to a parameter}}
nn.train_step @fit minimizes @loss with #nn.sgd clip_norm = 1.0
