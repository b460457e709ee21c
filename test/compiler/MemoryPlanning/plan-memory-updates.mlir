// RUN: mlc-opt %s --plan-memory --split-input-file | FileCheck %s

// An update of parameters runs in parts, each as soon as its gradient is there and the old value has been read; numbers that it needs
// are computed before the first. So a gradient takes the place of the one before.
module @m {
  nn.storage @p parameter : tensor<1048576xf32>
  func.func private @gradient(%x: tensor<524288xf32>) -> tensor<524288xf32> attributes {kernel.kernel}
  func.func private @read(%w: tensor<524288xf32>, %x: tensor<524288xf32>) -> tensor<524288xf32> attributes {kernel.kernel}
  func.func private @rate() -> tensor<f32> attributes {kernel.kernel}
  func.func private @norm(%g: tensor<1048576xf32>) -> tensor<f32> attributes {kernel.kernel}
  func.func private @update(%p: tensor<1048576xf32>, %g: tensor<1048576xf32>, %rate: tensor<f32>) -> tensor<1048576xf32>
      attributes {kernel.kernel, kernel.grid = affine_map<() -> (8192)>, kernel.in_place = [array<i64: 0, 0>], kernel.rows = array<i64: 1, 128, 1, 1, 0, 1>}

  // CHECK-LABEL: func.func @fit
  // CHECK: kernel.launch @rate
  // CHECK: kernel.launch @gradient
  // CHECK: kernel.launch @read(
  // CHECK-NEXT: kernel.launch @update{{.*}} {kernel.part = #kernel.part<tiles = [4096, 8192]
  // CHECK: kernel.launch @gradient
  // CHECK: kernel.launch @update{{.*}} {kernel.part = #kernel.part<tiles = [0, 4096]
  func.func @fit(%x: tensor<524288xf32>, %p: tensor<1048576xf32> {nn.storage = @p}) -> (tensor<1048576xf32> {nn.storage = @p}) {
    %second = nn.slice %p [524288] [524288] [1] : tensor<1048576xf32>
    %a = kernel.launch @gradient(%x) : (tensor<524288xf32>) -> tensor<524288xf32>
    %y = kernel.launch @read(%second, %x) : (tensor<524288xf32>, tensor<524288xf32>) -> tensor<524288xf32>
    %b = kernel.launch @gradient(%y) : (tensor<524288xf32>) -> tensor<524288xf32>
    %rate = kernel.launch @rate() : () -> tensor<f32>
    %g = nn.concat %b, %a dim = 0 : tensor<524288xf32>, tensor<524288xf32>
    %new = kernel.launch @update(%p, %g, %rate) : (tensor<1048576xf32>, tensor<1048576xf32>, tensor<f32>) -> tensor<1048576xf32>
    return %new : tensor<1048576xf32>
  }

  // Where an update waits for all gradients, it is one launch.
  // CHECK-LABEL: func.func @clipped
  // CHECK: kernel.launch @norm
  // CHECK-NEXT: kernel.launch @update(%{{.*}}, %{{.*}}, %{{.*}}) places
  func.func @clipped(%x: tensor<524288xf32>, %p: tensor<1048576xf32> {nn.storage = @p}) -> (tensor<1048576xf32> {nn.storage = @p}) {
    %a = kernel.launch @gradient(%x) : (tensor<524288xf32>) -> tensor<524288xf32>
    %b = kernel.launch @gradient(%x) : (tensor<524288xf32>) -> tensor<524288xf32>
    %g = nn.concat %b, %a dim = 0 : tensor<524288xf32>, tensor<524288xf32>
    %norm = kernel.launch @norm(%g) : (tensor<1048576xf32>) -> tensor<f32>
    %new = kernel.launch @update(%p, %g, %norm) : (tensor<1048576xf32>, tensor<1048576xf32>, tensor<f32>) -> tensor<1048576xf32>
    return %new : tensor<1048576xf32>
  }
}
