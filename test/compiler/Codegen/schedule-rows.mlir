// RUN: mlc-opt %s --schedule-kernels="in-parts=true tile-elements=64" | FileCheck %s
// RUN: mlc-opt %s --schedule-kernels | FileCheck %s --check-prefix=DEFAULT
// Which tiles compute which rows: so many tiles, so many rows, then the elements of a row of every input and result.
// Without parts, those of kernels that may update storages.
// DEFAULT: func.func private @flat({{.*}}kernel.rows
// DEFAULT: func.func private @rows(
// DEFAULT-NOT: kernel.rows
// DEFAULT: func.func private @product(

module @m {
  // Runs of elements, of the numbers of which only the scalar is no row.
  // CHECK: func.func private @flat({{.*}}kernel.rows = array<i64: 1, 64, 1, 0, 1>
  func.func private @flat(%x: tensor<1000xf32>, %s: tensor<f32>) -> tensor<1000xf32> attributes {kernel.kernel} {
    %b = nn.broadcast %s dims = [] : tensor<f32> -> tensor<1000xf32>
    %y = nn.mul %x, %b : tensor<1000xf32>
    return %y : tensor<1000xf32>
  }

  // Rows, with what is computed once a row, and a vector along them that all rows read.
  // CHECK: func.func private @rows({{.*}}kernel.rows = array<i64: 1, [[N:[0-9]+]], 256, 0, 1, 256>
  func.func private @rows(%x: tensor<40x256xf32>, %v: tensor<256xf32>) -> (tensor<40xf32>, tensor<40x256xf32>) attributes {kernel.kernel} {
    %b = nn.broadcast %v dims = [1] : tensor<256xf32> -> tensor<40x256xf32>
    %z = nn.add %x, %b : tensor<40x256xf32>
    %m = nn.reduce max %z dims = [1] : tensor<40x256xf32>
    %w = nn.broadcast %m dims = [0] : tensor<40xf32> -> tensor<40x256xf32>
    %y = nn.sub %z, %w : tensor<40x256xf32>
    return %m, %y : tensor<40xf32>, tensor<40x256xf32>
  }

  // Blocks of rows of a product: rows of lhs, but not where they are columns in memory; and no block is all rows.
  // CHECK: func.func private @product({{.*}}kernel.rows = array<i64: {{[0-9]+}}, 96, 64, 0, 256, 256>
  func.func private @product(%a: tensor<768x64xf32>, %b: tensor<64x256xf32>, %c: tensor<768x256xf32>) -> tensor<768x256xf32> attributes {kernel.kernel} {
    %y = nn.contract %a, %b contracting = [1] x [0] : tensor<768x64xf32>, tensor<64x256xf32>
    %z = nn.add %y, %c : tensor<768x256xf32>
    return %z : tensor<768x256xf32>
  }
  // CHECK: func.func private @transposed({{.*}}kernel.rows = array<i64: {{[0-9]+}}, 96, 0, 0, 256>
  func.func private @transposed(%a: tensor<64x768xf32>, %b: tensor<64x256xf32>) -> tensor<768x256xf32> attributes {kernel.kernel} {
    %y = nn.contract %a, %b contracting = [0] x [0] : tensor<64x768xf32>, tensor<64x256xf32>
    return %y : tensor<768x256xf32>
  }

  // Columns are no rows; nor are elements of other positions.
  // CHECK: func.func private @columns(
  // CHECK-NOT: kernel.rows
  func.func private @columns(%x: tensor<40x256xf32>) -> tensor<256xf32> attributes {kernel.kernel} {
    %s = nn.reduce sum %x dims = [0] : tensor<40x256xf32>
    return %s : tensor<256xf32>
  }
  // CHECK: func.func private @reversed({{.*}}kernel.rows = array<i64: 1, 64, 0, 1, 1>
  func.func private @reversed(%x: tensor<1000xf32>, %z: tensor<1000xf32>) -> tensor<1000xf32> attributes {kernel.kernel} {
    %r = nn.reverse %x dims = [0] : tensor<1000xf32>
    %y = nn.mul %r, %z : tensor<1000xf32>
    return %y : tensor<1000xf32>
  }
}
