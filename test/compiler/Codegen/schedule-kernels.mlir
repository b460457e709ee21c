// RUN: mlc-opt %s --schedule-kernels="vector-bytes=64 vector-registers=32" --split-input-file | FileCheck %s

// Elementwise ops are one loop over wide vectors, then single ones, the last masked; the bias is loaded where it is used.
// CHECK-LABEL: func.func private @map(
// CHECK-SAME: kernel.grid = #{{.*}}, kernel.in_place = [array<i64: 0, 0>]
// CHECK: scf.for %[[ROW:.*]] =
// CHECK: %[[X:.*]] = vector.load {{.*}} vector<64xf32>
// CHECK: %[[B:.*]] = vector.load {{.*}} vector<64xf32>
// CHECK: arith.addf %[[X]], %[[B]]
// CHECK: scf.for
// CHECK: %[[MASK:.*]] = vector.create_mask
// CHECK: vector.maskedload {{.*}}, %[[MASK]]
func.func private @map(%x: tensor<?x100xf32> {nn.sizes = affine_map<()[s0] -> (s0, 100)>}, %b: tensor<100xf32>, %n: index)
    -> (tensor<?x100xf32> {nn.sizes = affine_map<()[s0] -> (s0, 100)>}) attributes {kernel.kernel} {
  %rows = nn.broadcast %b [%n] dims = [1] : tensor<100xf32> -> tensor<?x100xf32>
  %y = nn.add %x, %rows : tensor<?x100xf32>
  return %y : tensor<?x100xf32>
}

// -----

// Softmax: a pass for the maximum (beside it a NaN, if there was one); one for the sum, which leaves the exponentials in the result
// and fetches the next row; one that scales them.
// CHECK-LABEL: func.func private @softmax(
// CHECK: scf.for %[[ROW:.*]] =
// CHECK: scf.for {{.*}} iter_args(%{{.*}}, %{{.*}}) -> (vector<64xf32>, vector<64xf32>)
// CHECK: scf.for {{.*}} iter_args(%{{.*}}) -> (vector<64xf32>)
// CHECK: %[[E:.*]] = math.exp %{{.*}} {kernel.non_positive}
// CHECK: vector.store %[[E]]
// CHECK-COUNT-4: memref.prefetch
// CHECK-NOT: math.exp {{.*}} vector<64xf32>
// CHECK: arith.divf {{.*}} vector<64xf32>
// CHECK: vector.store
func.func private @softmax(%x: tensor<?x1000xf32> {nn.sizes = affine_map<()[s0] -> (s0, 1000)>}, %n: index)
    -> (tensor<?x1000xf32> {nn.sizes = affine_map<()[s0] -> (s0, 1000)>}) attributes {kernel.kernel} {
  %m = nn.reduce max %x dims = [1] : tensor<?x1000xf32>
  %mb = nn.broadcast %m [%n] dims = [0] : tensor<?xf32> -> tensor<?x1000xf32>
  %d = nn.sub %x, %mb : tensor<?x1000xf32>
  %e = nn.exp %d : tensor<?x1000xf32>
  %s = nn.reduce sum %e dims = [1] : tensor<?x1000xf32>
  %sb = nn.broadcast %s [%n] dims = [0] : tensor<?xf32> -> tensor<?x1000xf32>
  %y = nn.div %e, %sb : tensor<?x1000xf32>
  return %y : tensor<?x1000xf32>
}

// -----

// The next row is fetched only where it does not displace this one from the first cache.
// CHECK-LABEL: func.func private @long_rows(
// CHECK-NOT: memref.prefetch
func.func private @long_rows(%x: tensor<8x50000xf32>) -> tensor<8xf32> attributes {kernel.kernel} {
  %m = nn.reduce max %x dims = [1] : tensor<8x50000xf32>
  %mb = nn.broadcast %m dims = [0] : tensor<8xf32> -> tensor<8x50000xf32>
  %d = nn.sub %x, %mb : tensor<8x50000xf32>
  %s = nn.reduce sum %d dims = [1] : tensor<8x50000xf32>
  return %s : tensor<8xf32>
}

// -----

// Rows of any length: two share a loop where run time finds both, and the next two, to fit the first cache.
// CHECK-LABEL: func.func private @rows_of_any_length(
// CHECK-SAME: %[[LENGTH:arg[0-9]+]]: index, %[[BEGIN:arg[0-9]+]]: index, %{{arg[0-9]+}}: index, %{{[^:]*}}: memref<?xi8>
// CHECK: %[[FITS:.*]] = arith.cmpi sle, %[[LENGTH]], %c
// CHECK: %[[PAIRED:.*]] = arith.select %[[FITS]], %{{.*}}, %[[BEGIN]]
// CHECK: scf.for {{.*}} = %[[BEGIN]] to %[[PAIRED]] step %c2
// CHECK: arith.select %[[FITS]], %{{.*}}, %c0
// CHECK: memref.prefetch
// CHECK: scf.for {{.*}} = %[[PAIRED]] to %{{.*}} step %c1
// CHECK: memref.prefetch
func.func private @rows_of_any_length(%x: tensor<8x?xf32> {nn.sizes = affine_map<()[s0] -> (8, s0)>}, %n: index)
    -> tensor<8xf32> attributes {kernel.kernel} {
  %m = nn.reduce max %x dims = [1] : tensor<8x?xf32>
  %mb = nn.broadcast %m [%n] dims = [0] : tensor<8xf32> -> tensor<8x?xf32>
  %d = nn.sub %x, %mb : tensor<8x?xf32>
  %s = nn.reduce sum %d dims = [1] : tensor<8x?xf32>
  return %s : tensor<8xf32>
}

// -----

// Short rows: four share a loop, two vectors of each at once, which fit the row, so that their sums do not wait; then what is
// left, row by row.
// CHECK-LABEL: func.func private @short_rows(
// CHECK: scf.for {{.*}} step %c4
// CHECK: scf.for {{.*}} step %c32 iter_args({{.*}}) -> (vector<32xf32>, vector<32xf32>, vector<32xf32>, vector<32xf32>)
// CHECK: scf.for {{.*}} step %c1
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<32xf32>)
func.func private @short_rows(%x: tensor<?x96xf32> {nn.sizes = affine_map<()[s0] -> (s0, 96)>}, %n: index)
    -> (tensor<?xf32> {nn.sizes = affine_map<()[s0] -> (s0)>}) attributes {kernel.kernel} {
  %s = nn.reduce sum %x dims = [1] : tensor<?x96xf32>
  return %s : tensor<?xf32>
}

// -----

// Sums over rows keep vectors of columns, as many as fill half the registers; both sums share one loop, and nothing is read twice.
// CHECK-LABEL: func.func private @columns(
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<128xf32>, vector<128xf32>)
// CHECK-COUNT-2: vector.load
// CHECK-NOT: vector.load
// CHECK: scf.yield
func.func private @columns(%x: tensor<100x256xf32>, %z: tensor<100x256xf32>) -> (tensor<256xf32>, tensor<256xf32>)
    attributes {kernel.kernel} {
  %p = nn.mul %x, %z : tensor<100x256xf32>
  %s = nn.reduce sum %p dims = [0] : tensor<100x256xf32>
  %t = nn.reduce sum %x dims = [0] : tensor<100x256xf32>
  return %s, %t : tensor<256xf32>, tensor<256xf32>
}

// -----

// Products may fuse with the additions around them; those of 16-bit floats are rounded in between.
// CHECK-LABEL: func.func private @multiply_add(
// CHECK: arith.mulf {{.*}} fastmath<contract> : vector
// CHECK: arith.addf {{.*}} fastmath<contract> : vector
func.func private @multiply_add(%x: tensor<64xf32>, %y: tensor<64xf32>) -> tensor<64xf32> attributes {kernel.kernel} {
  %p = nn.mul %x, %y : tensor<64xf32>
  %s = nn.add %p, %x : tensor<64xf32>
  return %s : tensor<64xf32>
}

// -----

// A reduction along no dimension.
// CHECK-LABEL: func.func private @along_nothing(
// CHECK: memref.store
func.func private @along_nothing(%x: tensor<f32>) -> tensor<f32> attributes {kernel.kernel} {
  %p = nn.mul %x, %x : tensor<f32>
  %s = nn.reduce sum %p dims = [] : tensor<f32>
  return %s : tensor<f32>
}
