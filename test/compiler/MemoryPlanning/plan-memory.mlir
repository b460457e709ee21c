// RUN: mlc-opt %s --plan-memory --split-input-file | FileCheck %s

// A chain: two arena slots take turns; the last result is the caller's.
module @m {
  func.func private @k(%x: tensor<32xf32>) -> tensor<32xf32> attributes {kernel.kernel}
  // CHECK-LABEL: func.func @chain
  // CHECK-SAME: kernel.arena = [[TWO:.*]]}
  // CHECK: places = [#kernel.place<input 0, () -> (0)>, #kernel.place<arena 0, () -> (0)>]
  // CHECK: places = [#kernel.place<arena 0, () -> (0)>, #kernel.place<arena 0, () -> (128)>]
  // CHECK: places = [#kernel.place<arena 0, () -> (128)>, #kernel.place<arena 0, () -> (0)>]
  // CHECK: places = [#kernel.place<arena 0, () -> (0)>, #kernel.place<result 0, () -> (0)>]
  func.func @chain(%x: tensor<32xf32>) -> tensor<32xf32> {
    %a = kernel.launch @k(%x) : (tensor<32xf32>) -> tensor<32xf32>
    %b = kernel.launch @k(%a) : (tensor<32xf32>) -> tensor<32xf32>
    %c = kernel.launch @k(%b) : (tensor<32xf32>) -> tensor<32xf32>
    %d = kernel.launch @k(%c) : (tensor<32xf32>) -> tensor<32xf32>
    return %d : tensor<32xf32>
  }
}

// -----

// In place: one slot serves the chain.
module @m {
  func.func private @k(%x: tensor<32xf32>) -> tensor<32xf32> attributes {kernel.kernel, kernel.in_place = [array<i64: 0, 0>]}
  // CHECK-LABEL: func.func @in_place
  // CHECK: places = [#kernel.place<input 0, () -> (0)>, #kernel.place<arena 0, () -> (0)>]
  // CHECK: places = [#kernel.place<arena 0, () -> (0)>, #kernel.place<arena 0, () -> (0)>]
  // CHECK: places = [#kernel.place<arena 0, () -> (0)>, #kernel.place<result 0, () -> (0)>]
  func.func @in_place(%x: tensor<32xf32>) -> tensor<32xf32> {
    %a = kernel.launch @k(%x) : (tensor<32xf32>) -> tensor<32xf32>
    %b = kernel.launch @k(%a) : (tensor<32xf32>) -> tensor<32xf32>
    %c = kernel.launch @k(%b) : (tensor<32xf32>) -> tensor<32xf32>
    return %c : tensor<32xf32>
  }
}

// -----

// Pieces are written into the concat that they form, which is the caller's result; a constant piece is copied.
// CHECK: module @m attributes {kernel.constants = [dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>]}
module @m {
  func.func private @k(%x: tensor<4xf32>) -> tensor<4xf32> attributes {kernel.kernel}
  // CHECK-LABEL: func.func @concat
  // CHECK: kernel.launch {{.*}} #kernel.place<result 0, () -> (0)>]
  // CHECK: kernel.launch {{.*}} #kernel.place<result 0, () -> (24)>]
  // CHECK: kernel.copy {{.*}} places = [#kernel.place<constant 0, () -> (0)>, #kernel.place<result 0, () -> (16)>]
  func.func @concat(%x: tensor<4xf32>) -> tensor<10xf32> {
    %a = kernel.launch @k(%x) : (tensor<4xf32>) -> tensor<4xf32>
    %b = kernel.launch @k(%a) : (tensor<4xf32>) -> tensor<4xf32>
    %c = nn.constant dense<[1.0, 2.0]> : tensor<2xf32>
    %y = nn.concat %a, %c, %b dim = 0 : tensor<4xf32>, tensor<2xf32>, tensor<4xf32>
    return %y : tensor<10xf32>
  }
}

// -----

// A free dimension: offsets are expressions, rows of one kind share a region, and a static tensor has its own.
module @m {
  func.func private @k(%x: tensor<?x16xf32> {nn.sizes = affine_map<()[s0] -> (s0, 16)>}, %n: index)
    -> (tensor<?x16xf32> {nn.sizes = affine_map<()[s0] -> (s0, 16)>}, tensor<32xf32>) attributes {kernel.kernel}
  func.func private @l(%x: tensor<?x16xf32> {nn.sizes = affine_map<()[s0] -> (s0, 16)>}, %y: tensor<32xf32>, %n: index)
    -> (tensor<?x16xf32> {nn.sizes = affine_map<()[s0] -> (s0, 16)>}) attributes {kernel.kernel}
  // CHECK-LABEL: func.func @free
  // CHECK: kernel.launch @k{{.*}} #kernel.place<arena 0, ()[s0] -> (0)>, #kernel.place<arena 0, ()[s0] -> (s0 * 64)>]
  // CHECK: kernel.launch @l{{.*}} #kernel.place<result 0, ()[s0] -> (0)>]
  func.func @free(%x: tensor<?x16xf32> {nn.dims = ["n", ""]}) -> tensor<?x16xf32> {
    %n = nn.dim %x, 0 : tensor<?x16xf32>
    %a, %s = kernel.launch @k(%x) dims(%n) : (tensor<?x16xf32>) -> (tensor<?x16xf32>, tensor<32xf32>)
    %y = kernel.launch @l(%a, %s) dims(%n) : (tensor<?x16xf32>, tensor<32xf32>) -> tensor<?x16xf32>
    return %y : tensor<?x16xf32>
  }
}

// -----

// A storage is updated in place, after everything that reads its old contents; a swap goes through the arena; an input that is
// returned is copied.
module @m {
  nn.storage @p parameter : tensor<16xf32>
  nn.storage @a state : tensor<2xf32>
  nn.storage @b state : tensor<2xf32>
  func.func private @update(%p: tensor<16xf32>) -> tensor<16xf32> attributes {kernel.kernel, kernel.in_place = [array<i64: 0, 0>]}
  func.func private @read(%p: tensor<16xf32>) -> tensor<f32> attributes {kernel.kernel}
  // CHECK-LABEL: func.func @update_last
  // CHECK: kernel.copy %arg2 places = [#kernel.place<storage 1, () -> (0)>, #kernel.place<arena 0, () -> ([[A:.*]])>]
  // CHECK: kernel.copy %arg3 places = [#kernel.place<storage 2, () -> (0)>, #kernel.place<arena 0, () -> ([[B:.*]])>]
  // CHECK: kernel.copy %arg0 places = [#kernel.place<input 0, () -> (0)>, #kernel.place<result 1, () -> (0)>]
  // CHECK: kernel.launch @read(%arg1) places = [#kernel.place<storage 0, () -> (0)>, #kernel.place<result 0, () -> (0)>]
  // CHECK: kernel.launch @update(%arg1) places = [#kernel.place<storage 0, () -> (0)>, #kernel.place<storage 0, () -> (0)>]
  // CHECK-DAG: kernel.copy {{.*}} places = [#kernel.place<arena 0, () -> ([[B]])>, #kernel.place<storage 1, () -> (0)>]
  // CHECK-DAG: kernel.copy {{.*}} places = [#kernel.place<arena 0, () -> ([[A]])>, #kernel.place<storage 2, () -> (0)>]
  func.func @update_last(%x: tensor<4xf32>, %p: tensor<16xf32> {nn.storage = @p}, %a: tensor<2xf32> {nn.storage = @a}, %b: tensor<2xf32> {nn.storage = @b})
      -> (tensor<f32>, tensor<4xf32>, tensor<16xf32> {nn.storage = @p}, tensor<2xf32> {nn.storage = @a}, tensor<2xf32> {nn.storage = @b}) {
    %q = kernel.launch @update(%p) : (tensor<16xf32>) -> tensor<16xf32>
    %l = kernel.launch @read(%p) : (tensor<16xf32>) -> tensor<f32>
    return %l, %x, %q, %b, %a : tensor<f32>, tensor<4xf32>, tensor<16xf32>, tensor<2xf32>, tensor<2xf32>
  }
}

// -----

// One value returned twice is written once and copied; before a check nothing is written outside of the arena.
module @m {
  func.func private @k(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<i1>) attributes {kernel.kernel}
  // CHECK-LABEL: func.func @twice
  // CHECK: kernel.launch @k({{.*}}#kernel.place<arena 0, () -> ([[Y:.*]])>, #kernel.place<arena 0, () -> ([[OK:.*]])>]
  // CHECK: nn.assert {{.*}} {kernel.places = [#kernel.place<arena 0, () -> ([[OK]])>]}
  // CHECK: kernel.copy {{.*}} places = [#kernel.place<arena 0, () -> ([[Y]])>, #kernel.place<result 0, () -> (0)>]
  // CHECK: kernel.copy {{.*}} places = [#kernel.place<arena 0, () -> ([[Y]])>, #kernel.place<result 1, () -> (0)>]
  func.func @twice(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
    %y, %ok = kernel.launch @k(%x) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<i1>)
    nn.assert %ok, "not ok" : tensor<i1>
    return %y, %y : tensor<4xf32>, tensor<4xf32>
  }
}
