// RUN: mlc-opt %s --decompose-composites --verify-dimensions --canonicalize --cse --split-input-file | FileCheck %s

// Slices, and nothing else.
// CHECK-LABEL: func.func @slices
// CHECK-NEXT: %[[A:.*]] = nn.slice %arg0 [0, 0] [3, 8]
// CHECK-NEXT: %[[B:.*]] = nn.slice %arg0 [0, 8] [3, 4]
// CHECK-NEXT: return %[[A]], %[[B]]
func.func @slices(%x: tensor<3x12xf32>) -> (tensor<3x8xf32>, tensor<3x4xf32>) {
  %0, %1 = nn.split %x sizes = [8, 4] : tensor<3x12xf32>
  return %0, %1 : tensor<3x8xf32>, tensor<3x4xf32>
}

// -----

// Of a size that is known at the call, it is checked there that the parts are equal, that there is a rest, and that the sizes are all.
// CHECK-LABEL: func.func @checked
// CHECK-SAME: nn.requirements = [
// CHECK-SAME: #nn.requirement<equal ()[s0] -> (s0, (s0 floordiv 2) * 2), "element count of nn.reshape unlike
// CHECK-SAME: #nn.requirement<equal ()[s0] -> (s0, 8), "element count of nn.reshape unlike
func.func @checked(%x: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>, tensor<3xf32>) {
  %0:2 = nn.split %x parts = 2 : tensor<?xf32>
  %1:2 = nn.split %x sizes = [5, -1] : tensor<?xf32>
  %2:2 = nn.split %x sizes = [5, 3] : tensor<?xf32>
  return %0#1, %1#1, %2#1 : tensor<?xf32>, tensor<?xf32>, tensor<3xf32>
}
