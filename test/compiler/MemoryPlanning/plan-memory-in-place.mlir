// RUN: mlc-opt %s --plan-memory --split-input-file | FileCheck %s

// A piece of what is joined takes the place of what it is computed from, or gives it its own.
module @m {
  func.func private @make() -> tensor<16xf32> attributes {kernel.kernel}
  func.func private @change(%x: tensor<16xf32>) -> tensor<16xf32> attributes {kernel.kernel, kernel.in_place = [array<i64: 0, 0>]}
  func.func private @read(%x: tensor<32xf32>) -> tensor<f32> attributes {kernel.kernel}
  // CHECK-LABEL: func.func @piece
  // CHECK: kernel.launch @make() places = [#kernel.place<arena 0, () -> ([[AT:.*]])>]
  // CHECK: kernel.launch @change({{.*}}) places = [#kernel.place<arena 0, () -> ([[AT]])>, #kernel.place<arena 0, () -> ([[AT]])>]
  func.func @piece(%x: tensor<16xf32>) -> tensor<f32> {
    %a = kernel.launch @make() : () -> tensor<16xf32>
    %b = kernel.launch @make() : () -> tensor<16xf32>
    %c = kernel.launch @change(%a) : (tensor<16xf32>) -> tensor<16xf32>
    %whole = nn.concat %b, %c dim = 0 : tensor<16xf32>, tensor<16xf32>
    %y = kernel.launch @read(%whole) : (tensor<32xf32>) -> tensor<f32>
    return %y : tensor<f32>
  }
  // One of two inputs that die.
  func.func private @both(%x: tensor<16xf32>, %y: tensor<16xf32>) -> tensor<16xf32> attributes {kernel.kernel, kernel.in_place = [array<i64: 0, 0>, array<i64: 0, 1>]}
  func.func private @half(%x: tensor<16xf32>) -> tensor<f32> attributes {kernel.kernel}
  // CHECK-LABEL: func.func @one_of_two
  // CHECK: kernel.launch @both({{.*}}) places = [#kernel.place<arena 0, () -> ([[AT:.*]])>, #kernel.place<arena 0, () -> ([[OTHER:.*]])>, #kernel.place<arena 0, () -> ([[AT]])>]
  func.func @one_of_two() -> tensor<f32> {
    %a = kernel.launch @make() : () -> tensor<16xf32>
    %b = kernel.launch @make() : () -> tensor<16xf32>
    %c = kernel.launch @both(%a, %b) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
    %y = kernel.launch @half(%c) : (tensor<16xf32>) -> tensor<f32>
    return %y : tensor<f32>
  }
}

// -----

// What a loop's body adds to in place has one buffer; what it reads afterwards, or swaps, has two.
module @m {
  func.func private @add(%sum: tensor<16xf32>, %x: tensor<16xf32>) -> tensor<16xf32> attributes {kernel.kernel, kernel.in_place = [array<i64: 0, 0>]}
  func.func private @use(%old: tensor<16xf32>, %new: tensor<16xf32>) -> tensor<16xf32> attributes {kernel.kernel}
  // CHECK: func.func private @sum({{.*}}kernel.rewrites = array<i64: 0>,
  func.func private @sum(%sum: tensor<16xf32>, %other: tensor<16xf32>, %x: tensor<16xf32>) -> (tensor<16xf32>, tensor<16xf32>) attributes {kernel.subprogram} {
    %0 = kernel.launch @add(%sum, %x) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
    %1 = kernel.launch @add(%other, %x) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
    %2 = kernel.launch @use(%other, %1) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
    return %0, %2 : tensor<16xf32>, tensor<16xf32>
  }
  // CHECK: func.func private @swap({{.*}}kernel.rewrites = array<i64>
  func.func private @swap(%a: tensor<16xf32>, %b: tensor<16xf32>, %x: tensor<16xf32>) -> (tensor<16xf32>, tensor<16xf32>) attributes {kernel.subprogram} {
    return %b, %a : tensor<16xf32>, tensor<16xf32>
  }
  // Results, the subprogram's arena, and where other trips write: the first result again.
  // CHECK-LABEL: func.func @loop
  // CHECK: kernel.loop @sum {{.*}}#kernel.place<result 0, () -> (0)>, #kernel.place<result 1, () -> (0)>, #kernel.place<arena 0, () -> (0)>, #kernel.place<result 0, () -> (0)>, #kernel.place<arena 0, () -> (64)>]
  func.func @loop(%a: tensor<16xf32>, %b: tensor<16xf32>, %xs: tensor<8x16xf32>) -> (tensor<16xf32>, tensor<16xf32>) {
    %n = arith.constant 8 : index
    %y:2 = kernel.loop @sum trips(%n) carried(%a, %b) over(%xs) captured() dims() : (tensor<16xf32>, tensor<16xf32>), (tensor<8x16xf32>), (), () -> (tensor<16xf32>, tensor<16xf32>)
    return %y#0, %y#1 : tensor<16xf32>, tensor<16xf32>
  }
}
