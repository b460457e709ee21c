// RUN: mlc-opt %s --decompose-composites --verify-dimensions --canonicalize --split-input-file | FileCheck %s
// What a composite needs of sizes its decomposition needs too, whether or not anything uses the result, and nothing else is left of it.

// CHECK-LABEL: func @sort
// CHECK-SAME: nn.requirements = [#nn.requirement<equal ()[s0, s1] -> (s1, s0)
// CHECK-NEXT: return
func.func @sort(%keys: tensor<?xf32> {nn.dims = ["n"]}, %payload: tensor<?xi32> {nn.dims = ["m"]}) {
  %0:2 = nn.sort %keys, %payload dim = 0 : tensor<?xf32>, tensor<?xi32>
  return
}

// -----

// Sizes that one operand knows are known of all results.
// CHECK-LABEL: func @known
// CHECK-SAME: nn.requirements = [#nn.requirement<equal ()[s0, s1] -> (4, s0)
// CHECK: nn.gather {{.*}} : tensor<?x8xf32>, tensor<4x8xi64>
func.func @known(%keys: tensor<?x8xf32> {nn.dims = ["n", ""]}, %payload: tensor<4x?xi32> {nn.dims = ["", "m"]}) -> (tensor<4x8xf32>, tensor<4x8xi32>) {
  %0:2 = nn.sort %keys, %payload dim = 1 : tensor<?x8xf32>, tensor<4x?xi32>
  return %0#0, %0#1 : tensor<4x8xf32>, tensor<4x8xi32>
}

// -----

// CHECK-LABEL: func @weights
// CHECK-SAME: #nn.requirement<equal ()[s0, s1, s2] -> (s1, s2)
func.func @weights(%logits: tensor<?x?xf32> {nn.dims = ["n", "classes"]}, %labels: tensor<?xi32> {nn.dims = ["n"]},
                   %weights: tensor<?xf32> {nn.dims = ["m"]}) -> tensor<f32> {
  %0 = nn.cross_entropy %logits, %labels weights = %weights : tensor<?x?xf32>, tensor<?xi32>, tensor<?xf32>
  return %0 : tensor<f32>
}
