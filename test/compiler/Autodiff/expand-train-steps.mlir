// RUN: mlc-opt %s --expand-train-steps --split-input-file | FileCheck %s

// Every member starts on a multiple of 64 bytes, the gaps of the gradient are zero, the optimizer runs once on the whole, and the
// results are the loss before the update and what changed.
nn.parameter @w : tensor<2x3xf32> init(#nn.ones)
nn.parameter @b : tensor<3xf32> init(#nn.ones)
func.func @loss(%x: tensor<?x2xf32> {nn.dims = ["batch", ""]}) -> (tensor<f32>, tensor<?x3xf32>) {
  %w = nn.param @w : tensor<2x3xf32>
  %b = nn.param @b : tensor<3xf32>
  %y = nn.contract %x, %w contracting = [1] x [0] : tensor<?x2xf32>, tensor<2x3xf32>
  %s = nn.reduce sum %y dims = [0] : tensor<?x3xf32>
  %p = nn.mul %s, %b : tensor<3xf32>
  %l = nn.reduce sum %p dims = [0] : tensor<3xf32>
  return %l, %y : tensor<f32>, tensor<?x3xf32>
}
// CHECK-LABEL: func.func @fit(
// CHECK-SAME: tensor<?x2xf32> {nn.dims = ["batch", ""]}
// CHECK-SAME: %[[STEP:[a-z0-9]+]]: tensor<i64> {nn.storage = @step}
// CHECK-SAME: %[[P:[a-z0-9]+]]: tensor<32xf32> {nn.storage = @parameters}
// CHECK-SAME: %[[RATE:[a-z0-9]+]]: tensor<f32> {nn.storage = @learning_rate}
// CHECK-SAME: -> (tensor<f32>, tensor<32xf32> {nn.storage = @parameters}, tensor<i64> {nn.storage = @step})
// CHECK: %[[LOSS:.*]] = nn.reduce {{ ?}}sum %{{.*}} : tensor<3xf32>
// CHECK: %[[DW:.*]] = nn.reshape %{{.*}} : tensor<2x3xf32> -> tensor<6xf32>
// CHECK: %[[GAP:.*]] = nn.constant dense<0.000000e+00> : tensor<10xf32>
// CHECK: %[[END:.*]] = nn.constant dense<0.000000e+00> : tensor<13xf32>
// CHECK: nn.concat %[[DW]], %[[GAP]], %{{.*}}, %[[END]] dim = 0
// CHECK: nn.broadcast %[[RATE]] dims = [] : tensor<f32> -> tensor<32xf32>
// CHECK: %[[NEW:.*]] = nn.sub %[[P]], %{{.*}} : tensor<32xf32>
// CHECK: %[[NEXT:.*]] = nn.add %[[STEP]]
// CHECK: return %[[LOSS]], %[[NEW]], %[[NEXT]]
// CHECK-NOT: nn.train_step
// CHECK: nn.storage @step {{ ?}}step : tensor<i64> {nn.name = "step"}
// CHECK: nn.storage @parameters {{ ?}}parameter : tensor<32xf32> {members = [{name = "w", offset = 0 : i64}, {name = "b", offset = 16 : i64}]}
// CHECK: nn.storage @learning_rate {{ ?}}hyperparameter : tensor<f32> {initial = 1.000000e-01 : f64, nn.name = "learning_rate", range = array<f64: 0.000000e+00, 3.4028234663852886E+38>, step = @step}
nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = 1.0e-1>

// -----

// One storage per group and dtype, each with its slots; a group's own value is a constant; a symbol that is taken gets a number,
// the name stays. A parameter through which no gradient flows is in no storage of the step.
nn.parameter @m : tensor<4xf32> init(#nn.ones)
nn.parameter @bias : tensor<4xf32> init(#nn.ones)
nn.parameter @wide : tensor<4xf64> init(#nn.ones)
nn.parameter @frozen : tensor<4xf32> init(#nn.ones)
func.func private @loss() -> tensor<f32> {
  %a = nn.param @m : tensor<4xf32>
  %b = nn.param @bias : tensor<4xf32>
  %c = nn.param @wide : tensor<4xf64>
  %d = nn.param @frozen : tensor<4xf32>
  %stop = nn.stop_gradient %d : tensor<4xf32>
  %narrow = nn.cast %c : tensor<4xf64> -> tensor<4xf32>
  %ab = nn.mul %a, %b : tensor<4xf32>
  %abc = nn.mul %ab, %narrow : tensor<4xf32>
  %abcd = nn.mul %abc, %stop : tensor<4xf32>
  %l = nn.reduce sum %abcd dims = [0] : tensor<4xf32>
  return %l : tensor<f32>
}
// CHECK-LABEL: func.func @fit(
// CHECK-DAG: nn.constant dense<5.000000e-01> : tensor<f32>
// CHECK: return %{{.*}} : tensor<f32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<8xf64>, tensor<8xf64>, tensor<i64>
// CHECK-DAG: nn.storage @parameters {{ ?}}parameter : tensor<16xf32> {members = [{name = "m", offset = 0 : i64}]}
// CHECK-DAG: nn.storage @[[BIAS:.*]] {{ ?}}parameter : tensor<16xf32> {members = [{name = "bias", offset = 0 : i64}]}
// CHECK-DAG: nn.storage @[[WIDE:.*]] {{ ?}}parameter : tensor<8xf64> {members = [{name = "wide", offset = 0 : i64}]}
// CHECK-DAG: slot : tensor<16xf32> {like = @parameters, nn.name = "m", step = @step}
// CHECK-DAG: slot : tensor<16xf32> {like = @[[BIAS]], nn.name = "m", step = @step}
// CHECK-DAG: slot : tensor<8xf64> {like = @[[WIDE]], nn.name = "m", step = @step}
// CHECK-NOT: "frozen"
nn.train_step @fit minimizes @loss with #nn.momentum<momentum = 0.75> groups = [#nn.group<["b*"], momentum = 0.5>]

// -----

// Clipping takes one norm over all gradients; a schedule multiplies the learning rate; dropout draws from its own stream.
nn.parameter @w : tensor<4xf32> init(#nn.ones)
func.func private @loss() -> tensor<f32> {
  %w = nn.param @w : tensor<4xf32>
  %a = nn.dropout %w rate = 0.5 : tensor<4xf32>
  %b = nn.dropout %a rate = 0.5 : tensor<4xf32>
  %l = nn.reduce sum %b dims = [0] : tensor<4xf32>
  return %l : tensor<f32>
}
// CHECK-LABEL: func.func @fit(
// CHECK-SAME: %[[SEED:[a-z0-9]+]]: tensor<i64> {nn.storage = @seed}, %[[STEP:[a-z0-9]+]]: tensor<i64> {nn.storage = @step}
// CHECK: nn.rng_bits %[[SEED]], %[[STEP]] stream = [[STREAM:-?[0-9]+]]
// CHECK-NOT: stream = [[STREAM]] :
// CHECK: nn.rng_bits %[[SEED]], %[[STEP]] stream
// CHECK: %[[SQUARES:.*]] = nn.mul %[[G:.*]], %[[G]] : tensor<16xf64>
// CHECK: nn.reduce {{ ?}}sum %[[SQUARES]]
// CHECK: nn.sqrt
// CHECK: nn.min
// CHECK: nn.sin
nn.train_step @fit minimizes @loss with #nn.sgd schedule(#nn.cosine_schedule<steps = 10>) clip_norm = 1.0

// -----

// Several steps: the parameters that the same of them train, in the same groups, are one storage; each step has slots, hyperparameters and
// a count of its own, known by its name. A step may say what it trains; what none trains is in no storage.
nn.parameter @a : tensor<16xf32> init(#nn.ones)
nn.parameter @b : tensor<16xf32> init(#nn.ones)
nn.parameter @c : tensor<16xf32> init(#nn.ones)
nn.parameter @d : tensor<16xf32> init(#nn.ones)
func.func private @loss() -> tensor<f32> {
  %a = nn.param @a : tensor<16xf32>
  %b = nn.param @b : tensor<16xf32>
  %c = nn.param @c : tensor<16xf32>
  %d = nn.param @d : tensor<16xf32>
  %ab = nn.mul %a, %b : tensor<16xf32>
  %cd = nn.mul %c, %d : tensor<16xf32>
  %p = nn.mul %ab, %cd : tensor<16xf32>
  %l = nn.reduce sum %p dims = [0] : tensor<16xf32>
  return %l : tensor<f32>
}
// CHECK-LABEL: func.func @first(
// CHECK-SAME: %[[COUNT:[a-z0-9]+]]: tensor<i64> {nn.storage = @step}, %{{.*}}: tensor<32xf32> {nn.storage = @parameters}
// CHECK-SAME: -> (tensor<f32>, tensor<32xf32> {nn.storage = @parameters}, tensor<32xf32> {nn.storage = @[[M:.*]]}, tensor<i64> {nn.storage = @step})
// CHECK-LABEL: func.func @second(
// CHECK-SAME: {nn.storage = @[[COUNT2:step_[0-9]+]]}
// CHECK-SAME: -> (tensor<f32>, tensor<32xf32> {nn.storage = @parameters}, tensor<16xf32> {nn.storage = @[[C:.*]]}, tensor<i64> {nn.storage = @[[COUNT2]]})
// CHECK-DAG: nn.storage @step {{ ?}}step : tensor<i64> {nn.name = "first/step"}
// CHECK-DAG: nn.storage @[[COUNT2]] {{ ?}}step : tensor<i64> {nn.name = "second/step"}
// CHECK-DAG: nn.storage @parameters {{ ?}}parameter : tensor<32xf32> {members = [{name = "a", offset = 0 : i64}, {name = "b", offset = 16 : i64}]}
// CHECK-DAG: nn.storage @[[C]] {{ ?}}parameter : tensor<16xf32> {members = [{name = "c", offset = 0 : i64}]}
// CHECK-DAG: nn.storage @[[M]] {{ ?}}slot : tensor<32xf32> {like = @parameters, nn.name = "first/m", step = @step}
// CHECK-DAG: nn.name = "first/learning_rate"{{.*}} step = @step}
// CHECK-DAG: nn.name = "second/learning_rate"{{.*}} step = @[[COUNT2]]}
// CHECK-NOT: name = "d"
nn.train_step @first minimizes @loss with #nn.momentum trains = [@a, @b]
nn.train_step @second minimizes @loss with #nn.sgd trains = [@c, @a, @b]

// -----

// The dropout of an attention acts; an attention without one draws nothing.
nn.parameter @w : tensor<4x2xf32> init(#nn.ones)
func.func private @loss() -> tensor<f32> {
  %w = nn.param @w : tensor<4x2xf32>
  %a = nn.attention %w, %w, %w : tensor<4x2xf32>
  %b = nn.attention %a, %a, %a dropout = 0.5 : tensor<4x2xf32>
  %l = nn.reduce sum %b : tensor<4x2xf32>
  return %l : tensor<f32>
}
// CHECK-LABEL: func.func @fit(
// CHECK: nn.rng_bits {{.*}} -> tensor<4x4xi32>
// CHECK-NOT: nn.rng_bits
nn.train_step @fit minimizes @loss with #nn.sgd

// -----

// Parts of a call: a loop over slices of the arguments, which carries the sums of the loss and of the gradients; one update. What is
// drawn differs from part to part. Sums of 16-bit gradients are f32's.
nn.parameter @w : tensor<4xf32> init(#nn.ones)
nn.parameter @b : tensor<4xbf16> init(#nn.ones)
func.func private @loss(%x: tensor<?x4xf32> {nn.dims = ["batch", ""]}) -> tensor<f32> {
  %w = nn.param @w : tensor<4xf32>
  %b = nn.param @b : tensor<4xbf16>
  %wide = nn.cast %b : tensor<4xbf16> -> tensor<4xf32>
  %sum = nn.add %w, %wide : tensor<4xf32>
  %d = nn.dropout %sum rate = 0.5 : tensor<4xf32>
  %s = nn.reduce sum %x dims = [0] : tensor<?x4xf32>
  %p = nn.mul %s, %d : tensor<4xf32>
  %l = nn.reduce sum %p dims = [0] : tensor<4xf32>
  return %l : tensor<f32>
}
// CHECK-LABEL: func.func @fit(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<8x?x4xf32> {nn.dims = ["accumulate", "batch", ""]}
// CHECK: nn.scan (%{{.*}} = %{{.*}}, %[[DW:.*]] = %{{.*}}, %[[DB:.*]] = %{{.*}}) over (%{{.*}} = %[[X]], %[[TRIP:.*]] = %{{.*}}) trips = 8 : tensor<f32>, tensor<4xf32>, tensor<4xf32>
// CHECK: nn.add %{{.*}}, %[[TRIP]] : tensor<i64>
// CHECK: nn.constant dense<1.250000e-01> : tensor<f32>
// CHECK-DAG: nn.add %[[DW]]
// CHECK-DAG: nn.add %[[DB]]
// CHECK: nn.yield
// CHECK: nn.cast %{{.*}} : tensor<4xf32> -> tensor<4xbf16>
nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = 1.0e-1> accumulate = 8

// -----

// Patterns of names say what is trained, as in groups.
nn.parameter @head.w : tensor<16xf32> init(#nn.ones)
nn.parameter @body.w : tensor<16xf32> init(#nn.ones)
nn.parameter @body.b : tensor<16xf32> init(#nn.ones)
func.func private @loss() -> tensor<f32> {
  %h = nn.param @head.w : tensor<16xf32>
  %w = nn.param @body.w : tensor<16xf32>
  %b = nn.param @body.b : tensor<16xf32>
  %hw = nn.mul %h, %w : tensor<16xf32>
  %sum = nn.add %hw, %b : tensor<16xf32>
  %l = nn.reduce sum %sum dims = [0] : tensor<16xf32>
  return %l : tensor<f32>
}
// CHECK-LABEL: func.func @fit(
// CHECK: nn.storage @parameters {{ ?}}parameter : tensor<32xf32> {members = [{name = "head.w", offset = 0 : i64}, {name = "body.b", offset = 16 : i64}]}
// CHECK-NOT: name = "body.w"
nn.train_step @fit minimizes @loss with #nn.sgd trains = [@head.w, "*.b"]

// -----

// States that the parts write are carried from part to part and written once; one that is read only stays outside. A read after a
// write sees it.
nn.parameter @w : tensor<f32> init(#nn.ones)
nn.state @mean : tensor<f32> init(#nn.zeros)
nn.state @rate : tensor<f32> init(#nn.ones)
nn.state @last : tensor<f32> init(#nn.zeros)
func.func private @loss(%x: tensor<f32>) -> tensor<f32> {
  %w = nn.param @w : tensor<f32>
  %rate = nn.read @rate : tensor<f32>
  %old = nn.read @mean : tensor<f32>
  %step = nn.mul %x, %rate : tensor<f32>
  %new = nn.add %old, %step : tensor<f32>
  nn.write @mean, %new : tensor<f32>
  %again = nn.read @mean : tensor<f32>
  nn.write @last, %x : tensor<f32>
  %l = nn.mul %w, %again : tensor<f32>
  return %l : tensor<f32>
}
// CHECK-LABEL: func.func @fit(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4xf32> {nn.dims = ["accumulate"]}
// CHECK: %[[RATE:.*]] = nn.read @rate
// CHECK-DAG: %[[MEAN:.*]] = nn.read @mean
// CHECK: %[[RESULTS:.*]]:4 = nn.scan (%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}, %[[OLD:.*]] = %[[MEAN]], %{{.*}} = %{{.*}}) over (%[[PART:.*]] = %[[X]]) trips = 4
// CHECK-NOT: nn.read
// CHECK: %[[STEP:.*]] = nn.mul %[[PART]], %[[RATE]]
// CHECK: %[[NEW:.*]] = nn.add %[[OLD]], %[[STEP]]
// CHECK: nn.mul %{{.*}}, %[[NEW]]
// CHECK: nn.yield %{{.*}}, %{{.*}}, %[[NEW]], %[[PART]]
// CHECK: nn.write @mean, %[[RESULTS]]#2
// CHECK: nn.write @last, %[[RESULTS]]#3
nn.train_step @fit minimizes @loss with #nn.sgd accumulate = 4
