// RUN: mlc-fuzz --file %s | FileCheck %s
// Products without rows, columns or depth: the cost model divided by the number of blocks of rows.
// CHECK: 0 failures
module @empty_products {
  func.func @f(%a: tensor<0x65xf32>, %b: tensor<65x33xf32>, %c: tensor<7x65xf32>, %d: tensor<65x0xf32>, %e: tensor<17x0xf32>,
               %g: tensor<0x65xf32>) -> (tensor<0x33xf32>, tensor<7x0xf32>, tensor<17x65xf32>) {
    %0 = nn.contract %a, %b contracting = [1] x [0] : tensor<0x65xf32>, tensor<65x33xf32>
    %1 = nn.contract %c, %d contracting = [1] x [0] : tensor<7x65xf32>, tensor<65x0xf32>
    %2 = nn.contract %e, %g contracting = [1] x [0] : tensor<17x0xf32>, tensor<0x65xf32>
    return %0, %1, %2 : tensor<0x33xf32>, tensor<7x0xf32>, tensor<17x65xf32>
  }
}
