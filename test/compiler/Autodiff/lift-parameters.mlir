// RUN: mlc-opt %s --lift-parameters | FileCheck %s

nn.parameter @w : tensor<2x3xf32> init(#nn.ones)
nn.parameter @v : tensor<4xbf16> init(#nn.ones)
nn.parameter @b : tensor<3xf32> init(#nn.ones)
nn.state @unused : tensor<3xi64> init(#nn.zeros)
nn.state @mean : tensor<2xf32> init(#nn.zeros)

// A parameter is a range of its storage; two reads are one.
// CHECK-LABEL: func.func @parameters(
// CHECK-SAME: %[[P:.*]]: tensor<32xf32> {nn.storage = @[[FLOATS:.*]]}) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<3xf32>)
// CHECK-DAG: %[[RANGE:.*]] = nn.slice %[[P]] [0] [6] [1]
// CHECK-DAG: %[[W:.*]] = nn.reshape %[[RANGE]] : tensor<6xf32> -> tensor<2x3xf32>
// CHECK-DAG: %[[B:.*]] = nn.slice %[[P]] [16] [3] [1]
// CHECK: return %[[W]], %[[W]], %[[B]]
func.func @parameters() -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<3xf32>) {
  %w0 = nn.param @w : tensor<2x3xf32>
  %w1 = nn.param @w : tensor<2x3xf32>
  %b = nn.param @b : tensor<3xf32>
  return %w0, %w1, %b : tensor<2x3xf32>, tensor<2x3xf32>, tensor<3xf32>
}

// A function gets only the storages that it uses.
// CHECK-LABEL: func.func @none(%{{.*}}: tensor<f32>) -> tensor<f32>
func.func @none(%x: tensor<f32>) -> tensor<f32> {
  return %x : tensor<f32>
}

// Reads see the writes before them; the last write is returned, where the entry says that it updates.
// CHECK-LABEL: func.func @state(
// CHECK-SAME: %[[OLD:.*]]: tensor<2xf32> {nn.storage = @[[MEAN:.*]]}) -> (tensor<2xf32>, tensor<2xf32> {nn.storage = @[[MEAN]]})
// CHECK: %[[ONCE:.*]] = nn.exp %[[OLD]]
// CHECK: %[[TWICE:.*]] = nn.exp %[[ONCE]]
// CHECK: return %[[OLD]], %[[TWICE]]
func.func @state() -> tensor<2xf32> attributes {nn.updates} {
  %old = nn.read @mean : tensor<2xf32>
  %once = nn.exp %old : tensor<2xf32>
  nn.write @mean, %once : tensor<2xf32>
  %read = nn.read @mean : tensor<2xf32>
  %twice = nn.exp %read : tensor<2xf32>
  nn.write @mean, %twice : tensor<2xf32>
  return %old : tensor<2xf32>
}

// An entry without nn.updates is inference: its writes are dropped, and reads after them see the state.
// CHECK-LABEL: func.func @inference(
// CHECK-SAME: %[[OLD:.*]]: tensor<2xf32> {nn.storage = @[[MEAN]]}) -> tensor<2xf32> {
// CHECK-NOT: nn.write
// CHECK: return %[[OLD]]
func.func @inference() -> tensor<2xf32> {
  %old = nn.read @mean : tensor<2xf32>
  %once = nn.exp %old : tensor<2xf32>
  nn.write @mean, %once : tensor<2xf32>
  %read = nn.read @mean : tensor<2xf32>
  return %read : tensor<2xf32>
}

// CHECK-DAG: nn.storage @[[FLOATS]] {{ ?}}parameter : tensor<32xf32> {members = [{name = "w", offset = 0 : i64}, {name = "b", offset = 16 : i64}]}
// CHECK-DAG: nn.storage @{{.*}} parameter : tensor<32xbf16> {members = [{name = "v", offset = 0 : i64}]}
// CHECK-DAG: nn.storage @[[MEAN]] {{ ?}}state : tensor<2xf32> {nn.name = "mean"}
// CHECK-DAG: nn.storage @{{.*}} state : tensor<3xi64> {nn.name = "unused"}
