// RUN: mlc-opt %s --split-reductions | FileCheck %s

// Rows first: there is one partial result per row.
// CHECK-LABEL: func.func @rows
// CHECK: %[[P:.*]] = nn.reduce sum %arg0 dims = [1]
// CHECK: nn.reduce sum %[[P]] dims = [0] : tensor<?xf32>
func.func @rows(%x: tensor<?x8xf32>) -> tensor<f32> {
  %y = nn.reduce sum %x dims = [0, 1] : tensor<?x8xf32>
  return %y : tensor<f32>
}

// A long vector: two chunks of 4096 and the rest.
// CHECK-LABEL: func.func @vector
// CHECK: %[[MAIN:.*]] = nn.slice %arg0 [0] [8192] [1]
// CHECK: %[[MATRIX:.*]] = nn.reshape %[[MAIN]] : tensor<8192xf32> -> tensor<2x4096xf32>
// CHECK: %[[P:.*]] = nn.reduce max %[[MATRIX]] dims = [1]
// CHECK: %[[REST:.*]] = nn.slice %arg0 [8192] [8] [1]
// CHECK: %[[ROW:.*]] = nn.reshape %[[REST]] : tensor<8xf32> -> tensor<1x8xf32>
// CHECK: %[[Q:.*]] = nn.reduce max %[[ROW]] dims = [1]
// CHECK: %[[ALL:.*]] = nn.concat %[[P]], %[[Q]] dim = 0
// CHECK: nn.reduce max %[[ALL]] dims = [0]
func.func @vector(%x: tensor<8200xf32>) -> tensor<f32> {
  %y = nn.reduce max %x dims = [0] : tensor<8200xf32>
  return %y : tensor<f32>
}

// Small ones stay, and so do 16-bit floats, whose partial sums would round.
// CHECK-LABEL: func.func @stays
// CHECK-COUNT-2: nn.reduce
// CHECK-NOT: nn.reduce
func.func @stays(%x: tensor<8x8xf32>, %h: tensor<800x800xbf16>) -> (tensor<f32>, tensor<bf16>) {
  %y = nn.reduce sum %x dims = [0, 1] : tensor<8x8xf32>
  %z = nn.reduce sum %h dims = [0, 1] : tensor<800x800xbf16>
  return %y, %z : tensor<f32>, tensor<bf16>
}

// A deep product of few results: sixteen parts of the depth.
// CHECK-LABEL: func.func @deep
// CHECK: %[[L:.*]] = nn.reshape %arg0 : tensor<32x8192xf32> -> tensor<32x16x512xf32>
// CHECK: %[[R:.*]] = nn.reshape %arg1 : tensor<8192x10xf32> -> tensor<16x512x10xf32>
// CHECK: %[[P:.*]] = nn.contract %[[L]], %[[R]] batch = [1] x [0] contracting = [2] x [1]
// CHECK: nn.reduce sum %[[P]] dims = [0] : tensor<16x32x10xf32>
func.func @deep(%x: tensor<32x8192xf32>, %y: tensor<8192x10xf32>) -> tensor<32x10xf32> {
  %p = nn.contract %x, %y contracting = [1] x [0] : tensor<32x8192xf32>, tensor<8192x10xf32>
  return %p : tensor<32x10xf32>
}

// Not deep enough for its rows; no part between 4 and 16 divides its depth.
// CHECK-LABEL: func.func @not_deep
// CHECK-NOT: nn.reshape
func.func @not_deep(%x: tensor<700x8192xf32>, %y: tensor<8192x10xf32>, %a: tensor<8209x3xf32>, %b: tensor<8209x2xf32>) -> (tensor<700x10xf32>, tensor<3x2xf32>) {
  %p = nn.contract %x, %y contracting = [1] x [0] : tensor<700x8192xf32>, tensor<8192x10xf32>
  %q = nn.contract %a, %b contracting = [0] x [0] : tensor<8209x3xf32>, tensor<8209x2xf32>
  return %p, %q : tensor<700x10xf32>, tensor<3x2xf32>
}

// A row times a large matrix: threads share the rows of the matrix.
// CHECK-LABEL: func.func @row
// CHECK: %[[P:.*]] = nn.contract {{.*}} : tensor<1x16x192xf32>, tensor<16x192x768xf32>
// CHECK: nn.reduce sum %[[P]] dims = [0] : tensor<16x1x768xf32>
func.func @row(%x: tensor<1x3072xf32>, %y: tensor<3072x768xf32>) -> tensor<1x768xf32> {
  %p = nn.contract %x, %y contracting = [1] x [0] : tensor<1x3072xf32>, tensor<3072x768xf32>
  return %p : tensor<1x768xf32>
}

// What windows see is not reshaped: each image is a part.
// CHECK-LABEL: func.func @windows
// CHECK: %[[SEEN:.*]] = nn.windows %arg0
// CHECK: %[[P:.*]] = nn.contract %[[SEEN]], %arg1 batch = [0] x [0] contracting = [1, 2] x [1, 2]
// CHECK: nn.reduce sum %[[P]] dims = [0] : tensor<8x3x3x2x4xf32>
func.func @windows(%x: tensor<8x66x66x2xf32>, %y: tensor<8x64x64x4xf32>) -> tensor<3x3x2x4xf32> {
  %s = nn.windows %x dims = [1, 2] sizes = [3, 3] : tensor<8x66x66x2xf32>
  %p = nn.contract %s, %y contracting = [0, 1, 2] x [0, 1, 2] : tensor<8x64x64x3x3x2xf32>, tensor<8x64x64x4xf32>
  return %p : tensor<3x3x2x4xf32>
}
