// RUN: mlc-opt %s --pack-parameters=vector-bytes=64 | FileCheck %s

nn.parameter @w : tensor<70x8x3x3xf32> init(#nn.zeros)
nn.parameter @v : tensor<2x2x8x40xf32> init(#nn.zeros)
nn.storage @parameters parameter : tensor<6320xf32> {members = [{name = "w", offset = 0 : i64}, {name = "v", offset = 5040 : i64}]}

// The kernel of a convolution is a matrix by the dimensions that are summed over, whatever their order.
// CHECK-LABEL: func.func @predict
// CHECK: kernel.unpack %{{.*}} depth = [2, 3, 1] : tensor<3x72x32xf32> -> tensor<70x8x3x3xf32>
// CHECK: kernel.unpack %{{.*}} depth = [0, 1, 2] : tensor<2x32x32xf32> -> tensor<2x2x8x40xf32>
func.func @predict(%x: tensor<500x3x3x8xf32>, %z: tensor<500x2x2x8xf32>, %p: tensor<6320xf32> {nn.storage = @parameters}) -> (tensor<500x70xf32>, tensor<500x40xf32>) {
  %s = nn.slice %p [0] [5040] [1] : tensor<6320xf32>
  %w = nn.reshape %s : tensor<5040xf32> -> tensor<70x8x3x3xf32>
  %y = nn.contract %x, %w contracting = [1, 2, 3] x [2, 3, 1] : tensor<500x3x3x8xf32>, tensor<70x8x3x3xf32>
  %t = nn.slice %p [5040] [1280] [1] : tensor<6320xf32>
  %v = nn.reshape %t : tensor<1280xf32> -> tensor<2x2x8x40xf32>
  %u = nn.contract %z, %v contracting = [1, 2, 3] x [0, 1, 2] : tensor<500x2x2x8xf32>, tensor<2x2x8x40xf32>
  return %y, %u : tensor<500x70xf32>, tensor<500x40xf32>
}

// CHECK-LABEL: func.func @mlc.refresh
// CHECK-SAME: nn.storage
// CHECK: nn.transpose {{.*}} permutation = [2, 3, 1, 0] : tensor<70x8x3x3xf32>
// CHECK: nn.reshape {{.*}} : tensor<3x3x8x70xf32> -> tensor<72x70xf32>
// CHECK: nn.reshape {{.*}} -> tensor<32x40xf32>
