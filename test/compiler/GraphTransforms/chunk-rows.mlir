// RUN: mlc-opt %s --chunk-rows="least-bytes=16384 chunk-bytes=8192 fewest-rows=8" --split-input-file | FileCheck %s

// Scores, a softmax and its derivative between three products: of 64 rows 16 at a time. What a row gives is stacked, the sum over rows
// carried; positions along a row and what all rows read are as they were.
// CHECK-LABEL: func.func @head(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<64x8xf32>, %[[W:[a-z0-9]+]]: tensor<100x8xf32>, %[[L:[a-z0-9]+]]: tensor<64xi32>
// CHECK-DAG: %[[XS:.*]] = nn.reshape %[[X]] : tensor<64x8xf32> -> tensor<4x16x8xf32>
// CHECK-DAG: %[[LS:.*]] = nn.reshape %[[L]] : tensor<64xi32> -> tensor<4x16xi32>
// CHECK: %[[R:.*]]:4 = nn.scan (%[[SUM:.*]] = %{{.*}}) over (%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) trips = 4 : tensor<100x8xf32>, tensor<4x16x8xf32>, tensor<4x16xi32>
// CHECK: nn.contract %{{.*}}, %[[W]] contracting = [1] x [1] : tensor<16x8xf32>, tensor<100x8xf32>
// CHECK: nn.gather {{.*}} : tensor<16x100xf32>, tensor<16xi32>
// CHECK: nn.iota dim = 1 : tensor<16x100xi32>
// CHECK-DAG: nn.contract {{.*}} contracting = [1] x [0] : tensor<16x100xf32>, tensor<100x8xf32>
// CHECK-DAG: nn.contract {{.*}} contracting = [0] x [0] : tensor<16x100xf32>, tensor<16x8xf32>
// CHECK: nn.add %[[SUM]], %{{.*}} : tensor<100x8xf32>
// CHECK-NEXT: nn.yield %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<100x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16x8xf32>
// CHECK-DAG: nn.reshape %[[R]]#1 : tensor<4x16xf32> -> tensor<64xf32>
// CHECK-DAG: nn.reshape %[[R]]#2 : tensor<4x16xf32> -> tensor<64xf32>
// CHECK-DAG: nn.reshape %[[R]]#3 : tensor<4x16x8xf32> -> tensor<64x8xf32>
// CHECK: nn.reduce {{ ?}}sum %{{.*}} dims = [0] : tensor<64xf32>
func.func @head(%x: tensor<64x8xf32>, %w: tensor<100x8xf32>, %labels: tensor<64xi32>) -> (tensor<f32>, tensor<64x8xf32>, tensor<100x8xf32>) {
  %s = nn.contract %x, %w contracting = [1] x [1] : tensor<64x8xf32>, tensor<100x8xf32>
  %max = nn.reduce max %s dims = [1] : tensor<64x100xf32>
  %wide = nn.broadcast %max dims = [0] : tensor<64xf32> -> tensor<64x100xf32>
  %e = nn.sub %s, %wide : tensor<64x100xf32>
  %at = nn.gather %s, %labels axis = 1 batch_dims = 1 : tensor<64x100xf32>, tensor<64xi32>
  %positions = nn.iota dim = 1 : tensor<64x100xi32>
  %all = nn.broadcast %labels dims = [0] : tensor<64xi32> -> tensor<64x100xi32>
  %hit = nn.compare eq %positions, %all : tensor<64x100xi32>
  %zero = nn.constant dense<0.0> : tensor<f32>
  %zeros = nn.broadcast %zero dims = [] : tensor<f32> -> tensor<64x100xf32>
  %d = nn.select %hit, %zeros, %e : tensor<64x100xi1>, tensor<64x100xf32>, tensor<64x100xf32>
  %losses = nn.sub %max, %at : tensor<64xf32>
  %loss = nn.reduce sum %losses dims = [0] : tensor<64xf32>
  %dx = nn.contract %d, %w contracting = [1] x [0] : tensor<64x100xf32>, tensor<100x8xf32>
  %dw = nn.contract %d, %x contracting = [0] x [0] : tensor<64x100xf32>, tensor<64x8xf32>
  return %loss, %dx, %dw : tensor<f32>, tensor<64x8xf32>, tensor<100x8xf32>
}

// -----

// Not where the large tensor is needed as a whole, its rows are mixed, what is computed of it comes back in, positions are those of
// rows, or it is small.
// CHECK-NOT: nn.scan
func.func @whole(%x: tensor<64x8xf32>, %w: tensor<8x100xf32>) -> tensor<64x100xf32> {
  %s = nn.contract %x, %w contracting = [1] x [0] : tensor<64x8xf32>, tensor<8x100xf32>
  %y = nn.exp %s : tensor<64x100xf32>
  return %y : tensor<64x100xf32>
}
func.func @mixed(%x: tensor<64x8xf32>, %w: tensor<8x100xf32>) -> tensor<100xf32> {
  %s = nn.contract %x, %w contracting = [1] x [0] : tensor<64x8xf32>, tensor<8x100xf32>
  %y = nn.reduce max %s dims = [0] : tensor<64x100xf32>
  return %y : tensor<100xf32>
}
func.func @back(%x: tensor<64x8xf32>, %w: tensor<8x100xf32>) -> tensor<64xf32> {
  %s = nn.contract %x, %w contracting = [1] x [0] : tensor<64x8xf32>, tensor<8x100xf32>
  %sum = nn.reduce sum %s dims = [0] : tensor<64x100xf32>
  %all = nn.broadcast %sum dims = [1] : tensor<100xf32> -> tensor<64x100xf32>
  %d = nn.sub %s, %all : tensor<64x100xf32>
  %y = nn.reduce sum %d dims = [1] : tensor<64x100xf32>
  return %y : tensor<64xf32>
}
func.func @positions(%x: tensor<64x8xi32>, %w: tensor<8x100xi32>) -> tensor<64xi32> {
  %s = nn.contract %x, %w contracting = [1] x [0] : tensor<64x8xi32>, tensor<8x100xi32>
  %i = nn.iota dim = 0 : tensor<64x100xi32>
  %d = nn.mul %s, %i : tensor<64x100xi32>
  %y = nn.reduce sum %d dims = [1] : tensor<64x100xi32>
  return %y : tensor<64xi32>
}
func.func @small(%x: tensor<16x8xf32>, %w: tensor<8x100xf32>) -> tensor<16xf32> {
  %s = nn.contract %x, %w contracting = [1] x [0] : tensor<16x8xf32>, tensor<8x100xf32>
  %y = nn.reduce sum %s dims = [1] : tensor<16x100xf32>
  return %y : tensor<16xf32>
}

// -----

// Narrow numbers are widened in the loop, of rows and of what all rows read: its products multiply them.
// CHECK-LABEL: func.func @narrow(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<64x8xbf16>, %[[W:[a-z0-9]+]]: tensor<8x100xbf16>
// CHECK: %[[XS:.*]] = nn.reshape %[[X]] : tensor<64x8xbf16> -> tensor<4x16x8xbf16>
// CHECK-NOT: nn.cast
// CHECK: nn.scan () over (%[[CHUNK:.*]] = %[[XS]])
// CHECK-DAG: %[[XW:.*]] = nn.cast %[[CHUNK]] : tensor<16x8xbf16> -> tensor<16x8xf32>
// CHECK-DAG: %[[WW:.*]] = nn.cast %[[W]] : tensor<8x100xbf16> -> tensor<8x100xf32>
// CHECK: nn.contract %[[XW]], %[[WW]]
func.func @narrow(%x: tensor<64x8xbf16>, %w: tensor<8x100xbf16>) -> tensor<64xf32> {
  %xw = nn.cast %x : tensor<64x8xbf16> -> tensor<64x8xf32>
  %ww = nn.cast %w : tensor<8x100xbf16> -> tensor<8x100xf32>
  %s = nn.contract %xw, %ww contracting = [1] x [0] : tensor<64x8xf32>, tensor<8x100xf32>
  %y = nn.reduce sum %s dims = [1] : tensor<64x100xf32>
  return %y : tensor<64xf32>
}
