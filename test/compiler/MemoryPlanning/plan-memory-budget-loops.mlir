// RUN: mlc-opt %s --plan-memory=memory-budget=768 | FileCheck %s

module @m {
  func.func private @k(%x: tensor<16xf32>, %y: tensor<16xf32>) -> tensor<16xf32> attributes {kernel.kernel}
  func.func private @forward(%h: tensor<16xf32>, %x: tensor<16xf32>, %w: tensor<16xf32>) -> (tensor<16xf32>, tensor<16xf32>) attributes {kernel.subprogram} {
    %n = kernel.launch @k(%h, %x) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
    %s = kernel.launch @k(%h, %w) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
    return %n, %s : tensor<16xf32>, tensor<16xf32>
  }
  func.func private @backward(%d: tensor<16xf32>, %s: tensor<16xf32>, %w: tensor<16xf32>) -> tensor<16xf32> attributes {kernel.subprogram} {
    %n = kernel.launch @k(%d, %s) : (tensor<16xf32>, tensor<16xf32>) -> tensor<16xf32>
    return %n : tensor<16xf32>
  }

  // The forward loop runs in parts: each once to reach the next, and again before the part of the backward loop that reads what it
  // stacks. The last one need not run again.
  // CHECK-LABEL: func.func @train(
  // CHECK: %[[H:.*]]:2 = kernel.loop @forward trips(%{{.*}}) carried(%arg0)
  // CHECK: kernel.loop @forward trips(%{{.*}}) carried(%[[H]]#0)
  // CHECK: kernel.loop @backward trips(%{{.*}}) reverse
  // CHECK: kernel.loop @forward trips(%{{.*}})
  // CHECK: kernel.loop @backward trips(%{{.*}}) reverse
  func.func @train(%h: tensor<16xf32>, %xs: tensor<16x16xf32>, %w: tensor<16xf32>) -> tensor<16xf32> {
    %n = arith.constant 16 : index
    %last, %stack = kernel.loop @forward trips(%n) carried(%h) over(%xs) captured(%w) dims()
        : (tensor<16xf32>), (tensor<16x16xf32>), (tensor<16xf32>), () -> (tensor<16xf32>, tensor<16x16xf32>)
    %d = kernel.loop @backward trips(%n) reverse carried(%last) over(%stack) captured(%w) dims()
        : (tensor<16xf32>), (tensor<16x16xf32>), (tensor<16xf32>), () -> (tensor<16xf32>)
    return %d : tensor<16xf32>
  }
}
