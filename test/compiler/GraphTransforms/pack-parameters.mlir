// RUN: mlc-opt %s --pack-parameters=vector-bytes=64 | FileCheck %s

nn.parameter @w : tensor<8x70xf32> init(#nn.zeros)
nn.parameter @v : tensor<20x8xf32> init(#nn.zeros)
nn.storage @parameters parameter : tensor<720xf32> {members = [{name = "w", offset = 0 : i64}, {name = "v", offset = 560 : i64}]}

// CHECK-LABEL: func.func @predict
// CHECK-SAME: tensor<3x8x32xf32> {nn.storage = @packed}, %{{.*}}: tensor<1x8x32xf32> {nn.storage = @packed_0}
// CHECK: %[[W:.*]] = kernel.unpack %{{.*}} depth = [0] : tensor<3x8x32xf32> -> tensor<8x70xf32>
// CHECK: nn.contract %{{.*}}, %[[W]]
// CHECK: %[[V:.*]] = kernel.unpack %{{.*}} depth = [1] : tensor<1x8x32xf32> -> tensor<20x8xf32>
// CHECK: nn.contract %{{.*}}, %[[V]]
func.func @predict(%x: tensor<?x8xf32>, %p: tensor<720xf32> {nn.storage = @parameters}) -> (tensor<?x70xf32>, tensor<?x20xf32>) {
  %s = nn.slice %p [0] [560] [1] : tensor<720xf32>
  %w = nn.reshape %s : tensor<560xf32> -> tensor<8x70xf32>
  %y = nn.contract %x, %w contracting = [1] x [0] : tensor<?x8xf32>, tensor<8x70xf32>
  %t = nn.slice %p [560] [160] [1] : tensor<720xf32>
  %v = nn.reshape %t : tensor<160xf32> -> tensor<20x8xf32>
  %z = nn.contract %x, %v contracting = [1] x [1] : tensor<?x8xf32>, tensor<20x8xf32>
  return %y, %z : tensor<?x70xf32>, tensor<?x20xf32>
}

// Few rows read a row-major rhs in order; an entry that changes parameters packs them on the way.
// CHECK-LABEL: func.func @vector
// CHECK-NOT: kernel.unpack
// CHECK-LABEL: func.func @step
// CHECK-NOT: kernel.unpack
func.func @vector(%x: tensor<1x8xf32>, %p: tensor<720xf32> {nn.storage = @parameters}) -> tensor<1x70xf32> {
  %s = nn.slice %p [0] [560] [1] : tensor<720xf32>
  %w = nn.reshape %s : tensor<560xf32> -> tensor<8x70xf32>
  %y = nn.contract %x, %w contracting = [1] x [0] : tensor<1x8xf32>, tensor<8x70xf32>
  return %y : tensor<1x70xf32>
}
func.func @step(%x: tensor<?x8xf32>, %p: tensor<720xf32> {nn.storage = @parameters}) -> (tensor<?x70xf32>, tensor<720xf32> {nn.storage = @parameters}) {
  %s = nn.slice %p [0] [560] [1] : tensor<720xf32>
  %w = nn.reshape %s : tensor<560xf32> -> tensor<8x70xf32>
  %y = nn.contract %x, %w contracting = [1] x [0] : tensor<?x8xf32>, tensor<8x70xf32>
  return %y, %p : tensor<?x70xf32>, tensor<720xf32>
}

// CHECK-LABEL: func.func @mlc.refresh
// CHECK-SAME: -> (tensor<3x8x32xf32> {nn.storage = @packed}, tensor<1x8x32xf32> {nn.storage = @packed_0})
// CHECK: nn.pad {{.*}} high = [0, 26]
// CHECK: nn.transpose {{.*}} permutation = [1, 0, 2] : tensor<8x3x32xf32>
// CHECK: nn.pad {{.*}} high = [12, 0]
// CHECK: nn.transpose {{.*}} permutation = [0, 2, 1] : tensor<1x32x8xf32>
