// Sums over long loops around a dimension without elements have no lanes to share into blocks.
// RUN: mlc-fuzz --file %s | FileCheck %s
// CHECK: 0 failures
module @fuzz {
  func.func @f(%x: tensor<70x2x70x0xf32>) -> (tensor<2xf32>, tensor<2x0xf32>) {
    %a = nn.reduce sum %x dims = [0, 2, 3] : tensor<70x2x70x0xf32>
    %b = nn.reduce sum %x dims = [0, 2] : tensor<70x2x70x0xf32>
    return %a, %b : tensor<2xf32>, tensor<2x0xf32>
  }
}
