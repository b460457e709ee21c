// RUN: mlc-opt %s --schedule-kernels="vector-bytes=64 vector-registers=32 bf16-dot=vdpbf16ps i8-dot=vpdpbusd" --split-input-file | FileCheck %s
// RUN: mlc-opt %s --schedule-kernels="vector-bytes=32 vector-registers=16 i8-dot=vpmaddwd" --split-input-file | FileCheck %s --check-prefix=AVX2
// RUN: mlc-opt %s --schedule-kernels="vector-bytes=32 vector-registers=16 bf16-dot=pairs i8-dot=quads" --split-input-file | FileCheck %s --check-prefix=PLAIN
// RUN: mlc-opt %s --schedule-kernels="vector-bytes=64 vector-registers=32 bf16-dot=tdpbf16ps i8-dot=tdpbssd" --split-input-file | FileCheck %s --check-prefix=MATRICES

// Rows of lhs and pairs of rows of rhs are packed in words of two bf16; odd depth is filled with a zero. Without an instruction rhs
// becomes f32 where it is packed, and tiles are those of f32.
// CHECK-LABEL: func.func private @bf16(
// CHECK: vector.shuffle {{.*}} : vector<16xi16>, vector<16xi16>
// CHECK: %[[ZERO:.*]] = vector.shuffle
// CHECK: %[[SUMS:.*]]:25 = scf.for {{.*}} iter_args(
// CHECK: vector.load %{{.*}} : memref<{{.*}}xi16>, vector<32xi16>
// CHECK: memref.load %{{.*}} : memref<{{.*}}xi32>
// CHECK: llvm.call_intrinsic "llvm.x86.avx512bf16.dpbf16ps.512"(%{{.*}}) : (vector<16xf32>, vector<32xbf16>, vector<32xbf16>) -> vector<16xf32>
// AVX2-LABEL: func.func private @bf16(
// AVX2: :13 = scf.for {{.*}} iter_args(
// AVX2: arith.mulf %{{.*}}, %{{.*}} fastmath<contract> : vector<8xf32>
// PLAIN-LABEL: func.func private @bf16(
// PLAIN: :13 = scf.for {{.*}} iter_args(
// PLAIN-COUNT-2: arith.mulf %{{.*}}, %{{.*}} fastmath<contract> : vector<8xf32>
// Registers of matrices: two of the rows of lhs, two of columns; a tile of 24 rows has 16 and 8. The last 6 of 38 words are copied beside
// zeros. The sums go to memory, and the registers are given back.
// MATRICES-LABEL: func.func private @bf16(
// MATRICES: %[[ROWS:.*]] = arith.constant 134746128 : index
// MATRICES: arith.index_cast %[[ROWS]]
// MATRICES: llvm.call_intrinsic "llvm.x86.ldtilecfg"
// MATRICES-COUNT-4: llvm.call_intrinsic "llvm.x86.tilezero"
// MATRICES: scf.for %{{.*}} = %c0{{.*}} to %c32{{.*}} step %c16
// MATRICES: llvm.call_intrinsic "llvm.x86.tileloadd64"(%c6
// MATRICES: llvm.call_intrinsic "llvm.x86.tileloadd64"(%c4
// MATRICES-NEXT: llvm.call_intrinsic "llvm.x86.tdpbf16ps"(%c0{{.*}}, %c4{{.*}}, %c6
// MATRICES: llvm.call_intrinsic "llvm.x86.tileloadd64"(%c5
// MATRICES-NEXT: llvm.call_intrinsic "llvm.x86.tdpbf16ps"(%c2{{.*}}, %c5{{.*}}, %c6
// MATRICES: llvm.intr.masked.load
// MATRICES-COUNT-4: llvm.call_intrinsic "llvm.x86.tdpbf16ps"
// MATRICES-COUNT-4: llvm.call_intrinsic "llvm.x86.tilestored64"
// MATRICES: llvm.call_intrinsic "llvm.x86.tilerelease"
func.func private @bf16(%x: tensor<24x75xbf16>, %w: tensor<75x64xbf16>) -> tensor<24x64xbf16> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [1] x [0] : tensor<24x75xbf16>, tensor<75x64xbf16>
  return %p : tensor<24x64xbf16>
}

// -----

// What the kernel rounds itself is f32 in memory, and rounded where it is packed: by the CPU's instruction, which takes subnormal numbers
// as zero, as the products do. Rows that come later are fetched.
// CHECK-LABEL: func.func private @rounded(
// CHECK: vector.load %{{.*}} : memref<?xf32>, vector<32xf32>
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.x86.avx512bf16.cvtneps2bf16.512"
// CHECK: memref.prefetch
// CHECK: vector.load %{{.*}} : memref<?xf32>, vector<16xf32>
// CHECK: llvm.call_intrinsic "llvm.x86.avx512bf16.cvtneps2bf16.512"
// CHECK: vector.shuffle {{.*}} : vector<16xi16>, vector<16xi16>
// CHECK: llvm.call_intrinsic "llvm.x86.avx512bf16.dpbf16ps.512"
// Registers of matrices: sums that are the result go there after the last block of the depth.
// MATRICES-LABEL: func.func private @rounded(
// MATRICES: scf.for {{.*}} step %c128
// MATRICES: %[[MORE:.*]] = arith.cmpi sge
// MATRICES: scf.if %{{.*}} {
// MATRICES-COUNT-4: llvm.call_intrinsic "llvm.x86.tilezero"
// MATRICES: } else {
// MATRICES-COUNT-4: llvm.call_intrinsic "llvm.x86.tileloadd64"
// MATRICES: scf.if %[[MORE]] {
// MATRICES-COUNT-4: llvm.call_intrinsic "llvm.x86.tilestored64"
// MATRICES: } else {
// MATRICES-COUNT-4: llvm.call_intrinsic "llvm.x86.tilestored64"
func.func private @rounded(%x: tensor<48x2048xf32>, %w: tensor<2048x256xf32>) -> tensor<48x256xf32> attributes {kernel.kernel} {
  %xn = nn.cast %x : tensor<48x2048xf32> -> tensor<48x2048xbf16>
  %wn = nn.cast %w : tensor<2048x256xf32> -> tensor<2048x256xbf16>
  %a = nn.cast %xn : tensor<48x2048xbf16> -> tensor<48x2048xf32>
  %b = nn.cast %wn : tensor<2048x256xbf16> -> tensor<2048x256xf32>
  %p = nn.contract %a, %b contracting = [1] x [0] : tensor<48x2048xf32>, tensor<2048x256xf32>
  return %p : tensor<48x256xf32>
}

// -----

// Words of lhs are read where they lie. vpdpbusd takes unsigned lhs: 128 is added to them, and sums start at what that adds too much. vpmaddwd takes i8 widened to i16
// when they are packed.
// CHECK-LABEL: func.func private @i8(
// CHECK: :8 = scf.for
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"
// CHECK: arith.subi %{{.*}}, %{{.*}} : vector<16xi32>
// CHECK: scf.for {{.*}} -> (vector<16xi32>,
// CHECK: vector.load %{{.*}} : memref<?xi8>, vector<4xi8>
// CHECK: arith.xori %{{.*}}, %{{.*}} : vector<64xi8>
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"(%{{.*}}) : (vector<16xi32>, vector<64xi8>, vector<64xi8>) -> vector<16xi32>
// The scale and the activation are applied to each tile.
// CHECK: arith.sitofp
// CHECK: arith.mulf
// AVX2-LABEL: func.func private @i8(
// AVX2: arith.extsi %{{.*}} : vector<16xi8> to vector<16xi16>
// AVX2: arith.extsi %{{.*}} : vector<8xi8> to vector<8xi16>
// AVX2: :13 = scf.for {{.*}} iter_args(
// AVX2-NOT: arith.extsi
// AVX2: %[[PRODUCTS:.*]] = llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"(%{{.*}}) : (vector<16xi16>, vector<16xi16>) -> vector<8xi32>
// AVX2: arith.addi %{{.*}}, %[[PRODUCTS]] : vector<8xi32>
// PLAIN-LABEL: func.func private @i8(
// PLAIN: :14 = scf.for {{.*}} iter_args(
// PLAIN: arith.xori
// PLAIN-COUNT-4: arith.muli %{{.*}}, %{{.*}} : vector<8xi32>
func.func private @i8(%x: tensor<24x768xi8>, %w: tensor<768x64xi8>, %s: tensor<f32>) -> tensor<24x64xf32> attributes {kernel.kernel} {
  %xi = nn.cast %x : tensor<24x768xi8> -> tensor<24x768xi32>
  %wi = nn.cast %w : tensor<768x64xi8> -> tensor<768x64xi32>
  %p = nn.contract %xi, %wi contracting = [1] x [0] : tensor<24x768xi32>, tensor<768x64xi32>
  %f = nn.cast %p : tensor<24x64xi32> -> tensor<24x64xf32>
  %all = nn.broadcast %s dims = [] : tensor<f32> -> tensor<24x64xf32>
  %y = nn.mul %f, %all : tensor<24x64xf32>
  return %y : tensor<24x64xf32>
}

// -----

// rhs contiguous along the depth: squares of words are transposed in registers.
// CHECK-LABEL: func.func private @transposed(
// CHECK: vector.bitcast %{{.*}} : vector<64xi8> to vector<16xi32>
// CHECK: vector.shuffle {{.*}} : vector<16xi32>, vector<16xi32>
// AVX2-LABEL: func.func private @transposed(
// AVX2: vector.shuffle {{.*}} : vector<8xi32>, vector<8xi32>
func.func private @transposed(%x: tensor<24x768xi8>, %w: tensor<64x768xi8>) -> tensor<24x64xi32> attributes {kernel.kernel} {
  %xi = nn.cast %x : tensor<24x768xi8> -> tensor<24x768xi32>
  %wi = nn.cast %w : tensor<64x768xi8> -> tensor<64x768xi32>
  %p = nn.contract %xi, %wi contracting = [1] x [1] : tensor<24x768xi32>, tensor<64x768xi32>
  return %p : tensor<24x64xi32>
}

// -----

// Panels packed beforehand are read in place, and widened then; a panel for another instruction is not.
// CHECK-LABEL: func.func private @packed(
// CHECK-NOT: vector.shuffle
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"
// AVX2-LABEL: func.func private @packed(
// AVX2: vector.shuffle
func.func private @packed(%x: tensor<24x768xi8>, %p: tensor<2x192x32x4xi8>) -> tensor<24x64xi32> attributes {kernel.kernel} {
  %w = kernel.unpack %p depth = [0] : tensor<2x192x32x4xi8> -> tensor<768x64xi8>
  %xi = nn.cast %x : tensor<24x768xi8> -> tensor<24x768xi32>
  %wi = nn.cast %w : tensor<768x64xi8> -> tensor<768x64xi32>
  %y = nn.contract %xi, %wi contracting = [1] x [0] : tensor<24x768xi32>, tensor<768x64xi32>
  return %y : tensor<24x64xi32>
}

// -----

// AVX2-LABEL: func.func private @packed_pairs(
// AVX2-NOT: vector.shuffle
// AVX2: :14 = scf.for {{.*}} iter_args(
// AVX2: arith.extsi %{{.*}} : vector<16xi8> to vector<16xi16>
func.func private @packed_pairs(%x: tensor<24x768xi8>, %p: tensor<4x384x16x2xi8>) -> tensor<24x64xi32> attributes {kernel.kernel} {
  %w = kernel.unpack %p depth = [0] : tensor<4x384x16x2xi8> -> tensor<768x64xi8>
  %xi = nn.cast %x : tensor<24x768xi8> -> tensor<24x768xi32>
  %wi = nn.cast %w : tensor<768x64xi8> -> tensor<768x64xi32>
  %y = nn.contract %xi, %wi contracting = [1] x [0] : tensor<24x768xi32>, tensor<768x64xi32>
  return %y : tensor<24x64xi32>
}

// -----

// A single lane of the last vector is stored as a number: LLVM 22 makes a store of four bytes of a masked one of narrowed lanes.
// CHECK-LABEL: func.func private @last_lane(
// CHECK-NOT: vector.maskedstore
// CHECK: memref.store %{{.*}} : memref<?xi16>
// CHECK-NOT: vector.maskedstore
// CHECK: return
func.func private @last_lane(%x: tensor<12x64xbf16>, %w: tensor<64x33xbf16>) -> tensor<12x33xbf16> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [1] x [0] : tensor<12x64xbf16>, tensor<64x33xbf16>
  return %p : tensor<12x33xbf16>
}

// -----

// Windows of pairs of channels are words where they lie, of runs of 3 x 8 / 2 words; zeros at the edges are left out.
// CHECK-LABEL: func.func private @windows(
// CHECK-NOT: vector.shuffle
// CHECK: scf.for {{.*}} -> (vector<16xf32>,
// CHECK: vector.load %{{.*}} : memref<?xi16>, vector<2xi16>
// CHECK: llvm.call_intrinsic "llvm.x86.avx512bf16.dpbf16ps.512"
func.func private @windows(%x: tensor<1x16x16x8xbf16>, %p: tensor<2x36x32x2xbf16>) -> tensor<1x14x14x64xf32> attributes {kernel.kernel} {
  %w = kernel.unpack %p depth = [0, 1, 2] : tensor<2x36x32x2xbf16> -> tensor<3x3x8x64xbf16>
  %s = nn.windows %x dims = [1, 2] sizes = [3, 3] strides = [1, 1] dilations = [1, 1] {nn.zeros = array<i64: 0, 0, 1, 1, 1, 1, 0, 0>} : tensor<1x16x16x8xbf16>
  %a = nn.cast %s : tensor<1x14x14x3x3x8xbf16> -> tensor<1x14x14x3x3x8xf32>
  %b = nn.cast %w : tensor<3x3x8x64xbf16> -> tensor<3x3x8x64xf32>
  %y = nn.contract %a, %b contracting = [3, 4, 5] x [0, 1, 2] : tensor<1x14x14x3x3x8xf32>, tensor<3x3x8x64xf32>
  return %y : tensor<1x14x14x64xf32>
}

// -----

// Windows of three channels are packed, run by run: 3 x 3 elements, in vectors of 8 and 1.
// CHECK-LABEL: func.func private @odd_windows(
// CHECK: vector.load %{{.*}} : memref<?xi16>, vector<8xi16>
// CHECK: memref.load %{{.*}} : memref<?xi16>
// CHECK: memref.load %{{.*}} : memref<{{.*}}xi32>
// CHECK: llvm.call_intrinsic "llvm.x86.avx512bf16.dpbf16ps.512"
func.func private @odd_windows(%x: tensor<1x16x16x3xbf16>, %w: tensor<3x3x3x64xbf16>) -> tensor<1x14x14x64xf32> attributes {kernel.kernel} {
  %s = nn.windows %x dims = [1, 2] sizes = [3, 3] strides = [1, 1] dilations = [1, 1] : tensor<1x16x16x3xbf16>
  %a = nn.cast %s : tensor<1x14x14x3x3x3xbf16> -> tensor<1x14x14x3x3x3xf32>
  %b = nn.cast %w : tensor<3x3x3x64xbf16> -> tensor<3x3x3x64xf32>
  %y = nn.contract %a, %b contracting = [3, 4, 5] x [0, 1, 2] : tensor<1x14x14x3x3x3xf32>, tensor<3x3x3x64xf32>
  return %y : tensor<1x14x14x64xf32>
}
