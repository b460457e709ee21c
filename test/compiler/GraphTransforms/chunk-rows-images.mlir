// RUN: mlc-opt %s --decompose-composites --canonicalize --chunk-rows=image-bytes=32768 --split-input-file | FileCheck %s

// Between a batch of images and what is small again two images at a time; copies of what all images share are made inside, kernels
// are as they were.
// CHECK-LABEL: func.func @network(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<8x16x16x4xf32>, %[[W:[a-z0-9]+]]: tensor<3x3x4x16xf32>
// CHECK: %[[CHUNKS:.*]] = nn.reshape %[[X]] : tensor<8x16x16x4xf32> -> tensor<4x2x16x16x4xf32>
// CHECK: %[[R:.*]] = nn.scan () over (%[[C:.*]] = %[[CHUNKS]]) trips = 4
// CHECK: nn.pad %[[C]]
// CHECK: nn.contract %{{.*}}, %[[W]] {{.*}} : tensor<2x16x16x3x3x4xf32>, tensor<3x3x4x16xf32>
// CHECK: nn.broadcast %{{.*}} dims = [3] : tensor<16xf32> -> tensor<2x16x16x16xf32>
// CHECK: nn.reduce max
// CHECK: nn.yield %{{.*}} : tensor<2x4x4x16xf32>
// CHECK: nn.reshape %[[R]] : tensor<4x2x4x4x16xf32> -> tensor<8x4x4x16xf32>
// CHECK-NOT: nn.scan
// CHECK: return
func.func @network(%x: tensor<8x16x16x4xf32>, %w: tensor<3x3x4x16xf32>, %b: tensor<16xf32>, %v: tensor<3x3x16x8xf32>) -> tensor<8x4x4x8xf32> {
  %y = nn.conv %x, %w, %b padding = 1 layout = nhwc kernel_layout = hwio : tensor<8x16x16x4xf32>, tensor<3x3x4x16xf32>, tensor<16xf32>
  %r = nn.relu %y : tensor<8x16x16x16xf32>
  %p = nn.max_pool %r window = 4 layout = nhwc : tensor<8x16x16x16xf32>
  %z = nn.conv %p, %v padding = 1 layout = nhwc kernel_layout = hwio : tensor<8x4x4x16xf32>, tensor<3x3x16x8xf32>
  return %z : tensor<8x4x4x8xf32>
}

// -----

// Tiles have their images behind their points.
// CHECK-LABEL: func.func @tiles(
// CHECK: nn.scan () over ({{.*}}) trips = 8
// CHECK: nn.transform_tiles {{.*}} tiles = [4, 4] : tensor<1x16x16x16xf32>
// CHECK: nn.contract {{.*}} : tensor<6x6x1x4x4x16xf32>, tensor<6x6x16x16xf32>
// CHECK: nn.join_tiles {{.*}} : tensor<6x6x1x4x4x16xf32>
func.func @tiles(%x: tensor<8x16x16x2xf32>, %u: tensor<1x1x2x16xf32>, %w: tensor<3x3x16x16xf32>) -> tensor<8x4x4x16xf32> {
  %a = nn.conv %x, %u layout = nhwc kernel_layout = hwio : tensor<8x16x16x2xf32>, tensor<1x1x2x16xf32>
  %y = nn.conv %a, %w padding = 1 layout = nhwc kernel_layout = hwio {nn.winograd = "always"} : tensor<8x16x16x16xf32>, tensor<3x3x16x16xf32>
  %p = nn.max_pool %y window = 4 layout = nhwc : tensor<8x16x16x16xf32>
  return %p : tensor<8x4x4x16xf32>
}

// -----

// Not where something large goes out, or images are needed together.
// CHECK-NOT: nn.scan
func.func @large(%x: tensor<8x16x16x4xf32>, %w: tensor<3x3x4x16xf32>) -> tensor<8x16x16x16xf32> {
  %y = nn.conv %x, %w padding = 1 layout = nhwc kernel_layout = hwio : tensor<8x16x16x4xf32>, tensor<3x3x4x16xf32>
  return %y : tensor<8x16x16x16xf32>
}
func.func @statistics(%x: tensor<8x16x16x4xf32>, %w: tensor<3x3x4x16xf32>) -> tensor<8x4x4x16xf32> {
  %y = nn.conv %x, %w padding = 1 layout = nhwc kernel_layout = hwio : tensor<8x16x16x4xf32>, tensor<3x3x4x16xf32>
  %m = nn.reduce max %y dims = [0, 1, 2] : tensor<8x16x16x16xf32>
  %all = nn.broadcast %m dims = [3] : tensor<16xf32> -> tensor<8x16x16x16xf32>
  %d = nn.sub %y, %all : tensor<8x16x16x16xf32>
  %p = nn.max_pool %d window = 4 layout = nhwc : tensor<8x16x16x16xf32>
  return %p : tensor<8x4x4x16xf32>
}
