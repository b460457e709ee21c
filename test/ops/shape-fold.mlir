// RUN: mlc-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func @reshape
// CHECK-SAME: (%[[X:.*]]: tensor<?x28x28xf32>)
// CHECK-NEXT: %[[Y:.*]] = nn.reshape %[[X]] : tensor<?x28x28xf32> -> tensor<?x28x14x2xf32>
// CHECK-NEXT: return %[[X]], %[[Y]]
func.func @reshape(%x: tensor<?x28x28xf32>) -> (tensor<?x28x28xf32>, tensor<?x28x14x2xf32>) {
  %y = nn.reshape %x : tensor<?x28x28xf32> -> tensor<?x784xf32>
  %z = nn.reshape %y : tensor<?x784xf32> -> tensor<?x28x28xf32>
  %w = nn.reshape %y : tensor<?x784xf32> -> tensor<?x28x14x2xf32>
  return %z, %w : tensor<?x28x28xf32>, tensor<?x28x14x2xf32>
}

// CHECK-LABEL: func @transpose
// CHECK-SAME: (%[[X:.*]]: tensor<2x3x4xf32>)
// CHECK-NEXT: %[[Y:.*]] = nn.transpose %[[X]] permutation = [2, 0, 1] : tensor<2x3x4xf32>
// CHECK-NEXT: return %[[X]], %[[Y]]
func.func @transpose(%x: tensor<2x3x4xf32>) -> (tensor<2x3x4xf32>, tensor<4x2x3xf32>) {
  %a = nn.transpose %x permutation = [1, 2, 0] : tensor<2x3x4xf32>
  %b = nn.transpose %a permutation = [2, 0, 1] : tensor<3x4x2xf32>
  %c = nn.transpose %a permutation = [1, 2, 0] : tensor<3x4x2xf32>
  return %b, %c : tensor<2x3x4xf32>, tensor<4x2x3xf32>
}

// CHECK-LABEL: func @whole
// CHECK-SAME: (%[[X:.*]]: tensor<4x8xf32>)
// CHECK-NEXT: %[[N:.*]] = arith.constant 8 : index
// CHECK-NEXT: return %[[X]], %[[X]], %[[N]]
func.func @whole(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>, index) {
  %a = nn.slice %x [0, 0] [4, 8] [1, 1] : tensor<4x8xf32>
  %b = nn.broadcast %x dims = [0, 1] : tensor<4x8xf32> -> tensor<4x8xf32>
  %n = nn.dim %x, 1 : tensor<4x8xf32>
  return %a, %b, %n : tensor<4x8xf32>, tensor<4x8xf32>, index
}
