// RUN: mlc-opt %s --lower-precision | FileCheck %s
// RUN: mlc-opt %s --lower-precision=dtype=f16 | FileCheck %s --check-prefix=HALF
// RUN: mlc-opt %s --lower-precision --evaluate=round -o /dev/null | FileCheck %s --check-prefix=VALUE

// A tensor is rounded once, where it is computed, for all products that read it; their results are f32.
// CHECK-LABEL: func.func @shared
// HALF-LABEL: func.func @shared
func.func @shared(%x: tensor<4x64xf32>, %w: tensor<64x32xf32>, %v: tensor<64x8xf32>) -> (tensor<4x32xf32>, tensor<4x8xf32>) {
  // CHECK: %[[H:.*]] = nn.tanh
  // CHECK-NEXT: %[[N:.*]] = nn.cast %[[H]] : tensor<4x64xf32> -> tensor<4x64xbf16>
  // CHECK-NOT: nn.cast %[[H]]
  // HALF: nn.cast {{.*}} -> tensor<4x64xf16>
  %h = nn.tanh %x : tensor<4x64xf32>
  // CHECK: %[[A:.*]] = nn.cast %[[N]] : tensor<4x64xbf16> -> tensor<4x64xf32>
  // CHECK: %[[B:.*]] = nn.cast {{.*}} : tensor<64x32xbf16> -> tensor<64x32xf32>
  // CHECK: nn.contract %[[A]], %[[B]] {{.*}} : tensor<4x64xf32>, tensor<64x32xf32>
  %y = nn.contract %h, %w contracting = [1] x [0] : tensor<4x64xf32>, tensor<64x32xf32>
  // CHECK: nn.cast %[[N]]
  %z = nn.contract %h, %v contracting = [1] x [0] : tensor<4x64xf32>, tensor<64x8xf32>
  return %y, %z : tensor<4x32xf32>, tensor<4x8xf32>
}

// Another shape of what is computed is one of the rounded tensor, so that the kernel that computes it rounds it;
// a part of the parameters is rounded as the matrix that it is.
// CHECK-LABEL: func.func @views
func.func @views(%x: tensor<2x3x16xf32>, %p: tensor<600xf32>) -> tensor<6x8xf32> {
  %h = nn.tanh %x : tensor<2x3x16xf32>
  // CHECK: %[[N:.*]] = nn.cast {{.*}} -> tensor<2x3x16xbf16>
  // CHECK: nn.reshape %[[N]] : tensor<2x3x16xbf16> -> tensor<6x16xbf16>
  %r = nn.reshape %h : tensor<2x3x16xf32> -> tensor<6x16xf32>
  %s = nn.slice %p [100] [128] [1] : tensor<600xf32>
  // CHECK: %[[W:.*]] = nn.reshape {{.*}} -> tensor<16x8xf32>
  // CHECK-NEXT: nn.cast %[[W]] : tensor<16x8xf32> -> tensor<16x8xbf16>
  %w = nn.reshape %s : tensor<128xf32> -> tensor<16x8xf32>
  %y = nn.contract %r, %w contracting = [1] x [0] : tensor<6x16xf32>, tensor<16x8xf32>
  return %y : tensor<6x8xf32>
}

// What a loop reads again is rounded outside of it.
// CHECK-LABEL: func.func @loop
func.func @loop(%h: tensor<4x8xf32>, %w: tensor<8x8xf32>) -> tensor<4x8xf32> {
  // CHECK: %[[W:.*]] = nn.cast %{{.*}} : tensor<8x8xf32> -> tensor<8x8xbf16>
  // CHECK: nn.scan
  // CHECK: nn.cast %[[W]]
  %r = nn.scan (%a = %h) trips = 3 : tensor<4x8xf32> {
    %b = nn.contract %a, %w contracting = [1] x [0] : tensor<4x8xf32>, tensor<8x8xf32>
    nn.yield %b : tensor<4x8xf32>
  }
  return %r : tensor<4x8xf32>
}

// What windows see is rounded once, before the padding, and so is the kernel, before it is turned round: in groups, too.
// CHECK-LABEL: func.func @convolution
func.func @convolution(%x: tensor<1x8x8x2x4xf32>, %w: tensor<2x3x3x4x6xf32>) -> tensor<2x1x8x8x6xf32> {
  // CHECK: %[[K:.*]] = nn.cast %{{.*}} : tensor<2x3x3x4x6xbf16> -> tensor<2x3x3x4x6xf32>
  // CHECK: %[[H:.*]] = nn.tanh
  // CHECK-NEXT: %[[N:.*]] = nn.cast %[[H]] : {{.*}} -> tensor<1x8x8x2x4xbf16>
  // CHECK-NEXT: %[[R:.*]] = nn.cast %[[N]] : {{.*}} -> tensor<1x8x8x2x4xf32>
  %h = nn.tanh %x : tensor<1x8x8x2x4xf32>
  %zero = nn.constant dense<0.0> : tensor<f32>
  // CHECK: %[[P:.*]] = nn.pad %[[R]]
  // CHECK: %[[S:.*]] = nn.windows %[[P]] {{.*}}nn.zeros
  %p = nn.pad %h, %zero low = [0, 1, 1, 0, 0] high = [0, 1, 1, 0, 0] : tensor<1x8x8x2x4xf32>, tensor<f32>
  %s = nn.windows %p dims = [1, 2] sizes = [3, 3] strides = [1, 1] {nn.zeros = array<i64: 0, 0, 1, 1, 1, 1, 0, 0, 0, 0>} : tensor<1x10x10x2x4xf32>
  // CHECK: %[[T:.*]] = nn.reverse %[[K]] dims = [1, 2] : tensor<2x3x3x4x6xf32>
  %t = nn.reverse %w dims = [1, 2] : tensor<2x3x3x4x6xf32>
  // CHECK: nn.contract %[[S]], %[[T]] batch
  %y = nn.contract %s, %t batch = [5] x [0] contracting = [3, 4, 6] x [1, 2, 3] : tensor<1x8x8x3x3x2x4xf32>, tensor<2x3x3x4x6xf32>
  return %y : tensor<2x1x8x8x6xf32>
}

// Heads of what kernels compute are rounded there, and so are probabilities; of a cache what is multiplied is, where it is read.
// CHECK-LABEL: func.func @attention
// HALF-LABEL: func.func @attention
// HALF-NOT: nn.cast
// HALF: return
func.func @attention(%x: tensor<32x3x8xf32>, %c: tensor<3x32x8xf32>) -> (tensor<3x32x32xf32>, tensor<3x32x32xf32>) {
  // CHECK: %[[K:.*]] = nn.cast %arg1 : tensor<3x32x8xf32> -> tensor<3x32x8xbf16>
  // CHECK: %[[H:.*]] = nn.tanh
  // CHECK-NEXT: %[[N:.*]] = nn.cast %[[H]] : tensor<32x3x8xf32> -> tensor<32x3x8xbf16>
  // CHECK: %[[V:.*]] = nn.transpose %[[N]]
  // CHECK: %[[W:.*]] = nn.cast %[[V]] : tensor<3x32x8xbf16> -> tensor<3x32x8xf32>
  %h = nn.tanh %x : tensor<32x3x8xf32>
  %q = nn.transpose %h permutation = [1, 0, 2] : tensor<32x3x8xf32>
  // CHECK: nn.contract %[[W]]
  %s = nn.contract %q, %q batch = [0] x [0] contracting = [2] x [2] : tensor<3x32x8xf32>, tensor<3x32x8xf32>
  // CHECK: nn.cast %[[K]]
  %t = nn.contract %q, %c batch = [0] x [0] contracting = [2] x [2] : tensor<3x32x8xf32>, tensor<3x32x8xf32>
  return %s, %t : tensor<3x32x32xf32>, tensor<3x32x32xf32>
}

// Few rows of a batch, numbers of 64 bits, a product of one column, and a sum.
// CHECK-LABEL: func.func @left_alone
// CHECK-NOT: nn.cast
// CHECK: return
func.func @left_alone(%q: tensor<2x4x8xf32>, %k: tensor<2x4x8xf32>, %d: tensor<4x8xf64>, %e: tensor<8x3xf64>, %x: tensor<4x8xf32>, %v: tensor<8x1xf32>)
    -> (tensor<2x4x4xf32>, tensor<4x3xf64>, tensor<4x1xf32>, tensor<4x4xf32>) {
  %s = nn.contract %q, %k batch = [0] x [0] contracting = [2] x [2] : tensor<2x4x8xf32>, tensor<2x4x8xf32>
  %f = nn.contract %d, %e contracting = [1] x [0] : tensor<4x8xf64>, tensor<8x3xf64>
  %c = nn.contract %x, %v contracting = [1] x [0] : tensor<4x8xf32>, tensor<8x1xf32>
  %ones = nn.constant dense<1.0> : tensor<8x4xf32>
  %sum = nn.contract %x, %ones contracting = [1] x [0] : tensor<4x8xf32>, tensor<8x4xf32>
  return %s, %f, %c, %sum : tensor<2x4x4xf32>, tensor<4x3xf64>, tensor<4x1xf32>, tensor<4x4xf32>
}

// 1 + 2^-9 is 1 in bf16, and the sum of 1 and 2^-9 is one of f32.
// VALUE: @value[0] = dense<{{\[\[}}1, 1.001953{{[0-9]+}}]]> : tensor<1x2xf32>
func.func @value(%x: tensor<1x2xf32> {nn.value = dense<[[1.001953125, 0.001953125]]> : tensor<1x2xf32>},
                 %w: tensor<2x2xf32> {nn.value = dense<[[1.0, 1.0], [0.0, 1.0]]> : tensor<2x2xf32>}) -> tensor<1x2xf32> {
  %y = nn.contract %x, %w contracting = [1] x [0] : tensor<1x2xf32>, tensor<2x2xf32>
  return %y : tensor<1x2xf32>
}
