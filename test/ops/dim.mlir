// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @dim
// CHECK: nn.dim %{{.*}}, 1 : tensor<4x?xf32>
func.func @dim(%x: tensor<4x?xf32>) -> index {
  %n = nn.dim %x, 1 : tensor<4x?xf32>
  return %n : index
}
