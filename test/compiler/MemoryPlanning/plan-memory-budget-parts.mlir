// RUN: mlc-opt %s --plan-memory=memory-budget=64 | FileCheck %s
// RUN: mlc-opt %s --plan-memory=memory-budget=256 | FileCheck %s --check-prefix=WHOLE

module @m {
  nn.storage @s state : tensor<64xf32>
  func.func private @product(%x: tensor<8x4xf32>) -> tensor<8x8xf32> attributes {kernel.kernel, kernel.grid = affine_map<() -> (4)>,
    kernel.rows = array<i64: 1, 2, 0, 8>}
  func.func private @update(%p: tensor<64xf32>, %g: tensor<64xf32>) -> tensor<64xf32> attributes {kernel.kernel,
    kernel.grid = affine_map<() -> (4)>, kernel.rows = array<i64: 1, 16, 1, 1, 1>, kernel.in_place = [array<i64: 0, 0>]}

  // Some rows of a gradient, and the update that takes them; then the next.
  // WHOLE-LABEL: func.func @step(
  // WHOLE-COUNT-2: kernel.launch
  // WHOLE-NOT: kernel.launch
  // CHECK-LABEL: func.func @step(
  // CHECK: %[[G0:.*]] = kernel.launch @product(%arg0) {{.*}}tiles = [0, 1], begins = [0, 0], ends = [0, 16]
  // CHECK: %[[P0:.*]] = kernel.launch @update(%arg1, %[[G0]]) places = [#kernel.place<storage 0, {{.*}}>, #kernel.place<arena 0, {{.*}}>, #kernel.place<storage 0, {{.*}}>]
  // CHECK-SAME: tiles = [0, 1], begins = [0, 0, 0], ends = [16, 16, 16], overwrites = [0, 0]
  // CHECK: %[[G1:.*]] = kernel.launch @product(%arg0) {{.*}}tiles = [1, 2]
  // CHECK: kernel.launch @update(%[[P0]], %[[G1]]) {{.*}}begins = [16, 16, 16], ends = [32, 32, 32]
  // CHECK-COUNT-4: kernel.launch
  // CHECK-NOT: kernel.launch
  func.func @step(%x: tensor<8x4xf32>, %p: tensor<64xf32> {nn.storage = @s}) -> (tensor<64xf32> {nn.storage = @s}) {
    %g = kernel.launch @product(%x) : (tensor<8x4xf32>) -> tensor<8x8xf32>
    %f = nn.reshape %g : tensor<8x8xf32> -> tensor<64xf32>
    %n = kernel.launch @update(%p, %f) : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
    return %n : tensor<64xf32>
  }
}
