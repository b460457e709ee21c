// RUN: mlc-opt %s --schedule-kernels="vector-bytes=64 vector-registers=32" --split-input-file | FileCheck %s
// RUN: mlc-opt %s --schedule-kernels="vector-bytes=32 vector-registers=16" --split-input-file | FileCheck %s --check-prefix=AVX2

// 12 x 32 sums live in registers, beside them the step's offset in rhs; a row of lhs is read element by element, rhs in place; the
// bias is added per block.
// CHECK-LABEL: func.func private @dense(
// CHECK: %[[SUMS:.*]]:25 = scf.for {{.*}} iter_args(
// CHECK: vector.load %{{.*}} : memref<?xf32>, vector<16xf32>
// CHECK: memref.load
// CHECK: vector.broadcast
// CHECK: arith.mulf %{{.*}}, %{{.*}} fastmath<contract> : vector<16xf32>
// CHECK: arith.addf %{{.*}}, %{{.*}} fastmath<contract> : vector<16xf32>
// CHECK: vector.store %[[SUMS]]#0
// The rows that are left go by fours, twos and one.
// CHECK: scf.for {{.*}} iter_args(
// AVX2-LABEL: func.func private @dense(
// AVX2: :13 = scf.for {{.*}} iter_args(
// AVX2: vector<8xf32>
func.func private @dense(%x: tensor<?x784xf32> {nn.sizes = affine_map<()[s0] -> (s0, 784)>}, %w: tensor<784x256xf32>,
    %b: tensor<256xf32>, %n: index) -> (tensor<?x256xf32> {nn.sizes = affine_map<()[s0] -> (s0, 256)>}) attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [1] x [0] : tensor<?x784xf32>, tensor<784x256xf32>
  %bb = nn.broadcast %b [%n] dims = [1] : tensor<256xf32> -> tensor<?x256xf32>
  %y = nn.add %p, %bb : tensor<?x256xf32>
  return %y : tensor<?x256xf32>
}

// -----

// rhs is contiguous along the depth: squares of it are transposed in registers into a panel in scratch.
// CHECK-LABEL: func.func private @transposed(
// CHECK: memref.view {{.*}} to memref<{{[1-9][0-9]*}}xf32>
// CHECK: vector.shuffle
func.func private @transposed(%x: tensor<128x256xf32>, %w: tensor<784x256xf32>) -> tensor<128x784xf32> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [1] x [1] : tensor<128x256xf32>, tensor<784x256xf32>
  return %p : tensor<128x784xf32>
}

// -----

// One row: eight rows of rhs are scaled and added to the sums at once.
// AVX2-LABEL: func.func private @row(
// AVX2: scf.for {{.*}} step %c8
// AVX2-COUNT-8: memref.load
// AVX2: scf.for
// AVX2: %[[SUM:.*]] = vector.load %[[SUMS:.*]][
// AVX2-COUNT-8: arith.addf
// AVX2: vector.store %{{.*}}, %[[SUMS]][
func.func private @row(%x: tensor<1x768xf32>, %w: tensor<768x512xf32>) -> tensor<1x512xf32> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [1] x [0] : tensor<1x768xf32>, tensor<768x512xf32>
  return %p : tensor<1x512xf32>
}

// -----

// Two rows and columns that are contiguous along the depth: 2 x 4 dot products at once.
// AVX2-LABEL: func.func private @dots(
// AVX2: :8 = scf.for {{.*}} iter_args(
// AVX2: arith.addf {{.*}} : vector<8xf32>
func.func private @dots(%x: tensor<2x768xf32>, %w: tensor<512x768xf32>) -> tensor<2x512xf32> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [1] x [1] : tensor<2x768xf32>, tensor<512x768xf32>
  return %p : tensor<2x512xf32>
}

// -----

// Ten columns are a vector and two lanes: without mask registers their store is one of two lanes.
// CHECK-LABEL: func.func private @narrow(
// CHECK: vector.maskedstore
// AVX2-LABEL: func.func private @narrow(
// AVX2-NOT: vector.maskedstore
// AVX2: vector.store {{.*}} vector<2xf32>
func.func private @narrow(%x: tensor<128x5xf32>, %w: tensor<5x10xf32>) -> tensor<128x10xf32> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [1] x [0] : tensor<128x5xf32>, tensor<5x10xf32>
  return %p : tensor<128x10xf32>
}

// -----

// Rows of lhs 4 KiB apart meet in one set of L1: a tile has as many as there are ways, and columns for three vectors. A step fetches a
// line of the next piece of rhs, which is larger than L2.
// CHECK-LABEL: func.func private @conflicts(
// CHECK: :26 = scf.for {{.*}} iter_args(
// CHECK-COUNT-3: vector.load %{{.*}} : memref<{{.*}}xf32>, vector<16xf32>
// CHECK-COUNT-1: memref.prefetch %{{.*}}, read, locality<2>
// CHECK-COUNT-8: memref.load
// CHECK-NOT: memref.load
// CHECK: scf.yield
func.func private @conflicts(%x: tensor<256x1024xf32>, %w: tensor<1024x768xf32>) -> tensor<256x768xf32> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [1] x [0] : tensor<256x1024xf32>, tensor<1024x768xf32>
  return %p : tensor<256x768xf32>
}

// -----

// lhs contiguous along the rows: 24 sums a step wait for no line, and the next tile's is fetched; 12 sums do not, and lhs is packed.
// CHECK-LABEL: func.func private @strided(
// CHECK: :26 = scf.for {{.*}} iter_args(
// CHECK: memref.prefetch %[[LHS:.*]][%{{.*}}], read, locality<2>
// CHECK: memref.load %[[LHS]][
// AVX2-LABEL: func.func private @strided(
// AVX2: vector.store %{{.*}}, %[[PANELS:.*]][%{{.*}}] : memref<{{[0-9]+}}xf32>, vector<8xf32>
// AVX2: :14 = scf.for {{.*}} iter_args(
// AVX2: memref.load %{{.*}} : memref<{{[0-9]+}}xf32>
func.func private @strided(%x: tensor<128x784xf32>, %w: tensor<128x192xf32>) -> tensor<784x192xf32> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [0] x [0] : tensor<128x784xf32>, tensor<128x192xf32>
  return %p : tensor<784x192xf32>
}

// -----

// The last 4 of 100 columns: transposed beside one another along the depth, then dot products of 4 rows with the 4 columns, 6 whole
// vectors and one of 4 lanes; the sums of their lanes are a vector of 16. On AVX2 they are half a vector: as other columns.
// CHECK-LABEL: func.func private @tail(
// CHECK: vector.load %{{.*}} : memref<?xf32>, vector<4xf32>
// CHECK: vector.store %{{.*}}, %[[TAIL:.*]][%{{.*}}] : memref<{{[0-9]+}}xf32>, vector<4xf32>
// CHECK: %[[DOTS:.*]]:16 = scf.for {{.*}} iter_args(
// CHECK: vector.load %[[TAIL]][%{{.*}}] : memref<{{[0-9]+}}xf32>, vector<16xf32>
// CHECK: vector.maskedload
// CHECK: vector.shuffle
// CHECK: vector.extract_strided_slice %{{.*}} {offsets = [12], sizes = [4], strides = [1]} : vector<16xf32> to vector<4xf32>
// AVX2-LABEL: func.func private @tail(
// AVX2-NOT: vector.shuffle
// AVX2: return
func.func private @tail(%x: tensor<120x100xf32>, %w: tensor<100x100xf32>) -> tensor<120x100xf32> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [1] x [0] : tensor<120x100xf32>, tensor<100x100xf32>
  return %p : tensor<120x100xf32>
}

// -----

// The last column is contiguous along the depth: its dot products with 8 rows read it where it lies.
// CHECK-LABEL: func.func private @tail_in_place(
// CHECK: %[[X:.*]] = builtin.unrealized_conversion_cast %arg0
// CHECK: %[[W:.*]] = builtin.unrealized_conversion_cast %arg1
// CHECK: :8 = scf.for {{.*}} iter_args(
// CHECK-NOT: scf.yield
// CHECK: vector.load %[[W]][
// CHECK-COUNT-8: vector.load %[[X]][
func.func private @tail_in_place(%x: tensor<20x64xf32>, %w: tensor<33x64xf32>) -> tensor<20x33xf32> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [1] x [1] : tensor<20x64xf32>, tensor<33x64xf32>
  return %p : tensor<20x33xf32>
}

// -----

// Half a vector of columns at most: whole vectors along the depth, of two rows at once.
// CHECK-LABEL: func.func private @few_columns(
// CHECK: :16 = scf.for {{.*}} iter_args(
// CHECK-COUNT-10: vector.load %{{.*}} vector<16xf32>
// CHECK-NOT: vector.load
// CHECK: scf.yield
// CHECK: vector.extract_strided_slice %{{.*}} {offsets = [8], sizes = [8], strides = [1]} : vector<16xf32> to vector<8xf32>
func.func private @few_columns(%x: tensor<128x256xf32>, %w: tensor<256x7xf32>) -> tensor<128x7xf32> attributes {kernel.kernel} {
  %p = nn.contract %x, %w contracting = [1] x [0] : tensor<128x256xf32>, tensor<256x7xf32>
  return %p : tensor<128x7xf32>
}

// -----

// A kernel that lies along the outputs is packed in squares of registers: the view of a kernel that is turned round starts at its last
// tap.
// CHECK-LABEL: func.func private @turned_round(
// CHECK-DAG: %c-{{[0-9]+}} = arith.constant
// CHECK: vector.shuffle
func.func private @turned_round(%x: tensor<2x10x10x64xf32>, %w: tensor<3x3x64x64xf32>) -> tensor<2x8x8x64xf32> attributes {kernel.kernel} {
  %seen = nn.windows %x dims = [1, 2] sizes = [3, 3] : tensor<2x10x10x64xf32>
  %turned = nn.reverse %w dims = [0, 1] : tensor<3x3x64x64xf32>
  %y = nn.contract %seen, %turned contracting = [3, 4, 5] x [0, 1, 3] : tensor<2x8x8x3x3x64xf32>, tensor<3x3x64x64xf32>
  return %y : tensor<2x8x8x64xf32>
}

// -----

// Zeros that windows see beyond the edges of an image are not multiplied: rows of taps above and below are runs of no elements, and the
// tiles at the ends of a row have fewer rows in the first and the last tap. The gradient of the kernel leaves out the same: rows of
// positions, and the ends of what is left of those.
// CHECK-LABEL: func.func private @forward(
// CHECK: arith.select %{{.*}}, %c192, %c0 : index
// CHECK: :20 = scf.for
// CHECK: :22 = scf.for
// CHECK: :20 = scf.for
// CHECK-LABEL: func.func private @by_kernel(
// CHECK: %[[WHOLE:.*]] = arith.select %{{.*}}, %c10, %c0 : index
// CHECK: %[[HIGH:.*]] = arith.minsi %{{.*}}, %[[WHOLE]]
// CHECK: arith.subi %[[HIGH]], %[[LOW:.*]] : index
// CHECK: scf.for
func.func private @forward(%x: tensor<2x12x12x64xf32>, %w: tensor<3x3x64x64xf32>) -> tensor<2x10x10x64xf32> attributes {kernel.kernel} {
  %seen = nn.windows %x dims = [1, 2] sizes = [3, 3] {nn.zeros = array<i64: 0, 0, 1, 1, 1, 1, 0, 0>} : tensor<2x12x12x64xf32>
  %y = nn.contract %seen, %w contracting = [3, 4, 5] x [0, 1, 2] : tensor<2x10x10x3x3x64xf32>, tensor<3x3x64x64xf32>
  return %y : tensor<2x10x10x64xf32>
}
func.func private @by_kernel(%x: tensor<2x12x12x64xf32>, %dy: tensor<2x10x10x64xf32>) -> tensor<3x3x64x64xf32> attributes {kernel.kernel} {
  %seen = nn.windows %x dims = [1, 2] sizes = [3, 3] {nn.zeros = array<i64: 0, 0, 1, 1, 1, 1, 0, 0>} : tensor<2x12x12x64xf32>
  %y = nn.contract %seen, %dy contracting = [0, 1, 2] x [0, 1, 2] : tensor<2x10x10x3x3x64xf32>, tensor<2x10x10x64xf32>
  return %y : tensor<3x3x64x64xf32>
}
