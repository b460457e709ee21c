// RUN: mlc-opt %s --plan-memory --split-input-file | FileCheck %s

// A kernel that writes a part of what lies where its result goes: in the storage, and nothing is copied.
module @m {
  nn.storage @s state : tensor<32xf32>
  func.func private @put(%x: tensor<32xf32>, %u: tensor<4xf32>) -> tensor<32xf32>
      attributes {kernel.kernel, kernel.in_place = [array<i64: 0, 0>], kernel.overwrites = [array<i64: 0, 0>]}
  func.func private @read(%x: tensor<32xf32>) -> tensor<4xf32> attributes {kernel.kernel}
  // Reads of the old value before it, reads of the new value after it; the update that nothing waits for comes last.
  // CHECK-LABEL: func.func @in_place
  // CHECK-NOT: kernel.copy
  // CHECK: kernel.launch @read({{.*}}) places = [#kernel.place<storage 0, () -> (0)>, #kernel.place<result 1, () -> (0)>]
  // CHECK-NEXT: kernel.launch @put({{.*}}) places = [#kernel.place<storage 0, () -> (0)>, #kernel.place<input 0, () -> (0)>, #kernel.place<storage 0, () -> (0)>]
  // CHECK-NEXT: kernel.launch @put({{.*}}) places = [#kernel.place<storage 0, () -> (0)>, #kernel.place<input 0, () -> (0)>, #kernel.place<storage 0, () -> (0)>]
  // CHECK-NEXT: kernel.launch @read({{.*}}) places = [#kernel.place<storage 0, () -> (0)>, #kernel.place<result 0, () -> (0)>]
  // CHECK-NEXT: return
  func.func @in_place(%u: tensor<4xf32>, %s: tensor<32xf32> {nn.storage = @s}) -> (tensor<4xf32>, tensor<4xf32>, tensor<32xf32> {nn.storage = @s}) {
    %old = kernel.launch @read(%s) : (tensor<32xf32>) -> tensor<4xf32>
    %a = kernel.launch @put(%s, %u) : (tensor<32xf32>, tensor<4xf32>) -> tensor<32xf32>
    %b = kernel.launch @put(%a, %u) : (tensor<32xf32>, tensor<4xf32>) -> tensor<32xf32>
    %new = kernel.launch @read(%b) : (tensor<32xf32>) -> tensor<4xf32>
    return %new, %old, %b : tensor<4xf32>, tensor<4xf32>, tensor<32xf32>
  }
  // The old value is read by what comes after the update: the update is of a copy.
  // CHECK-LABEL: func.func @old_is_needed
  // CHECK: kernel.copy {{.*}} places = [#kernel.place<storage 0, () -> (0)>, #kernel.place<arena 0, () -> ([[AT:.*]])>]
  // CHECK-NEXT: kernel.launch @put({{.*}}) places = [#kernel.place<arena 0, () -> ([[AT]])>, #kernel.place<input 0, () -> (0)>, #kernel.place<arena 0, () -> ([[AT]])>]
  // CHECK: kernel.copy {{.*}} places = [#kernel.place<arena 0, () -> ([[AT]])>, #kernel.place<storage 0, () -> (0)>]
  func.func @old_is_needed(%u: tensor<4xf32>, %s: tensor<32xf32> {nn.storage = @s}) -> (tensor<4xf32>, tensor<32xf32> {nn.storage = @s}) {
    %a = kernel.launch @put(%s, %u) : (tensor<32xf32>, tensor<4xf32>) -> tensor<32xf32>
    %new = kernel.launch @read(%a) : (tensor<32xf32>) -> tensor<4xf32>
    %b = kernel.launch @put(%s, %new) : (tensor<32xf32>, tensor<4xf32>) -> tensor<32xf32>
    %late = kernel.launch @read(%b) : (tensor<32xf32>) -> tensor<4xf32>
    return %late, %a : tensor<4xf32>, tensor<32xf32>
  }
  // What is in between is read after the second update: the first is of a copy, which the second continues in another.
  // CHECK-LABEL: func.func @between_is_needed
  // CHECK: kernel.copy
  // CHECK-NEXT: kernel.launch @put
  // CHECK: kernel.copy
  // CHECK-NEXT: kernel.launch @put
  // CHECK-NOT: kernel.launch @put
  func.func @between_is_needed(%u: tensor<4xf32>, %s: tensor<32xf32> {nn.storage = @s}) -> (tensor<4xf32>, tensor<4xf32>, tensor<32xf32> {nn.storage = @s}) {
    %a = kernel.launch @put(%s, %u) : (tensor<32xf32>, tensor<4xf32>) -> tensor<32xf32>
    %b = kernel.launch @put(%a, %u) : (tensor<32xf32>, tensor<4xf32>) -> tensor<32xf32>
    %new = kernel.launch @read(%b) : (tensor<32xf32>) -> tensor<4xf32>
    %late = kernel.launch @read(%a) : (tensor<32xf32>) -> tensor<4xf32>
    return %new, %late, %b : tensor<4xf32>, tensor<4xf32>, tensor<32xf32>
  }
  // The update is a part of the storage itself.
  // CHECK-LABEL: func.func @of_itself
  // CHECK: kernel.copy
  // CHECK-NEXT: kernel.launch @put({{.*}}) places = [#kernel.place<arena 0, () -> (0)>, #kernel.place<storage 0, () -> (16)>, #kernel.place<arena 0, () -> (0)>]
  // CHECK-NEXT: kernel.copy
  func.func @of_itself(%s: tensor<32xf32> {nn.storage = @s}) -> (tensor<32xf32> {nn.storage = @s}) {
    %u = nn.slice %s [4] [4] [1] : tensor<32xf32>
    %a = kernel.launch @put(%s, %u) : (tensor<32xf32>, tensor<4xf32>) -> tensor<32xf32>
    return %a : tensor<32xf32>
  }
  // A check may fail after the update: nothing is written to the storage before it.
  // CHECK-LABEL: func.func @checked
  // CHECK: kernel.copy
  // CHECK-NEXT: kernel.launch @put({{.*}}) places = [#kernel.place<arena
  // CHECK: nn.assert
  // CHECK: kernel.copy
  func.func @checked(%u: tensor<4xf32>, %s: tensor<32xf32> {nn.storage = @s}) -> (tensor<32xf32> {nn.storage = @s}) {
    %a = kernel.launch @put(%s, %u) : (tensor<32xf32>, tensor<4xf32>) -> tensor<32xf32>
    %ok = kernel.launch @test(%a) : (tensor<32xf32>) -> tensor<i1>
    nn.assert %ok, "fits" : tensor<i1>
    return %a : tensor<32xf32>
  }
  func.func private @test(%x: tensor<32xf32>) -> tensor<i1> attributes {kernel.kernel}
}
