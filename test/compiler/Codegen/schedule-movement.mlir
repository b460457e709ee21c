// RUN: mlc-opt %s --schedule-kernels="vector-bytes=32 vector-registers=16" --split-input-file | FileCheck %s

// The pieces of a concatenation are loops of their own that store where the piece belongs.
// CHECK-LABEL: func.func private @pieces(
// CHECK: scf.for
// CHECK: arith.negf
// CHECK: %[[AT:.*]] = arith.addi %{{.*}}, %c21
// CHECK-NEXT: vector.store %{{.*}}[%[[AT]]]
func.func private @pieces(%a: tensor<21xf32>, %b: tensor<4000xf32>) -> tensor<4021xf32> attributes {kernel.kernel} {
  %n = nn.neg %b : tensor<4000xf32>
  %x = nn.concat %a, %n dim = 0 : tensor<21xf32>, tensor<4000xf32>
  return %x : tensor<4021xf32>
}

// -----

// A gathered index is clipped before it makes an address.
// CHECK-LABEL: func.func private @rows(
// CHECK: %[[DATA:.*]] = memref.load %{{.*}} : memref<?xi64>
// CHECK: %[[INDEX:.*]] = arith.index_cast %[[DATA]]
// CHECK: %[[LOW:.*]] = arith.minsi %[[INDEX]], %c9
// CHECK: %[[ROW:.*]] = arith.maxsi %[[LOW]], %c0
// CHECK: arith.muli %[[ROW]], %c64
func.func private @rows(%x: tensor<10x64xf32>, %i: tensor<5xi64>) -> tensor<5x64xf32> attributes {kernel.kernel} {
  %y = nn.gather %x, %i axis = 0 : tensor<10x64xf32>, tensor<5xi64>
  return %y : tensor<5x64xf32>
}

// -----

// More rows than updates: a scatter copies its columns, then starts the sums of rows that get updates, adds the updates in order, skipping
// what is out of range, and rounds these sums.
// CHECK-LABEL: func.func private @updates(
// CHECK: memref.view %{{.*}} : memref<?xi8> to memref<320xf64>
// CHECK: scf.for
// CHECK: scf.for
// CHECK: vector.store {{.*}} : memref<?xf32>
// CHECK: scf.for
// CHECK: arith.cmpi ult, %{{.*}}, %c10
// CHECK: scf.if
// CHECK: vector.store {{.*}} : memref<320xf64>
// CHECK: scf.for
// CHECK: scf.if
// CHECK: arith.addf {{.*}} : vector<32xf64>
// CHECK: scf.for
// CHECK: scf.if
// CHECK: arith.truncf
func.func private @updates(%x: tensor<10x64xf32>, %i: tensor<5xi64>, %u: tensor<5x64xf32>) -> tensor<10x64xf32>
    attributes {kernel.kernel} {
  %y = nn.scatter add %x, %i, %u axis = 0 : tensor<10x64xf32>, tensor<5xi64>, tensor<5x64xf32>
  return %y : tensor<10x64xf32>
}

// -----

// At sizes that are not known, the scratch memory is as long as the rows, and the loops over the rows' sums or over the updates' are chosen at
// run time. Sums of f64 have their errors behind them.
// CHECK-LABEL: func.func private @free(
// CHECK: %[[TWICE:.*]] = arith.muli %[[ROWS:.*]], %c2
// CHECK: memref.view %{{.*}}[%c0][%[[TWICE]]] : memref<?xi8> to memref<?xf64>
// CHECK: arith.cmpi sgt, %[[ROWS]], %arg5
// CHECK: arith.subf {{.*}} : f64
func.func private @free(%x: tensor<?xf64> {nn.sizes = affine_map<()[s0, s1] -> (s0)>}, %i: tensor<?xi32> {nn.sizes = affine_map<()[s0, s1] -> (s1)>},
    %u: tensor<?xf64> {nn.sizes = affine_map<()[s0, s1] -> (s1)>}, %rows: index, %count: index)
    -> (tensor<?xf64> {nn.sizes = affine_map<()[s0, s1] -> (s0)>}) attributes {kernel.kernel} {
  %y = nn.scatter add %x, %i, %u axis = 0 : tensor<?xf64>, tensor<?xi32>, tensor<?xf64>
  return %y : tensor<?xf64>
}

// -----

// A running sum goes along its dimension once, with vectors of columns.
// CHECK-LABEL: func.func private @running(
// CHECK: scf.for %{{.*}} iter_args(%{{.*}}) -> (vector<8xf32>)
// CHECK-NOT: scf.for
// CHECK: arith.addf
// CHECK: vector.store
func.func private @running(%x: tensor<10x8xf32>) -> tensor<10x8xf32> attributes {kernel.kernel} {
  %y = nn.cumsum %x dim = 0 : tensor<10x8xf32>
  return %y : tensor<10x8xf32>
}

// -----

// Pieces along a later dimension are stored row by row, in whole vectors: no address is computed from an element's number.
// CHECK-LABEL: func.func private @columns(
// CHECK: scf.for
// CHECK-NEXT: arith.muli %{{.*}}, %c32
// CHECK-NEXT: vector.load
// CHECK-NEXT: arith.muli %{{.*}}, %c96
// CHECK-NEXT: vector.store
// CHECK: scf.for
// CHECK: vector.store %{{.*}} : memref<?xf32>, vector<32xf32>
func.func private @columns(%a: tensor<10x32xf32>, %b: tensor<10x64xf32>) -> tensor<10x96xf32> attributes {kernel.kernel} {
  %x = nn.concat %a, %b dim = 1 : tensor<10x32xf32>, tensor<10x64xf32>
  return %x : tensor<10x96xf32>
}

// -----

// What lies in the opposite order, or every other element, is loaded in vectors and put in order; a gather moves one element after the other.
// CHECK-LABEL: func.func private @backwards(
// CHECK: vector.load
// CHECK: vector.shuffle
// CHECK-NOT: vector.gather
// CHECK-LABEL: func.func private @every_other(
// CHECK: vector.load
// CHECK: vector.load
// CHECK: vector.shuffle
// CHECK-NOT: vector.gather
func.func private @backwards(%x: tensor<10x64xf32>) -> tensor<10x64xf32> attributes {kernel.kernel} {
  %y = nn.reverse %x dims = [1] : tensor<10x64xf32>
  return %y : tensor<10x64xf32>
}
func.func private @every_other(%x: tensor<10x128xf32>) -> tensor<10x64xf32> attributes {kernel.kernel} {
  %y = nn.slice %x [0, 1] [10, 64] [1, 2] : tensor<10x128xf32>
  return %y : tensor<10x64xf32>
}
