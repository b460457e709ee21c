// RUN: mlc-opt %s --decompose-composites --fold-transposes --canonicalize --cse | FileCheck %s

// Products that name their dimensions, and no guard where no query can be blind.
// CHECK-LABEL: func.func @causal
// CHECK-NOT: nn.transpose
// CHECK: %[[S:.*]] = nn.contract %arg0, %arg1 batch = [0, 2] x [0, 2] contracting = [3] x [3] : tensor<?x64x4x16xf32>
// CHECK: nn.compare ge %{{.*}}, %{{.*}} : tensor<64x64xi32>
// CHECK: nn.select
// CHECK-NOT: nn.compare eq
// CHECK: nn.contract %{{.*}}, %arg2 batch = [0, 1] x [0, 2] contracting = [3] x [1] : tensor<?x4x64x64xf32>, tensor<?x64x4x16xf32>
// CHECK-NEXT: nn.transpose
// CHECK-NEXT: return
func.func @causal(%q: tensor<?x64x4x16xf32>, %k: tensor<?x64x4x16xf32>, %v: tensor<?x64x4x16xf32>) -> tensor<?x64x4x16xf32> {
  %0 = nn.attention %q, %k, %v layout = "bthd" causal : tensor<?x64x4x16xf32>
  return %0 : tensor<?x64x4x16xf32>
}

// The guard is one number per query.
// CHECK-LABEL: func.func @guarded
// CHECK: %[[SUM:.*]] = nn.reduce sum {{.*}} : tensor<2x4x5x5xf32>
// CHECK: %[[EMPTY:.*]] = nn.compare eq %[[SUM]], %{{.*}} : tensor<2x4x5xf32>
// CHECK: nn.select %[[EMPTY]], %{{.*}}, %[[SUM]] : tensor<2x4x5xi1>, tensor<2x4x5xf32>, tensor<2x4x5xf32>
func.func @guarded(%q: tensor<2x4x5x8xf32>, %mask: tensor<5x5xi1>) -> tensor<2x4x5x8xf32> {
  %0 = nn.attention %q, %q, %q mask = %mask : tensor<2x4x5x8xf32>, tensor<5x5xi1>
  return %0 : tensor<2x4x5x8xf32>
}

// Heads that share one of k are dimensions of their own, or are all of them, without a copy of k.
// CHECK-LABEL: func.func @grouped
// CHECK: %[[Q:.*]] = nn.reshape %arg0 : tensor<2x8x5x16xf32> -> tensor<2x2x4x5x16xf32>
// CHECK: nn.contract %[[Q]], %arg1 batch = [0, 1] x [0, 1] contracting = [4] x [3]
// CHECK: %[[K:.*]] = nn.reshape %arg2 : tensor<2x1x5x16xf32> -> tensor<2x5x16xf32>
// CHECK: nn.contract %arg0, %[[K]] batch = [0] x [0] contracting = [3] x [2]
func.func @grouped(%q: tensor<2x8x5x16xf32>, %k: tensor<2x2x5x16xf32>, %one: tensor<2x1x5x16xf32>) -> (tensor<2x8x5x16xf32>, tensor<2x8x5x16xf32>) {
  %0 = nn.attention %q, %k, %k : tensor<2x8x5x16xf32>, tensor<2x2x5x16xf32>, tensor<2x2x5x16xf32>
  %1 = nn.attention %q, %one, %one : tensor<2x8x5x16xf32>, tensor<2x1x5x16xf32>, tensor<2x1x5x16xf32>
  return %0, %1 : tensor<2x8x5x16xf32>, tensor<2x8x5x16xf32>
}

// 16-bit numbers are computed in f32 and rounded once.
// CHECK-LABEL: func.func @narrow
// CHECK-COUNT-3: nn.cast %arg{{.}} : tensor<4x8xbf16> -> tensor<4x8xf32>
// CHECK: nn.cast %{{.*}} : tensor<4x8xf32> -> tensor<4x8xbf16>
// CHECK-NEXT: return
func.func @narrow(%q: tensor<4x8xbf16>, %k: tensor<4x8xbf16>, %v: tensor<4x8xbf16>) -> tensor<4x8xbf16> {
  %0 = nn.attention %q, %k, %v : tensor<4x8xbf16>
  return %0 : tensor<4x8xbf16>
}
