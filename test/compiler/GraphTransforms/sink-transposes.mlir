// RUN: mlc-opt %s --sink-transposes --canonicalize | FileCheck %s

// Two convolutions in "nchw" meet: what is between them is computed with channels last.
// CHECK-LABEL: func.func @between
// CHECK-NOT: nn.transpose
// CHECK: nn.mul %arg0, %{{.*}} : tensor<2x5x5x8xf32>
// CHECK: nn.reduce max {{.*}} dims = [1, 2] : tensor<2x5x5x8xf32>
// CHECK-NOT: nn.transpose
func.func @between(%x: tensor<2x5x5x8xf32>, %scale: tensor<8xf32>) -> (tensor<2x5x5x8xf32>, tensor<2x8xf32>) {
  %t = nn.transpose %x permutation = [0, 3, 1, 2] : tensor<2x5x5x8xf32>
  %s = nn.broadcast %scale dims = [1] : tensor<8xf32> -> tensor<2x8x5x5xf32>
  %y = nn.mul %t, %s : tensor<2x8x5x5xf32>
  %m = nn.reduce max %y dims = [2, 3] : tensor<2x8x5x5xf32>
  %back = nn.transpose %y permutation = [0, 2, 3, 1] : tensor<2x8x5x5xf32>
  return %back, %m : tensor<2x5x5x8xf32>, tensor<2x8xf32>
}

// CHECK-LABEL: func.func @movement
// CHECK: nn.pad %arg0, %{{.*}} low = [0, 1, 0, 0] high = [0, 2, 0, 0]
// CHECK: nn.slice %{{.*}} [0, 1, 0, 0] [%{{.*}}, 5, 5, 8] [1, 1, 1, 1]
// CHECK: nn.concat %{{.*}}, %{{.*}} dim = 3
// CHECK: nn.broadcast {{.*}} dims = [1, 2, 3, 4]
// CHECK: nn.transpose {{.*}} permutation = [0, 1, 4, 2, 3]
func.func @movement(%x: tensor<?x5x5x8xf32>, %n: index) -> tensor<3x?x16x5x5xf32> {
  %t = nn.transpose %x permutation = [0, 3, 1, 2] : tensor<?x5x5x8xf32>
  %zero = nn.constant 0.0 : tensor<f32>
  %p = nn.pad %t, %zero low = [0, 0, 1, 0] high = [0, 0, 2, 0] : tensor<?x8x5x5xf32>, tensor<f32>
  %s = nn.slice %p [0, 0, 1, 0] [%n, 8, 5, 5] : tensor<?x8x8x5xf32>
  %c = nn.concat %s, %s dim = 1 : tensor<?x8x5x5xf32>, tensor<?x8x5x5xf32>
  %b = nn.broadcast %c [%n] dims = [1, 2, 3, 4] : tensor<?x16x5x5xf32> -> tensor<3x?x16x5x5xf32>
  return %b : tensor<3x?x16x5x5xf32>
}

// Another order beside it: nothing is gained.
// CHECK-LABEL: func.func @mixed
// CHECK: nn.transpose %arg0
// CHECK: nn.add {{.*}} : tensor<2x8x5x5xf32>
func.func @mixed(%x: tensor<2x5x5x8xf32>, %y: tensor<2x8x5x5xf32>) -> tensor<2x8x5x5xf32> {
  %t = nn.transpose %x permutation = [0, 3, 1, 2] : tensor<2x5x5x8xf32>
  %s = nn.add %t, %y : tensor<2x8x5x5xf32>
  return %s : tensor<2x8x5x5xf32>
}

// Positions are counted in the model's order.
// CHECK-LABEL: func.func @positions
// CHECK: %[[T:.*]] = nn.transpose %arg0
// CHECK: nn.argmax %arg0 dims = [1, 2]
// CHECK: nn.argmax %[[T]] dims = [1, 2] : tensor<2x8x5x5xf32>
func.func @positions(%x: tensor<2x5x5x8xf32>) -> (tensor<2x8xi64>, tensor<2x5xi64>) {
  %t = nn.transpose %x permutation = [0, 3, 1, 2] : tensor<2x5x5x8xf32>
  %a = nn.argmax %t dims = [2, 3] : tensor<2x8x5x5xf32>
  %b = nn.argmax %t dims = [1, 2] : tensor<2x8x5x5xf32>
  return %a, %b : tensor<2x8xi64>, tensor<2x5xi64>
}
