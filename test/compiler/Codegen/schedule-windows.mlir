// RUN: mlc-opt %s --schedule-kernels="vector-bytes=32 vector-registers=16 explain=true" --split-input-file | FileCheck %s

// Windows that see no padding do not ask for it, neither along rows nor along the columns between the first tile and the last, and
// neighbours read what they share once: 3 rows of 9 elements for 7 positions, and 9 of the kernel.
// CHECK-LABEL: func.func private @depthwise(
// CHECK-SAME: windows of 9 taps: tiles of 7 positions and 1 vectors
// CHECK: scf.if
// CHECK-NOT: arith.select
// CHECK: scf.for
// CHECK-COUNT-36: vector.load
// CHECK-NOT: vector.load
// CHECK-COUNT-7: vector.store
// CHECK: }
// CHECK: } else {
// CHECK: arith.select
func.func private @depthwise(%x: tensor<2x28x28x8xf32>, %w: tensor<3x3x8xf32>) -> tensor<2x28x28x8xf32> attributes {kernel.kernel} {
  %zero = nn.constant dense<0.0> : tensor<f32>
  %padded = nn.pad %x, %zero low = [0, 1, 1, 0] high = [0, 1, 1, 0] interior = [0, 0, 0, 0] : tensor<2x28x28x8xf32>, tensor<f32>
  %seen = nn.windows %padded dims = [1, 2] sizes = [3, 3] : tensor<2x30x30x8xf32>
  %all = nn.broadcast %w dims = [3, 4, 5] : tensor<3x3x8xf32> -> tensor<2x28x28x3x3x8xf32>
  %products = nn.mul %seen, %all : tensor<2x28x28x3x3x8xf32>
  %y = nn.reduce sum %products dims = [3, 4] : tensor<2x28x28x3x3x8xf32>
  return %y : tensor<2x28x28x8xf32>
}

// -----

// Many taps are a loop over their rows, each a sum of its own; channels are blocks so that the kernel stays in the first cache.
// CHECK-LABEL: func.func private @large(
// CHECK-SAME: windows of 121 taps: tiles of 6 positions and 1 vectors
// CHECK: scf.for %{{.*}} = %c0 to %c11 step %c1 iter_args
func.func private @large(%x: tensor<1x22x22x64xf32>, %w: tensor<11x11x64xf32>) -> tensor<1x12x12x64xf32> attributes {kernel.kernel} {
  %seen = nn.windows %x dims = [1, 2] sizes = [11, 11] : tensor<1x22x22x64xf32>
  %all = nn.broadcast %w dims = [3, 4, 5] : tensor<11x11x64xf32> -> tensor<1x12x12x11x11x64xf32>
  %products = nn.mul %seen, %all : tensor<1x12x12x11x11x64xf32>
  %y = nn.reduce sum %products dims = [3, 4] : tensor<1x12x12x11x11x64xf32>
  return %y : tensor<1x12x12x64xf32>
}

// -----

// What windows see may be copied along dimensions between; neighbours that differ in those share it. Several reductions of the same
// windows are one loop, and count positions in 32 bits.
// CHECK-LABEL: func.func private @phases(
// CHECK-SAME: windows of 4 taps: tiles of 8 positions and 1 vectors
// CHECK-NOT: iter_args
// CHECK-COUNT-8: vector.store
func.func private @phases(%x: tensor<1x9x9x8xf32>, %w: tensor<2x2x2xf32>) -> tensor<1x8x8x2x8xf32> attributes {kernel.kernel} {
  %seen = nn.windows %x dims = [1, 2] sizes = [2, 2] : tensor<1x9x9x8xf32>
  %twice = nn.broadcast %seen dims = [0, 1, 2, 4, 5, 6] : tensor<1x8x8x2x2x8xf32> -> tensor<1x8x8x2x2x2x8xf32>
  %all = nn.broadcast %w dims = [3, 4, 5] : tensor<2x2x2xf32> -> tensor<1x8x8x2x2x2x8xf32>
  %products = nn.mul %twice, %all : tensor<1x8x8x2x2x2x8xf32>
  %y = nn.reduce sum %products dims = [4, 5] : tensor<1x8x8x2x2x2x8xf32>
  return %y : tensor<1x8x8x2x8xf32>
}

// -----

// CHECK-LABEL: func.func private @largest(
// CHECK-SAME: windows of 4 taps: tiles of 2 positions and 1 vectors
// CHECK-NOT: iter_args
// CHECK: arith.extsi %{{.*}} : vector<4xi32> to vector<4xi64>
func.func private @largest(%x: tensor<1x9x9x8xf32>) -> (tensor<1x8x8x8xf32>, tensor<1x8x8x8xi64>) attributes {kernel.kernel} {
  %seen = nn.windows %x dims = [1, 2] sizes = [2, 2] : tensor<1x9x9x8xf32>
  %y = nn.reduce max %seen dims = [3, 4] : tensor<1x8x8x2x2x8xf32>
  %at = nn.argmax %seen dims = [3, 4] : tensor<1x8x8x2x2x8xf32>
  return %y, %at : tensor<1x8x8x8xf32>, tensor<1x8x8x8xi64>
}

// -----

// Taps that are kept have sums of their own, in registers over a row of positions that is read once for all of them.
// CHECK-LABEL: func.func private @by_kernel(
// CHECK-SAME: sums of 9 taps: rows of 28 positions, 9 taps and 1 vectors at once
// CHECK: scf.if
// CHECK: scf.for {{.*}} iter_args
// CHECK-COUNT-22: vector.load
// CHECK-NOT: vector.load
// CHECK: scf.yield
func.func private @by_kernel(%x: tensor<2x28x28x8xf32>, %dy: tensor<2x28x28x8xf32>) -> tensor<3x3x8xf32> attributes {kernel.kernel} {
  %zero = nn.constant dense<0.0> : tensor<f32>
  %padded = nn.pad %x, %zero low = [0, 1, 1, 0] high = [0, 1, 1, 0] interior = [0, 0, 0, 0] : tensor<2x28x28x8xf32>, tensor<f32>
  %seen = nn.windows %padded dims = [1, 2] sizes = [3, 3] : tensor<2x30x30x8xf32>
  %all = nn.broadcast %dy dims = [0, 1, 2, 5] : tensor<2x28x28x8xf32> -> tensor<2x28x28x3x3x8xf32>
  %products = nn.mul %seen, %all : tensor<2x28x28x3x3x8xf32>
  %y = nn.reduce sum %products dims = [0, 1, 2] : tensor<2x28x28x3x3x8xf32>
  return %y : tensor<3x3x8xf32>
}

// -----

// Of no neighbours there is nothing to share.
// CHECK-LABEL: func.func private @nothing(
// CHECK-SAME: schedule = ["reduction
func.func private @nothing(%x: tensor<1x9x9x8xf32>) -> tensor<1x8x8x0x8xf32> attributes {kernel.kernel} {
  %seen = nn.windows %x dims = [1, 2] sizes = [2, 2] : tensor<1x9x9x8xf32>
  %none = nn.broadcast %seen dims = [0, 1, 2, 4, 5, 6] : tensor<1x8x8x2x2x8xf32> -> tensor<1x8x8x0x2x2x8xf32>
  %y = nn.reduce sum %none dims = [4, 5] : tensor<1x8x8x0x2x2x8xf32>
  return %y : tensor<1x8x8x0x8xf32>
}
