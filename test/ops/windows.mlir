// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @windows
func.func @windows(%x: tensor<?x9x9x4xf32>, %y: tensor<2x?xi8>) {
  // CHECK: nn.windows %{{.*}} dims = [1, 2] sizes = [3, 3] strides = [2, 2] dilations = [1, 1] : tensor<?x9x9x4xf32>
  %0 = nn.windows %x strides = [2, 2] dims = [1, 2] sizes = [3, 3] : tensor<?x9x9x4xf32>
  %1 = nn.neg %0 : tensor<?x4x4x3x3x4xf32>
  // CHECK: nn.windows %{{.*}} dims = [1] sizes = [4] strides = [1] dilations = [2] : tensor<2x?xi8>
  %2 = nn.windows %y dims = [1] sizes = [4] dilations = [2] : tensor<2x?xi8>
  %3 = nn.neg %2 : tensor<2x?x4xi8>
  return
}
