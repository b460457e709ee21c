// RUN: mlc-opt %s --expand-train-steps=scale-loss=true --split-input-file | FileCheck %s
// RUN: mlc-opt %s --expand-train-steps --split-input-file | FileCheck %s --check-prefix=PLAIN

// The cotangent of the loss is the scale, gradients are divided by it before they are clipped, and the loss returned is the model's. What
// is not finite leaves parameters and slots as they were; the optimizer counts the steps that were not skipped, the step all of them.
nn.parameter @w : tensor<16xf32> init(#nn.ones)
func.func private @loss(%x: tensor<16xf32>) -> tensor<f32> {
  %w = nn.param @w : tensor<16xf32>
  %p = nn.mul %x, %w : tensor<16xf32>
  %l = nn.reduce sum %p dims = [0] : tensor<16xf32>
  return %l : tensor<f32>
}
// CHECK-LABEL: func.func @fit(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<16xf32>, %[[SCALE:[a-z0-9]+]]: tensor<f32> {nn.storage = @loss_scale}
// CHECK-SAME: %[[COUNT:[a-z0-9]+]]: tensor<i64> {nn.storage = @step}, %[[SKIPPED:[a-z0-9]+]]: tensor<i64> {nn.storage = @skipped_steps}
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<16xf32> {nn.storage = @parameters}
// CHECK: %[[LOSS:.*]] = nn.reduce {{ ?}}sum %{{.*}} : tensor<16xf32>
// CHECK: %[[DY:.*]] = nn.broadcast %[[SCALE]] dims = []
// CHECK: %[[G:.*]] = nn.mul %[[DY]], %[[X]]
// CHECK: %[[INVERSE:.*]] = nn.div %{{.*}}, %[[SCALE]]
// CHECK: %[[LARGEST:.*]] = nn.reduce {{ ?}}max %{{.*}}
// CHECK: %[[GOOD:.*]] = nn.compare {{ ?}}lt %[[LARGEST]], %{{.*}}
// CHECK: %[[SPLAT:.*]] = nn.broadcast %[[INVERSE]] dims = []
// CHECK: %[[UNSCALED:.*]] = nn.mul %{{.*}}, %[[SPLAT]]
// CHECK: nn.mul {{.*}} : tensor<16xf64>
// CHECK: nn.sub %[[COUNT]], %[[SKIPPED]] : tensor<i64>
// CHECK: %[[CHOICE:.*]] = nn.broadcast %[[GOOD]] dims = []
// CHECK: %[[NEXT:.*]] = nn.select %[[CHOICE]], %{{.*}}, %[[W]]
// CHECK: nn.add %[[COUNT]]
// CHECK: return %[[LOSS]], %[[NEXT]],
// CHECK-DAG: nn.storage @loss_scale {{ ?}}hyperparameter : tensor<f32> {initial = 6.553600e+04 : f64, nn.name = "loss_scale", range = array<f64: 1.1754943508222875E-38, 3.4028234663852886E+38>, step = @step}
// CHECK-DAG: nn.storage @loss_scale_good_steps {{ ?}}step : tensor<i64> {nn.name = "loss_scale_good_steps", step = @step}
// CHECK-DAG: nn.storage @skipped_steps {{ ?}}step : tensor<i64> {nn.name = "skipped_steps", step = @step}
// PLAIN-NOT: loss_scale
nn.train_step @fit minimizes @loss with #nn.adam clip_norm = 1.0

// -----

// Parts: each one's share of the scale. Gradients of 16-bit parameters are unscaled in f32.
nn.parameter @w : tensor<32xbf16> init(#nn.ones)
func.func private @loss(%x: tensor<32xbf16>) -> tensor<f32> {
  %w = nn.param @w : tensor<32xbf16>
  %p = nn.mul %x, %w : tensor<32xbf16>
  %s = nn.reduce sum %p dims = [0] : tensor<32xbf16>
  %l = nn.cast %s : tensor<bf16> -> tensor<f32>
  return %l : tensor<f32>
}
// CHECK-LABEL: func.func @fit(
// CHECK: nn.scan
// CHECK: %[[SHARE:.*]] = nn.constant dense<2.500000e-01> : tensor<f32>
// CHECK: nn.mul %{{.*}}, %[[SHARE]] : tensor<f32>
// CHECK: nn.yield
// CHECK: %[[WIDE:.*]] = nn.cast %{{.*}} : tensor<32xbf16> -> tensor<32xf32>
// CHECK: %[[UNSCALED:.*]] = nn.mul %[[WIDE]], %{{.*}} : tensor<32xf32>
// CHECK: nn.cast %[[UNSCALED]] : tensor<32xf32> -> tensor<32xbf16>
nn.train_step @fit minimizes @loss with #nn.sgd accumulate = 4
