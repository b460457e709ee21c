// RUN: mlc-opt %s --plan-memory=memory-budget=256 | FileCheck %s
// RUN: not mlc-opt %s --plan-memory=memory-budget=255 2>&1 | FileCheck %s --check-prefix=LEAST

module @m {
  func.func private @k(%x: tensor<32xf32>) -> tensor<32xf32> attributes {kernel.kernel}
  func.func private @join(%x: tensor<32xf32>, %y: tensor<32xf32>) -> tensor<32xf32> attributes {kernel.kernel}

  // What is needed at the end again is computed again instead of being kept.
  // LEAST: [[#@LINE+7]]:3: error: expects a memory budget of at least 256 bytes for @repeat, but got 255
  // LEAST: note: give --memory-budget=256 or more, or make its tensors smaller
  // CHECK-LABEL: func.func @repeat(
  // CHECK-SAME: kernel.arena = #{{.*}}
  // CHECK-COUNT-3: kernel.launch @k
  // CHECK: %[[AGAIN:.*]] = kernel.launch @k(%arg0)
  // CHECK: kernel.launch @join(%[[AGAIN]],
  func.func @repeat(%x: tensor<32xf32>) -> tensor<32xf32> {
    %a = kernel.launch @k(%x) : (tensor<32xf32>) -> tensor<32xf32>
    %b = kernel.launch @k(%a) : (tensor<32xf32>) -> tensor<32xf32>
    %c = kernel.launch @k(%b) : (tensor<32xf32>) -> tensor<32xf32>
    %y = kernel.launch @join(%a, %c) : (tensor<32xf32>, tensor<32xf32>) -> tensor<32xf32>
    return %y : tensor<32xf32>
  }

  // A launch that nothing waits for runs when what it writes is needed, at no cost.
  // CHECK-LABEL: func.func @order(
  // CHECK: %[[B:.*]] = kernel.launch @k(%arg1)
  // CHECK: %[[C:.*]] = kernel.launch @k(%[[B]])
  // CHECK: %[[A:.*]] = kernel.launch @k(%arg0)
  // CHECK: kernel.launch @join(%[[A]], %[[C]])
  // CHECK-NOT: kernel.launch
  func.func @order(%x: tensor<32xf32>, %z: tensor<32xf32>) -> tensor<32xf32> {
    %a = kernel.launch @k(%x) : (tensor<32xf32>) -> tensor<32xf32>
    %b = kernel.launch @k(%z) : (tensor<32xf32>) -> tensor<32xf32>
    %c = kernel.launch @k(%b) : (tensor<32xf32>) -> tensor<32xf32>
    %y = kernel.launch @join(%a, %c) : (tensor<32xf32>, tensor<32xf32>) -> tensor<32xf32>
    return %y : tensor<32xf32>
  }

  // What reads a storage runs before it is updated, so it is not run again behind that.
  // CHECK-LABEL: func.func @update(
  // CHECK: kernel.launch @k(%arg0)
  // CHECK: kernel.launch @k(%{{.*}}) places = [#kernel.place<arena 0, {{.*}}>, #kernel.place<storage 0, {{.*}}>]
  // CHECK-NOT: kernel.launch @k(%arg0)
  nn.storage @s state : tensor<32xf32>
  func.func @update(%s: tensor<32xf32> {nn.storage = @s}) -> (tensor<32xf32> {nn.storage = @s}) {
    %a = kernel.launch @k(%s) : (tensor<32xf32>) -> tensor<32xf32>
    %b = kernel.launch @k(%a) : (tensor<32xf32>) -> tensor<32xf32>
    return %b : tensor<32xf32>
  }
}
