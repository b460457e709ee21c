// RUN: mlc-fuzz --seed 2 --file %s | FileCheck %s
// A free number of rows, few at run time: tiles of the grid were taken for whole blocks of columns, and so for other batches.
// CHECK: 0 failures
module @batched_rows {
  func.func @f(%a: tensor<3x?x40xf32> {nn.dims = ["", "n", ""]}, %b: tensor<3x40x700xf32>) -> tensor<3x?x700xf32> {
    %0 = nn.contract %a, %b batch = [0] x [0] contracting = [2] x [1] : tensor<3x?x40xf32>, tensor<3x40x700xf32>
    return %0 : tensor<3x?x700xf32>
  }
}
