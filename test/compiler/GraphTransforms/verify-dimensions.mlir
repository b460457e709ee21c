// RUN: mlc-opt %s --pass-pipeline='builtin.module(func.func(verify-dimensions))' | FileCheck %s

// CHECK-LABEL: func @named
// CHECK-NOT: nn.requirement
// CHECK: nn.add
func.func @named(%x: tensor<?x8xf32> {nn.dims = ["batch", ""]}, %y: tensor<?x8xf32> {nn.dims = ["batch", ""]}) -> tensor<?x8xf32> {
  %z = nn.add %x, %y : tensor<?x8xf32>
  return %z : tensor<?x8xf32>
}

// Sizes are followed through every op.
// CHECK-LABEL: func @followed
// CHECK-SAME: nn.requirements = [#nn.requirement<countable ()[s0] -> (s0 * 2, 784), "these dimensions need more memory than can be addressed: a result of nn.concat of more than 2^44 elements, [(arg0_dim0 * 2), 784]
// CHECK-NOT: nn.requirement
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
// CHECK-SAME: nn.requirements = [#nn.requirement<equal ()[s0, s1] -> (s0, s1), "sizes of nn.add differ: dimension 0 of operand 0 is x_dim0, dimension 0 of operand 1 is y_dim0 at verify-dimensions.mlir:[[#@LINE+2]]:8">]
func.func @elementwise(%x: tensor<?x8xf32> {nn.name = "x"}, %y: tensor<?x8xf32> {nn.name = "y"}) -> tensor<?x8xf32> {
  %z = nn.add %x, %y : tensor<?x8xf32>
  %w = nn.mul %x, %y : tensor<?x8xf32>
  return %z : tensor<?x8xf32>
}

// CHECK-LABEL: func @static
// CHECK-SAME: #nn.requirement<equal ()[s0{{.*}}] -> ({{.*}}), "sizes of nn.add differ: dimension 0 of operand 0 is batch, dimension 0 of operand 1 is 4
func.func @static(%x: tensor<?xf32> {nn.dims = ["batch"]}, %y: tensor<4xf32>) -> tensor<4xf32> {
  %z = nn.add %x, %y : tensor<?xf32>, tensor<4xf32>
  return %z : tensor<4xf32>
}

// CHECK-LABEL: func @contract
// CHECK-SAME: #nn.requirement<equal ()[s0{{.*}}] -> ({{.*}}), "sizes of nn.contract differ: dimension 1 of operand 0 is a, dimension 0 of operand 1 is b
func.func @contract(%x: tensor<4x?xf32> {nn.dims = ["", "a"]}, %y: tensor<?x4xf32> {nn.dims = ["b", ""]}) -> tensor<4x4xf32> {
  %z = nn.contract %x, %y contracting = [1] x [0] : tensor<4x?xf32>, tensor<?x4xf32>
  return %z : tensor<4x4xf32>
}

// CHECK-LABEL: func @concat
// CHECK-SAME: #nn.requirement<equal ()[s0{{.*}}] -> ({{.*}}), "sizes of nn.concat differ: dimension 0 of operand 0 is (a * 2), dimension 0 of operand 1 is a
func.func @concat(%x: tensor<?xf32> {nn.dims = ["a"]}, %y: tensor<?x4xf32> {nn.dims = ["a", ""]}) -> tensor<?x5xf32> {
  %w = nn.concat %x, %x dim = 0 : tensor<?xf32>, tensor<?xf32>
  %r = nn.reshape %w : tensor<?xf32> -> tensor<?x1xf32>
  %c = nn.concat %r, %y dim = 1 : tensor<?x1xf32>, tensor<?x4xf32>
  return %c : tensor<?x5xf32>
}

// CHECK-LABEL: func @gather
// CHECK-SAME: #nn.requirement<equal ()[s0{{.*}}] -> ({{.*}}), "sizes of nn.gather differ: dimension 0 of operand 0 is a, dimension 0 of operand 1 is b
func.func @gather(%x: tensor<?x8xf32> {nn.dims = ["a", ""]}, %i: tensor<?x2xi64> {nn.dims = ["b", ""]}) -> tensor<?x2xf32> {
  %y = nn.gather %x, %i axis = 1 batch_dims = 1 : tensor<?x8xf32>, tensor<?x2xi64>
  return %y : tensor<?x2xf32>
}

// CHECK-LABEL: func @scatter
// CHECK-SAME: #nn.requirement<equal ()[s0{{.*}}] -> ({{.*}}), "sizes of nn.scatter differ: dimension 0 of operand 1 is a, dimension 0 of operand 2 is b
func.func @scatter(%x: tensor<8xf32>, %i: tensor<?xi64> {nn.dims = ["a"]}, %u: tensor<?xf32> {nn.dims = ["b"]}) -> tensor<8xf32> {
  %y = nn.scatter add %x, %i, %u axis = 0 : tensor<8xf32>, tensor<?xi64>, tensor<?xf32>
  return %y : tensor<8xf32>
}

// A difference of sizes may be negative; a sum or a quotient may not. A divisor may be 0.
// CHECK-LABEL: func @computed
// CHECK-SAME: nn.requirements = [#nn.requirement<at_most ()[s0] -> (0, s0 - 1), "a size of nn.iota is negative: (batch + -1) at verify-dimensions.mlir:[[#@LINE+8]]:8">,
// CHECK-NOT: floordiv
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

// Of the boxes the first fits by its type, the second by its size; of the third only a call can tell.
// CHECK-LABEL: func @slice
// CHECK-SAME: nn.requirements = [#nn.requirement<at_most ()[s0, s1] -> (8, s0), "box of nn.slice larger than its operand at verify-dimensions.mlir:[[#@LINE+6]]:8">]
func.func @slice(%x: tensor<4x8xf32>, %b: tensor<?x2xf32>, %o: tensor<?xi64>) -> (tensor<4x2xf32>, tensor<?x1xf32>, tensor<8x2xf32>) {
  %n = nn.dim %o, 0 : tensor<?xi64>
  %m = nn.dim %b, 0 : tensor<?x2xf32>
  %y = nn.slice %x [0, %n] [4, 2] [1, 1] : tensor<4x8xf32>
  %z = nn.slice %b [0, 1] [%m, 1] [1, 1] : tensor<?x2xf32>
  %w = nn.slice %b [0, 0] [8, 2] [1, 1] : tensor<?x2xf32>
  return %y, %z, %w : tensor<4x2xf32>, tensor<?x1xf32>, tensor<8x2xf32>
}

// CHECK-LABEL: func @update_slice
// CHECK-SAME: #nn.requirement<at_most ()[s0] -> (2, s0), "update of nn.update_slice larger than its operand
func.func @update_slice(%x: tensor<?x8xf32>, %u: tensor<2x8xf32>) -> tensor<?x8xf32> {
  %y = nn.update_slice %x, %u [0, 0] : tensor<?x8xf32>, tensor<2x8xf32>
  return %y : tensor<?x8xf32>
}

// CHECK-LABEL: func @reshape
// CHECK-SAME: nn.requirements = [#nn.requirement<equal {{.*}}, "element count of nn.reshape unlike that of its operand at verify-dimensions.mlir:[[#@LINE+3]]:8">
func.func @reshape(%x: tensor<?x28x28xf32>) -> tensor<?x10xf32> {
  %y = nn.reshape %x : tensor<?x28x28xf32> -> tensor<?x784xf32>
  %z = nn.reshape %y : tensor<?x784xf32> -> tensor<?x10xf32>
  return %z : tensor<?x10xf32>
}

// CHECK-LABEL: func @argmax
// CHECK-SAME: nn.requirements = [#nn.requirement<at_most ()[s0] -> (1, s0), "no elements along dimension 0 of nn.argmin at verify-dimensions.mlir:[[#@LINE+3]]:8">]
func.func @argmax(%x: tensor<?x10xf32>) -> (tensor<?xi64>, tensor<10xi64>) {
  %y = nn.argmax %x dim = 1 : tensor<?x10xf32>
  %z = nn.argmin %x dim = 0 : tensor<?x10xf32>
  return %y, %z : tensor<?xi64>, tensor<10xi64>
}

// The size operand of a dimension that the operand has says the same; products may be more than can be counted.
// CHECK-LABEL: func @broadcast
// CHECK-SAME: #nn.requirement<equal ()[s0, s1] -> (s0, s1), "a size of nn.broadcast unlike that of its operand
// CHECK-SAME: #nn.requirement<countable ()[s0, s1] -> (s1, s0), "these dimensions need more memory than can be addressed: a result of nn.broadcast of more than 2^44 elements, [m, n]
func.func @broadcast(%x: tensor<?xf32> {nn.dims = ["n"]}, %m: tensor<?xf32> {nn.dims = ["m"]}) -> tensor<?x?xf32> {
  %size = nn.dim %m, 0 : tensor<?xf32>
  %y = nn.broadcast %x [%size, %size] dims = [1] : tensor<?xf32> -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}
