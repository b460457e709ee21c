// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// Clauses in any order, of numbers or of data; what is the default is left out.
// CHECK-LABEL: func.func @clauses
func.func @clauses(%x: tensor<2x?x7xf32>, %bits: tensor<2x?xi32>, %t: tensor<f32>, %k: tensor<i64>, %p: tensor<f64>, %r: tensor<f32>, %old: tensor<2x?x4xi64>) {
  // CHECK: %[[Y:.*]] = nn.sample %{{.*}}, %{{.*}} : tensor<2x?x7xf32>, tensor<2x?xi32>
  %0 = nn.sample %x, %bits : tensor<2x?x7xf32>, tensor<2x?xi32>
  // CHECK: nn.neg %[[Y]] : tensor<2x?xi32>
  %1 = nn.neg %0 : tensor<2x?xi32>
  // CHECK: nn.sample %{{.*}}, %{{.*}} temperature = 0.000000e+00 top_k = 40 top_p = 5.000000e-01 : tensor<2x?x7xf32>, tensor<2x?xi32>
  %2 = nn.sample %x, %bits top_p = 0.5 top_k = 40 temperature = 0 : tensor<2x?x7xf32>, tensor<2x?xi32>
  // CHECK: nn.sample %{{.*}}, %{{.*}} temperature = %{{.*}} top_k = %{{.*}} top_p = %{{.*}} repetition_penalty = %{{.*}} previous = %{{.*}} : tensor<2x?x7xf32>, tensor<2x?xi32>, tensor<2x?x4xi64>, tensor<f32>, tensor<i64>, tensor<f64>, tensor<f32>
  %3 = nn.sample %x, %bits previous = %old repetition_penalty = %r top_p = %p top_k = %k temperature = %t
    : tensor<2x?x7xf32>, tensor<2x?xi32>, tensor<2x?x4xi64>, tensor<f32>, tensor<i64>, tensor<f64>, tensor<f32>
  // CHECK: nn.sample %{{.*}}, %{{.*}} repetition_penalty = 1.200000e+00 previous = %{{.*}} : tensor<2x?x7xf32>, tensor<2x?xi32>, tensor<2x?x4xi64>
  %4 = nn.sample %x, %bits repetition_penalty = 1.2 previous = %old : tensor<2x?x7xf32>, tensor<2x?xi32>, tensor<2x?x4xi64>
  return
}
