// RUN: mlc-fuzz --file %s | FileCheck %s
// Several vectors of a row at once had masks of more lanes than a register, of which LLVM took the wrong half.
// CHECK: 0 failures
module @masked_rows {
  func.func @f(%x: tensor<32x16xf32>, %u: tensor<16x8xf32>, %y: tensor<4x6000xf32>, %v: tensor<2x40xf32>, %z: tensor<16x64xf32>, %w: tensor<8x40xf32>,
                    %a: tensor<32x4x9xf64>) -> (tensor<32xf32>, tensor<4xf32>, tensor<64xf32>, tensor<33x8xf32>) {
    %n = nn.dim %x, 0 : tensor<32x16xf32>
    %0 = nn.update_slice %x, %u [10, %n] : tensor<32x16xf32>, tensor<16x8xf32>
    %1 = nn.mul %0, %0 : tensor<32x16xf32>
    %short = nn.reduce sum %1 dims = [1] : tensor<32x16xf32>
    %m = nn.dim %y, 1 : tensor<4x6000xf32>
    %2 = nn.update_slice %y, %v [1, %m] : tensor<4x6000xf32>, tensor<2x40xf32>
    %3 = nn.mul %2, %2 : tensor<4x6000xf32>
    %long = nn.reduce sum %3 dims = [1] : tensor<4x6000xf32>
    %4 = nn.update_slice %z, %w [1, %n] : tensor<16x64xf32>, tensor<8x40xf32>
    %5 = nn.mul %4, %4 : tensor<16x64xf32>
    %columns = nn.reduce sum %5 dims = [0] : tensor<16x64xf32>
    %one = nn.constant dense<1.5> : tensor<f64>
    %6 = nn.pad %a, %one low = [1, 1, 3] high = [0, 3, 2] interior = [0, 0, 0] : tensor<32x4x9xf64>, tensor<f64>
    %7 = nn.cast %6 : tensor<33x8x14xf64> -> tensor<33x8x14xf32>
    %wide = nn.reduce sum %7 dims = [2] : tensor<33x8x14xf32>
    return %short, %long, %columns, %wide : tensor<32xf32>, tensor<4xf32>, tensor<64xf32>, tensor<33x8xf32>
  }
}
