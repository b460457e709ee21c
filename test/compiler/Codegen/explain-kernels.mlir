// RUN: mlc-opt %s --schedule-kernels="vector-bytes=64 vector-registers=32 explain=true" --explain-kernels --mlir-print-op-on-diagnostic=false 2>&1 | FileCheck %s

// A remark per program: of every kernel its place and ops, the schedule, what it costs, and the roofline. Nothing of it stays in the module.

func.func @twice(%x: tensor<256x768xf32>, %w: tensor<768x512xf32>, %b: tensor<512xf32>) -> (tensor<256x512xf32>, tensor<256x512xf32>) {
  %0 = kernel.launch @dense(%x, %w, %b) : (tensor<256x768xf32>, tensor<768x512xf32>, tensor<512xf32>) -> tensor<256x512xf32>
  %1 = kernel.launch @dense(%x, %w, %b) : (tensor<256x768xf32>, tensor<768x512xf32>, tensor<512xf32>) -> tensor<256x512xf32>
  return %0, %1 : tensor<256x512xf32>, tensor<256x512xf32>
}

// CHECK: remark: twice launches 2 kernels
// CHECK-NEXT: 1. dense of {{.*}}explain-kernels.mlir:[[#@LINE-6]]:8: contract, broadcast, add
// CHECK-NEXT: contraction 256x512x768: register tile 12x32, {{.*}}depth in blocks of 192, rhs packed by the first of its tiles, lhs in place, other ops on each tile
// CHECK-NEXT: 201457664 flops, 2885632 bytes
// CHECK-NEXT: cycles: 3149824 of arithmetic, 360704 of memory; limited by arithmetic, expected 100 % of it
// CHECK-NEXT: 2. dense of {{.*}}explain-kernels.mlir:[[#@LINE-9]]:8, as above
func.func private @dense(%x: tensor<256x768xf32>, %w: tensor<768x512xf32>, %b: tensor<512xf32>) -> tensor<256x512xf32> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [1] x [0] : tensor<256x768xf32>, tensor<768x512xf32>
  %rows = nn.broadcast %b dims = [1] : tensor<512xf32> -> tensor<256x512xf32>
  %y = nn.add %p, %rows : tensor<256x512xf32>
  return %y : tensor<256x512xf32>
}

// For many rows packing costs less than sums that wait.
// CHECK: remark: tall, launched by nothing: contract
// CHECK-NEXT: contraction 400x768x768: {{.*}}, rhs packed on the way
func.func private @tall(%x: tensor<400x768xf32>, %w: tensor<768x768xf32>) -> tensor<400x768xf32> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [1] x [0] : tensor<400x768xf32>, tensor<768x768xf32>
  return %p : tensor<400x768xf32>
}

// The rows are halved, for two threads: panels of 32 columns would leave one of them 64.
// CHECK: remark: tail, launched by nothing: contract
// CHECK-NEXT: contraction 120x100x100: register tile 12x32, blocks 60x128 of up to 2 tiles, rhs in place, lhs in place, last columns as dot products: 4, stored from registers
// CHECK: expected 100 % of it
func.func private @tail(%x: tensor<120x100xf32>, %w: tensor<100x100xf32>) -> tensor<120x100xf32> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [1] x [0] : tensor<120x100xf32>, tensor<100x100xf32>
  return %p : tensor<120x100xf32>
}

// Where rows are the neighbours in memory, a few columns are taken as rows. Read row by row, a matrix of pages apart, this took 80 times as long.
// CHECK: remark: column, launched by nothing: contract
// CHECK-NEXT: contraction, transposed 1x512x300: rows of rhs scaled and added
func.func private @column(%x: tensor<300x512xf32>, %w: tensor<300x1xf32>) -> tensor<512x1xf32> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [0] x [0] : tensor<300x512xf32>, tensor<300x1xf32>
  return %p : tensor<512x1xf32>
}
// CHECK: remark: half, launched by nothing: contract
// CHECK-NEXT: contraction 512x8x300
func.func private @half(%x: tensor<300x512xf32>, %w: tensor<300x8xf32>) -> tensor<512x8xf32> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [0] x [0] : tensor<300x512xf32>, tensor<300x8xf32>
  return %p : tensor<512x8xf32>
}

// What windows see is several runs of the depth: a few channels of a convolution are dot products along each.
// CHECK: remark: channel, launched by nothing: windows, contract
// CHECK-NEXT: contraction 196x1x288: {{.*}}lhs in place, {{.*}}last columns as dot products: 1
func.func private @channel(%x: tensor<16x16x32xf32>, %w: tensor<3x3x32x1xf32>) -> tensor<14x14x1xf32> attributes {kernel.kernel} {
  %s = nn.windows %x dims = [0, 1] sizes = [3, 3] : tensor<16x16x32xf32>
  %p = nn.contract %s, %w contracting = [2, 3, 4] x [0, 1, 2] : tensor<14x14x3x3x32xf32>, tensor<3x3x32x1xf32>
  return %p : tensor<14x14x1xf32>
}

// CHECK: remark: scale, launched by nothing: 2 exp, add
// CHECK-NEXT: map{{.*}}: tiles of 8192 elements
// CHECK-NEXT: 768 flops, 2048 bytes (free sizes taken as 256)
// CHECK-NEXT: of L2; limited by arithmetic
func.func private @scale(%x: tensor<?xf32> {nn.sizes = affine_map<()[s0] -> (s0)>}, %n: index) -> (tensor<?xf32> {nn.sizes = affine_map<()[s0] -> (s0)>}) attributes {kernel.kernel} {
  %e = nn.exp %x : tensor<?xf32>
  %f = nn.exp %e : tensor<?xf32>
  %y = nn.add %e, %f : tensor<?xf32>
  return %y : tensor<?xf32>
}

// CHECK: remark: sums, launched by nothing: reduce
// CHECK-NEXT: reduction: tiles of {{[0-9]+}} rows, 1 passes
// CHECK: limited by bytes, expected 100 % of it
func.func private @sums(%x: tensor<64x512xf32>) -> tensor<64xf32> attributes {kernel.kernel} {
  %y = nn.reduce sum %x dims = [1] : tensor<64x512xf32>
  return %y : tensor<64xf32>
}

// Of what a gather picks from, only the picked rows are read.
// CHECK: remark: picked, launched by nothing: gather
// CHECK: 0 flops, 1088 bytes
// CHECK-NOT: kernel.explain
func.func private @picked(%x: tensor<50000x16xf32>, %i: tensor<8xi64>) -> tensor<8x16xf32> attributes {kernel.kernel} {
  %y = nn.gather %x, %i axis = 0 : tensor<50000x16xf32>, tensor<8xi64>
  return %y : tensor<8x16xf32>
}

// Four multiply-adds of i8 are one step.
// RUN: mlc-opt %s --schedule-kernels="vector-bytes=64 vector-registers=32 i8-dot=vpdpbusd explain=true" --explain-kernels --mlir-print-op-on-diagnostic=false 2>&1 | FileCheck %s --check-prefix=I8
// I8: remark: quantised, launched by nothing: 2 cast, contract
// I8-NEXT: contraction 256x512x768: register tile 12x32, {{.*}}quads of i8 by vpdpbusd, rhs packed on the way, lhs in place
// I8: cycles: 804864 of arithmetic
// Registers of matrices take eight times as many.
// RUN: mlc-opt %s --schedule-kernels="vector-bytes=64 vector-registers=32 i8-dot=tdpbssd explain=true" --explain-kernels --mlir-print-op-on-diagnostic=false 2>&1 | FileCheck %s --check-prefix=MATRICES
// MATRICES: remark: quantised, launched by nothing: 2 cast, contract
// MATRICES-NEXT: contraction 256x512x768: register tile 32x32, blocks 256x32, quads of i8 by tdpbssd, rhs packed on the way, lhs in place, other ops on each tile
// MATRICES: cycles: 116736 of arithmetic
func.func private @quantised(%x: tensor<256x768xi8>, %w: tensor<768x512xi8>) -> tensor<256x512xi32> attributes {kernel.kernel} {
  %xi = nn.cast %x : tensor<256x768xi8> -> tensor<256x768xi32>
  %wi = nn.cast %w : tensor<768x512xi8> -> tensor<768x512xi32>
  %p = nn.contract %xi, %wi contracting = [1] x [0] : tensor<256x768xi32>, tensor<768x512xi32>
  return %p : tensor<256x512xi32>
}
