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

// What is printed at run time has a printable name, whatever a location says.
// CHECK-LABEL: func @place
// CHECK: nn.assert %{{.*}}, "indices of nn.gather outside [0, 10) at a??[2J?.mlir:3:4"
func.func @place(%x: tensor<10x8xf32>, %i: tensor<?xi64>) -> tensor<?x8xf32> {
  %y = nn.gather %x, %i axis = 0 : tensor<10x8xf32>, tensor<?xi64> loc("folder/a\0A\1B[2J\00.mlir":3:4)
  return %y : tensor<?x8xf32>
}
