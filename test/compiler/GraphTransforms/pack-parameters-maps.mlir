// RUN: mlc-opt %s --pack-parameters=vector-bytes=64 | FileCheck %s

nn.parameter @w : tensor<3x8x40xf32> init(#nn.zeros)
nn.storage @parameters parameter : tensor<960xf32> {members = [{name = "w", offset = 0 : i64}]}

nn.parameter @v : tensor<240x40xf32> init(#nn.zeros)
nn.storage @others parameter : tensor<9600xf32> {members = [{name = "v", offset = 0 : i64}]}

// What is computed of a weight alone is packed where the weight changes, once for all entries; a batch of matrices, each in panels
// of its own.
// CHECK-LABEL: func.func @predict
// CHECK-SAME: tensor<4x2x8x32xf32> {nn.storage = @packed}
// CHECK-NOT: nn.transform_tiles
// CHECK: kernel.unpack %{{.*}} depth = [1] batch_dims = 1 : tensor<4x2x8x32xf32> -> tensor<4x8x40xf32>
// CHECK-LABEL: func.func @again
// CHECK-SAME: tensor<4x2x8x32xf32> {nn.storage = @packed}
func.func @predict(%x: tensor<4x100x8xf32>, %p: tensor<960xf32> {nn.storage = @parameters}) -> tensor<4x100x40xf32> {
  %w = nn.reshape %p : tensor<960xf32> -> tensor<1x3x320xf32>
  %t = nn.transform_tiles %w matrices = [dense<2.0> : tensor<4x3xf64>] strides = [1] low = [0] tiles = [1] : tensor<1x3x320xf32>
  %m = nn.reshape %t : tensor<4x1x1x320xf32> -> tensor<4x8x40xf32>
  %y = nn.contract %x, %m batch = [0] x [0] contracting = [2] x [1] : tensor<4x100x8xf32>, tensor<4x8x40xf32>
  return %y : tensor<4x100x40xf32>
}
func.func @again(%x: tensor<4x200x8xf32>, %p: tensor<960xf32> {nn.storage = @parameters}) -> tensor<4x200x40xf32> {
  %w = nn.reshape %p : tensor<960xf32> -> tensor<1x3x320xf32>
  %t = nn.transform_tiles %w matrices = [dense<2.0> : tensor<4x3xf64>] strides = [1] low = [0] tiles = [1] : tensor<1x3x320xf32>
  %m = nn.reshape %t : tensor<4x1x1x320xf32> -> tensor<4x8x40xf32>
  %y = nn.contract %x, %m batch = [0] x [0] contracting = [2] x [1] : tensor<4x200x8xf32>, tensor<4x8x40xf32>
  return %y : tensor<4x200x40xf32>
}

// Not copies, which take no memory where they are made.
// CHECK-LABEL: func.func @copies
// CHECK-NOT: kernel.unpack
func.func @copies(%x: tensor<4x100x240xf32>, %p: tensor<9600xf32> {nn.storage = @others}) -> tensor<4x100x40xf32> {
  %w = nn.reshape %p : tensor<9600xf32> -> tensor<240x40xf32>
  %m = nn.broadcast %w dims = [1, 2] : tensor<240x40xf32> -> tensor<4x240x40xf32>
  %y = nn.contract %x, %m batch = [0] x [0] contracting = [2] x [1] : tensor<4x100x240xf32>, tensor<4x240x40xf32>
  return %y : tensor<4x100x40xf32>
}

// CHECK-LABEL: func.func @mlc.refresh
// CHECK: nn.transform_tiles
// CHECK: nn.transpose {{.*}} permutation = [0, 2, 1, 3]
// CHECK: nn.storage @packed packed : tensor<4x2x8x32xf32>{{$}}
