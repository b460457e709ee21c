// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --decompose-composites | FileCheck %s --check-prefix=PARTS

// CHECK-LABEL: func.func @conv
// PARTS-LABEL: func.func @conv
func.func @conv(%x: tensor<?x32x32x3xf32>, %w: tensor<16x3x3x3xf32>, %b: tensor<16xf32>) -> tensor<?x16x16x16xf32> {
  // CHECK: nn.conv %{{.*}}, %{{.*}}, %{{.*}} strides = [2, 2] padding = [1] layout = "nhwc" : tensor<?x32x32x3xf32>, tensor<16x3x3x3xf32>, tensor<16xf32>
  // PARTS: %[[INSIDE:.*]] = nn.pad %{{.*}} low = [0, 1, 1, 0] high = [0, 1, 1, 0]
  // PARTS: %[[SEEN:.*]] = nn.windows %[[INSIDE]] dims = [1, 2] sizes = [3, 3] strides = [2, 2]
  // PARTS: %[[KERNEL:.*]] = nn.transpose {{.*}} permutation = [2, 3, 1, 0]
  // PARTS: nn.contract %[[SEEN]], %[[KERNEL]] contracting = [3, 4, 5] x [0, 1, 2]
  // PARTS: nn.add
  %y = nn.conv %x, %w, %b layout = nhwc padding = 1 strides = [2, 2] : tensor<?x32x32x3xf32>, tensor<16x3x3x3xf32>, tensor<16xf32>
  return %y : tensor<?x16x16x16xf32>
}

// One position, one element: the product of a matrix.
// PARTS-LABEL: func.func @pointwise
// PARTS-NOT: nn.windows
// PARTS: nn.contract {{.*}} contracting = [3] x [0] : tensor<2x5x5x8xf32>, tensor<8x4xf32>
func.func @pointwise(%x: tensor<2x8x5x5xf32>, %w: tensor<4x8x1x1xf32>) -> tensor<2x4x5x5xf32> {
  %y = nn.conv %x, %w : tensor<2x8x5x5xf32>, tensor<4x8x1x1xf32>
  return %y : tensor<2x4x5x5xf32>
}

// Channels that see themselves alone: a reduction.
// PARTS-LABEL: func.func @depthwise
// PARTS-NOT: nn.contract
// PARTS: nn.reduce sum {{.*}} dims = [3, 4] : tensor<2x5x5x3x3x8xf32>
func.func @depthwise(%x: tensor<2x8x5x5xf32>, %w: tensor<8x1x3x3xf32>) -> tensor<2x8x5x5xf32> {
  %y = nn.conv %x, %w same groups = 8 : tensor<2x8x5x5xf32>, tensor<8x1x3x3xf32>
  return %y : tensor<2x8x5x5xf32>
}

// No product is with a zero between the elements of x: each of four phases has its taps.
// PARTS-LABEL: func.func @transposed
// PARTS-COUNT-4: nn.contract
// PARTS-NOT: nn.contract
func.func @transposed(%x: tensor<2x8x5x5xf32>, %w: tensor<8x4x3x3xf32>) -> tensor<2x4x10x10xf32> {
  // CHECK: nn.conv_transpose %{{.*}}, %{{.*}} strides = [2] padding = [1] output_padding = [1]
  %y = nn.conv_transpose %x, %w strides = 2 padding = 1 output_padding = 1 : tensor<2x8x5x5xf32>, tensor<8x4x3x3xf32>
  return %y : tensor<2x4x10x10xf32>
}

// Many products of short kernels are fewer in tiles; the attribute has the last word.
// PARTS-LABEL: func.func @tiles
// PARTS: %[[SEEN:.*]] = nn.transform_tiles {{.*}} strides = [4, 4] low = [1, 1] tiles = [14, 14] : tensor<1x56x56x64xf32>
// PARTS: %[[KERNEL:.*]] = nn.transform_tiles {{.*}} strides = [1, 1] low = [0, 0] tiles = [1, 1] : tensor<1x3x3x4096xf32>
// PARTS: nn.contract %[[SEEN]], {{.*}} batch = [0, 1] x [0, 1] contracting = [5] x [2] : tensor<6x6x1x14x14x64xf32>, tensor<6x6x64x64xf32>
// PARTS: nn.join_tiles {{.*}} strides = [4, 4] low = [0, 0] sizes = [56, 56]
// PARTS: nn.windows
func.func @tiles(%x: tensor<1x64x56x56xf32>, %w: tensor<64x64x3x3xf32>) -> tensor<1x64x56x56xf32> {
  %y = nn.conv %x, %w padding = 1 : tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>
  %z = nn.conv %y, %w padding = 1 {nn.winograd = "never"} : tensor<1x64x56x56xf32>, tensor<64x64x3x3xf32>
  return %z : tensor<1x64x56x56xf32>
}

// PARTS-LABEL: func.func @few
// PARTS-NOT: nn.transform_tiles
// PARTS: nn.windows
// PARTS: nn.transform_tiles {{.*}} low = [1] tiles = [4]
func.func @few(%x: tensor<1x8x14xf32>, %w: tensor<8x8x3xf32>) -> tensor<1x8x14xf32> {
  %y = nn.conv %x, %w padding = 1 : tensor<1x8x14xf32>, tensor<8x8x3xf32>
  %z = nn.conv %y, %w padding = 1 {nn.winograd = "always"} : tensor<1x8x14xf32>, tensor<8x8x3xf32>
  return %z : tensor<1x8x14xf32>
}
