// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @transpose
// CHECK: nn.transpose %{{.*}} permutation = [2, 0, 1] : tensor<?x4x5xf32>
func.func @transpose(%x: tensor<?x4x5xf32>) -> tensor<5x?x4xf32> {
  %y = nn.transpose %x permutation = [2, 0, 1] : tensor<?x4x5xf32>
  return %y : tensor<5x?x4xf32>
}
