// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @join_tiles
func.func @join_tiles(%x: tensor<2x3x?x4x5x?xf32>) -> tensor<?x7x9x?xf32> {
  // CHECK: nn.join_tiles %{{.*}} matrices = [dense<{{.*}}> : tensor<2x2xf64>, dense<2.000000e+00> : tensor<1x3xf64>] strides = [2, 2] low = [1, 0] sizes = [7, 9] : tensor<2x3x?x4x5x?xf32>
  %y = nn.join_tiles %x matrices = [dense<[[1.0, 1.0], [1.0, -1.0]]> : tensor<2x2xf64>, dense<2.0> : tensor<1x3xf64>] strides = [2, 2] low = [1, 0] sizes = [7, 9] : tensor<2x3x?x4x5x?xf32>
  return %y : tensor<?x7x9x?xf32>
}
