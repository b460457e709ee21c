// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// One type is that of q, k and v.
// CHECK-LABEL: func.func @types
func.func @types(%q: tensor<?x4x8x16xf32>, %v: tensor<?x4x8x6xf32>, %bias: tensor<8x8xf32>) {
  // CHECK: %[[Y:.*]] = nn.attention %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x4x8x16xf32>
  %0 = nn.attention %q, %q, %q : tensor<?x4x8x16xf32>
  // CHECK: nn.neg %[[Y]] : tensor<?x4x8x16xf32>
  %1 = nn.neg %0 : tensor<?x4x8x16xf32>
  // CHECK: %[[Y:.*]] = nn.attention %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x4x8x16xf32>, tensor<?x4x8x16xf32>, tensor<?x4x8x6xf32>
  %2 = nn.attention %q, %q, %v : tensor<?x4x8x16xf32>, tensor<?x4x8x16xf32>, tensor<?x4x8x6xf32>
  // CHECK: nn.neg %[[Y]] : tensor<?x4x8x6xf32>
  %3 = nn.neg %2 : tensor<?x4x8x6xf32>
  // CHECK: nn.attention %{{.*}}, %{{.*}}, %{{.*}} bias = %{{.*}} : tensor<?x4x8x16xf32>, tensor<8x8xf32>
  %4 = nn.attention %q, %q, %q bias = %bias : tensor<?x4x8x16xf32>, tensor<8x8xf32>
  return
}

// Clauses in any order; what is the default is left out; numbers of any form, one word without quotes.
// CHECK-LABEL: func.func @clauses
func.func @clauses(%q: tensor<2x8x4x16xf32>, %k: tensor<2x?x2x16xf32>, %bias: tensor<4x1x?xf32>, %mask: tensor<2x1x1x?xi1>, %n: tensor<2xi32>,
                   %at: tensor<i64>, %key: tensor<i64>) {
  // CHECK: nn.attention {{.*}} layout = "bthd" scale = 1.250000e-01 causal offset = -3 window = 1000 soft_cap = 5.000000e+01 bias = %{{.*}} mask = %{{.*}} lengths = %{{.*}} lse : tensor<2x8x4x16xf32>, tensor<2x?x2x16xf32>, tensor<2x?x2x16xf32>, tensor<4x1x?xf32>, tensor<2x1x1x?xi1>, tensor<2xi32>
  %0, %1 = nn.attention %q, %k, %k lse lengths = %n mask = %mask bias = %bias soft_cap = 50 window = 1e3 offset = -3 causal scale = 0.125 layout = bthd
    : tensor<2x8x4x16xf32>, tensor<2x?x2x16xf32>, tensor<2x?x2x16xf32>, tensor<4x1x?xf32>, tensor<2x1x1x?xi1>, tensor<2xi32>
  // CHECK: nn.attention {{.*}} layout = "bthd, bthd, bthd" causal offset = %{{.*}} : tensor<2x8x4x16xf32>, tensor<2x?x2x16xf32>, tensor<2x?x2x16xf32>, tensor<i64>
  %2 = nn.attention %q, %k, %k layout = "bthd, bthd, bthd" causal offset = %at : tensor<2x8x4x16xf32>, tensor<2x?x2x16xf32>, tensor<2x?x2x16xf32>, tensor<i64>
  // CHECK: nn.attention %{{.*}}, %{{.*}}, %{{.*}} causal dropout = 1.000000e-01 seed %{{.*}} step %{{.*}} stream = 17 : tensor<2x8x4x16xf32>
  %3 = nn.attention %q, %q, %q dropout = 0.1 seed %key step %key stream = 17 causal offset = 0 : tensor<2x8x4x16xf32>
  return
}

// The result is in q's layout, with v's features; the logarithm of the sum in f32, without features.
// CHECK-LABEL: func.func @results
func.func @results(%q: tensor<3x4x?x2x16xbf16>, %k: tensor<2x4x3x9x16xbf16>, %v: tensor<9x4x3x2x7xbf16>, %t: tensor<9x?xf64>) {
  // CHECK: %[[Y:.*]], %[[L:.*]] = nn.attention
  %0, %1 = nn.attention %q, %k, %v layout = "xhtbd, bhxtd, thxbd" lse : tensor<3x4x?x2x16xbf16>, tensor<2x4x3x9x16xbf16>, tensor<9x4x3x2x7xbf16>
  // CHECK: nn.neg %[[Y]] : tensor<3x4x?x2x7xbf16>
  %2 = nn.neg %0 : tensor<3x4x?x2x7xbf16>
  // CHECK: nn.neg %[[L]] : tensor<3x4x?x2xf32>
  %3 = nn.neg %1 : tensor<3x4x?x2xf32>
  // CHECK: nn.attention {{.*}} lse : tensor<9x?xf64>
  %4, %5 = nn.attention %t, %t, %t lse : tensor<9x?xf64>
  // CHECK: nn.neg %{{.*}} : tensor<9xf64>
  %6 = nn.neg %5 : tensor<9xf64>
  return
}
