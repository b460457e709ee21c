// RUN: mlc-opt %s --fold-transposes | FileCheck %s

// A transposed operand is read in place.
// CHECK-LABEL: func.func @operand
// CHECK: nn.contract %arg0, %arg1 contracting = [1] x [1]
func.func @operand(%a: tensor<4x8xf32>, %b: tensor<3x8xf32>) -> tensor<4x3xf32> {
  %t = nn.transpose %b permutation = [1, 0] : tensor<3x8xf32>
  %y = nn.contract %a, %t contracting = [1] x [0] : tensor<4x8xf32>, tensor<8x3xf32>
  return %y : tensor<4x3xf32>
}

// A transposed product is the product of the operands exchanged.
// CHECK-LABEL: func.func @result
// CHECK: nn.contract %arg1, %arg0 contracting = [0] x [1]
// CHECK-NOT: nn.transpose
func.func @result(%a: tensor<4x8xf32>, %b: tensor<8x3xf32>) -> tensor<3x4xf32> {
  %y = nn.contract %a, %b contracting = [1] x [0] : tensor<4x8xf32>, tensor<8x3xf32>
  %t = nn.transpose %y permutation = [1, 0] : tensor<4x3xf32>
  return %t : tensor<3x4xf32>
}

// The free dimensions would change their order: the transpose stays.
// CHECK-LABEL: func.func @stays
// CHECK: nn.transpose
func.func @stays(%a: tensor<2x4x8xf32>, %b: tensor<8xf32>) -> tensor<4x2xf32> {
  %t = nn.transpose %a permutation = [1, 0, 2] : tensor<2x4x8xf32>
  %y = nn.contract %t, %b contracting = [2] x [0] : tensor<4x2x8xf32>, tensor<8xf32>
  return %y : tensor<4x2xf32>
}

// Only dimensions of one element change places.
// CHECK-LABEL: func.func @units
// CHECK-NEXT: %[[Y:.*]] = nn.reshape %arg0 : tensor<8x3xf32> -> tensor<1x1x8x3xf32>
// CHECK-NEXT: return %[[Y]]
func.func @units(%a: tensor<8x3xf32>) -> tensor<1x1x8x3xf32> {
  %r = nn.reshape %a : tensor<8x3xf32> -> tensor<8x3x1x1xf32>
  %t = nn.transpose %r permutation = [2, 3, 0, 1] : tensor<8x3x1x1xf32>
  return %t : tensor<1x1x8x3xf32>
}

// CHECK-LABEL: func.func @not_units
// CHECK: nn.transpose
func.func @not_units(%a: tensor<8x3xf32>) -> tensor<1x3x8x1xf32> {
  %r = nn.reshape %a : tensor<8x3xf32> -> tensor<8x3x1x1xf32>
  %t = nn.transpose %r permutation = [2, 1, 0, 3] : tensor<8x3x1x1xf32>
  return %t : tensor<1x3x8x1xf32>
}
