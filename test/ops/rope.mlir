// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// Clauses in any order; what is the default is left out; numbers of any form, one word without quotes.
// CHECK-LABEL: func.func @clauses
func.func @clauses(%x: tensor<2x?x4x16xf32>, %at: tensor<i32>, %time: tensor<?xi64>, %each: tensor<2x?xi32>) {
  // CHECK: %[[Y:.*]] = nn.rope %{{.*}} : tensor<2x?x4x16xf32>
  %0 = nn.rope %x : tensor<2x?x4x16xf32>
  // CHECK: nn.neg %[[Y]] : tensor<2x?x4x16xf32>
  %1 = nn.neg %0 : tensor<2x?x4x16xf32>
  // CHECK: nn.rope %{{.*}} layout = "bthd" interleaved rotary = 8 theta = 5.000000e+05 scaling = 4.000000e+00 offset = -3 inverse : tensor<2x?x4x16xf32>
  %2 = nn.rope %x inverse offset = -3 scaling = 4 theta = 5e5 rotary = 8 interleaved layout = bthd : tensor<2x?x4x16xf32>
  // CHECK: nn.rope %{{.*}} layout = "bthd" rotary = 4 frequencies = [1.000000e+00, 2.500000e-01] offset = %{{.*}} : tensor<2x?x4x16xf32>, tensor<i32>
  %3 = nn.rope %x layout = "bthd" rotary = 4 frequencies = [1, 0.25] theta = 1e4 offset = %at : tensor<2x?x4x16xf32>, tensor<i32>
  // CHECK: nn.rope %{{.*}} layout = "bthd" positions = %{{.*}} : tensor<2x?x4x16xf32>, tensor<?xi64>
  %4 = nn.rope %x layout = "bthd" positions = %time offset = 0 : tensor<2x?x4x16xf32>, tensor<?xi64>
  // CHECK: nn.rope %{{.*}} layout = "bthd" positions = %{{.*}} : tensor<2x?x4x16xf32>, tensor<2x?xi32>
  %5 = nn.rope %x layout = "bthd" positions = %each : tensor<2x?x4x16xf32>, tensor<2x?xi32>
  return
}
