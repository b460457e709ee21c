// RUN: mlc-fuzz --file %s | FileCheck %s
// A product of what a chain's cells are made of, but not of cells, in the chain's kernel: it was taken for a number of each row.
// CHECK: 0 failures
module @beside_a_chain {
  func.func @f(%q: tensor<4x4xf32>, %k: tensor<17x4xf32>, %v: tensor<17x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
    %i = nn.iota dim = 1 : tensor<4x17xf32>
    %bias = nn.sin %i : tensor<4x17xf32>
    %s = nn.contract %q, %k contracting = [1] x [1] : tensor<4x4xf32>, tensor<17x4xf32>
    %c = nn.add %s, %bias : tensor<4x17xf32>
    %p = nn.softmax %c dim = 1 : tensor<4x17xf32>
    %y = nn.contract %p, %v contracting = [1] x [0] : tensor<4x17xf32>, tensor<17x4xf32>
    %z = nn.contract %bias, %v contracting = [1] x [0] : tensor<4x17xf32>, tensor<17x4xf32>
    return %y, %z : tensor<4x4xf32>, tensor<4x4xf32>
  }
}
