// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @transform_tiles
func.func @transform_tiles(%x: tensor<?x8x9x?xf32>) -> tensor<2x1x?x4x5x?xf32> {
  // CHECK: nn.transform_tiles %{{.*}} matrices = [dense<{{.*}}> : tensor<2x3xf64>, dense<2.000000e+00> : tensor<1x2xf64>] strides = [2, 2] low = [1, 0] tiles = [4, 5] : tensor<?x8x9x?xf32>
  %y = nn.transform_tiles %x matrices = [dense<[[1.0, 1.0, 0.0], [1.0, -1.0, 0.0]]> : tensor<2x3xf64>, dense<2.0> : tensor<1x2xf64>] strides = [2, 2] low = [1, 0] tiles = [4, 5] : tensor<?x8x9x?xf32>
  return %y : tensor<2x1x?x4x5x?xf32>
}
