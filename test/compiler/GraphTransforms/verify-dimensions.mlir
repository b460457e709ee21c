// RUN: mlc-opt %s --pass-pipeline='builtin.module(func.func(verify-dimensions))' | FileCheck %s

// CHECK-LABEL: func @named
// CHECK-NOT: nn.assert
func.func @named(%x: tensor<?x8xf32> {nn.dims = ["batch", ""]}, %y: tensor<?x8xf32> {nn.dims = ["batch", ""]}) -> tensor<?x8xf32> {
  %z = nn.add %x, %y : tensor<?x8xf32>
  return %z : tensor<?x8xf32>
}

// Sizes are followed through every op.
// CHECK-LABEL: func @followed
// CHECK-NOT: nn.assert
func.func @followed(%x: tensor<?x28x28xf32>, %v: tensor<f32>) -> tensor<?x784xf32> {
  %n = nn.dim %x, 0 : tensor<?x28x28xf32>
  %a = nn.reshape %x : tensor<?x28x28xf32> -> tensor<?x784xf32>
  %b = nn.iota [%n] dim = 0 : tensor<?x784xf32>
  %c = nn.concat %a, %b dim = 0 : tensor<?x784xf32>, tensor<?x784xf32>
  %d = nn.slice %c [0, 0] [%n, 784] [2, 1] : tensor<?x784xf32>
  %e = nn.add %a, %d : tensor<?x784xf32>
  return %e : tensor<?x784xf32>
}

// What the types leave open is compared at run time, once.
// CHECK-LABEL: func @elementwise
// CHECK: nn.assert %{{.*}}, "sizes of nn.add differ: dimension 0 of operand 0 is x_dim0, dimension 0 of operand 1 is y_dim0 at verify-dimensions.mlir:[[#@LINE+5]]:8"
// CHECK-NEXT: nn.add
// CHECK-NOT: nn.assert
// CHECK: return
func.func @elementwise(%x: tensor<?x8xf32> {nn.name = "x"}, %y: tensor<?x8xf32> {nn.name = "y"}) -> tensor<?x8xf32> {
  %z = nn.add %x, %y : tensor<?x8xf32>
  %w = nn.mul %x, %y : tensor<?x8xf32>
  return %z : tensor<?x8xf32>
}

// CHECK-LABEL: func @static
// CHECK: nn.assert %{{.*}}, "sizes of nn.add differ: dimension 0 of operand 0 is batch, dimension 0 of operand 1 is 4
func.func @static(%x: tensor<?xf32> {nn.dims = ["batch"]}, %y: tensor<4xf32>) -> tensor<4xf32> {
  %z = nn.add %x, %y : tensor<?xf32>, tensor<4xf32>
  return %z : tensor<4xf32>
}

// CHECK-LABEL: func @contract
// CHECK: nn.assert %{{.*}}, "sizes of nn.contract differ: dimension 1 of operand 0 is a, dimension 0 of operand 1 is b
func.func @contract(%x: tensor<4x?xf32> {nn.dims = ["", "a"]}, %y: tensor<?x4xf32> {nn.dims = ["b", ""]}) -> tensor<4x4xf32> {
  %z = nn.contract %x, %y contracting = [1] x [0] : tensor<4x?xf32>, tensor<?x4xf32>
  return %z : tensor<4x4xf32>
}

// CHECK-LABEL: func @concat
// CHECK: nn.assert %{{.*}}, "sizes of nn.concat differ: dimension 0 of operand 0 is (a * 2), dimension 0 of operand 1 is a
func.func @concat(%x: tensor<?xf32> {nn.dims = ["a"]}, %y: tensor<?x4xf32> {nn.dims = ["a", ""]}) -> tensor<?x5xf32> {
  %w = nn.concat %x, %x dim = 0 : tensor<?xf32>, tensor<?xf32>
  %r = nn.reshape %w : tensor<?xf32> -> tensor<?x1xf32>
  %c = nn.concat %r, %y dim = 1 : tensor<?x1xf32>, tensor<?x4xf32>
  return %c : tensor<?x5xf32>
}

// CHECK-LABEL: func @gather
// CHECK: nn.assert %{{.*}}, "sizes of nn.gather differ: dimension 0 of operand 0 is a, dimension 0 of operand 1 is b
func.func @gather(%x: tensor<?x8xf32> {nn.dims = ["a", ""]}, %i: tensor<?x2xi64> {nn.dims = ["b", ""]}) -> tensor<?x2xf32> {
  %y = nn.gather %x, %i axis = 1 batch_dims = 1 : tensor<?x8xf32>, tensor<?x2xi64>
  return %y : tensor<?x2xf32>
}

// CHECK-LABEL: func @scatter
// CHECK: nn.assert %{{.*}}, "sizes of nn.scatter differ: dimension 0 of operand 1 is a, dimension 0 of operand 2 is b
func.func @scatter(%x: tensor<8xf32>, %i: tensor<?xi64> {nn.dims = ["a"]}, %u: tensor<?xf32> {nn.dims = ["b"]}) -> tensor<8xf32> {
  %y = nn.scatter add %x, %i, %u axis = 0 : tensor<8xf32>, tensor<?xi64>, tensor<?xf32>
  return %y : tensor<8xf32>
}

// A difference of sizes may be negative; a sum or a quotient may not.
// CHECK-LABEL: func @computed
// CHECK: nn.assert %{{.*}}, "a size of nn.iota is negative: (batch + -1) at verify-dimensions.mlir:[[#@LINE+10]]:8"
// CHECK-NEXT: nn.iota
// CHECK-NOT: nn.assert
// CHECK: return
func.func @computed(%x: tensor<?xf32> {nn.dims = ["batch"]}) -> (tensor<?xf32>, tensor<?xf32>) {
  %one = arith.constant 1 : index
  %n = nn.dim %x, 0 : tensor<?xf32>
  %less = arith.subi %n, %one : index
  %more = arith.addi %n, %one : index
  %half = arith.divui %n, %more : index
  %y = nn.iota [%less] dim = 0 : tensor<?xf32>
  %z = nn.iota [%half] dim = 0 : tensor<?xf32>
  return %y, %z : tensor<?xf32>, tensor<?xf32>
}
