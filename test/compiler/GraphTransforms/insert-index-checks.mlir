// RUN: mlc-opt %s --insert-index-checks | FileCheck %s

// CHECK-LABEL: func @gather
// CHECK: nn.reduce and
// CHECK: nn.assert %{{.*}}, "indices of nn.gather outside [0, 10) at insert-index-checks.mlir:[[#@LINE+3]]:8"
// CHECK-NEXT: nn.gather
func.func @gather(%x: tensor<10x8xf32>, %i: tensor<?xi64>) -> tensor<?x8xf32> {
  %y = nn.gather %x, %i axis = 0 : tensor<10x8xf32>, tensor<?xi64>
  return %y : tensor<?x8xf32>
}

// CHECK-LABEL: func @scatter
// CHECK: nn.assert %{{.*}}, "indices of nn.scatter outside [0, size of dimension 1)
// CHECK-NEXT: nn.scatter
func.func @scatter(%x: tensor<3x?xf32>, %i: tensor<2xi32>, %u: tensor<3x2xf32>) -> tensor<3x?xf32> {
  %y = nn.scatter add %x, %i, %u axis = 1 : tensor<3x?xf32>, tensor<2xi32>, tensor<3x2xf32>
  return %y : tensor<3x?xf32>
}

// The first box fits by its type, the second by its size; of the third only a call can tell.
// CHECK-LABEL: func @slice
// CHECK-NOT: nn.assert
// CHECK: nn.slice
// CHECK-NOT: nn.assert
// CHECK: nn.slice
// CHECK: nn.compare lt
// CHECK: nn.assert %{{.*}}, "box of nn.slice larger than its operand
// CHECK-NEXT: nn.slice %{{.*}} [0, 0] [8, 2] [1, 1]
func.func @slice(%x: tensor<4x8xf32>, %b: tensor<?x2xf32>, %o: tensor<?xi64>) -> (tensor<4x2xf32>, tensor<?x1xf32>, tensor<8x2xf32>) {
  %n = nn.dim %o, 0 : tensor<?xi64>
  %m = nn.dim %b, 0 : tensor<?x2xf32>
  %y = nn.slice %x [0, %n] [4, 2] [1, 1] : tensor<4x8xf32>
  %z = nn.slice %b [0, 1] [%m, 1] [1, 1] : tensor<?x2xf32>
  %w = nn.slice %b [0, 0] [8, 2] [1, 1] : tensor<?x2xf32>
  return %y, %z, %w : tensor<4x2xf32>, tensor<?x1xf32>, tensor<8x2xf32>
}

// CHECK-LABEL: func @update_slice
// CHECK: nn.assert %{{.*}}, "update of nn.update_slice larger than its operand
func.func @update_slice(%x: tensor<?x8xf32>, %u: tensor<2x8xf32>) -> tensor<?x8xf32> {
  %y = nn.update_slice %x, %u [0, 0] : tensor<?x8xf32>, tensor<2x8xf32>
  return %y : tensor<?x8xf32>
}

// CHECK-LABEL: func @reshape
// CHECK-NOT: nn.assert
// CHECK: nn.reshape
// CHECK: nn.assert %{{.*}}, "element count of nn.reshape unlike that of its operand
// CHECK-NEXT: nn.reshape
func.func @reshape(%x: tensor<?x28x28xf32>) -> tensor<?x10xf32> {
  %y = nn.reshape %x : tensor<?x28x28xf32> -> tensor<?x784xf32>
  %z = nn.reshape %y : tensor<?x784xf32> -> tensor<?x10xf32>
  return %z : tensor<?x10xf32>
}

// CHECK-LABEL: func @argmax
// CHECK-NOT: nn.assert
// CHECK: nn.argmax
// CHECK: nn.assert %{{.*}}, "no elements along dimension 0 of nn.argmin at insert-index-checks.mlir:[[#@LINE+4]]:8"
// CHECK-NEXT: nn.argmin
func.func @argmax(%x: tensor<?x10xf32>) -> (tensor<?xi64>, tensor<10xi64>) {
  %y = nn.argmax %x dim = 1 : tensor<?x10xf32>
  %z = nn.argmin %x dim = 0 : tensor<?x10xf32>
  return %y, %z : tensor<?xi64>, tensor<10xi64>
}

// What is printed at run time has a printable name, whatever a location says.
// CHECK-LABEL: func @place
// CHECK: nn.assert %{{.*}}, "indices of nn.gather outside [0, 10) at a??[2J?.mlir:3:4"
func.func @place(%x: tensor<10x8xf32>, %i: tensor<?xi64>) -> tensor<?x8xf32> {
  %y = nn.gather %x, %i axis = 0 : tensor<10x8xf32>, tensor<?xi64> loc("folder/a\0A\1B[2J\00.mlir":3:4)
  return %y : tensor<?x8xf32>
}
