// RUN: not mlc-opt %s --evaluate --split-input-file 2>&1 | FileCheck %s
// What only the values of a run can show.

// CHECK: :[[@LINE+4]]:8: error: 'nn.broadcast' op expects sizes that follow from its operands, but those of 'tensor<?xf32>' do not
func.func @negative() -> tensor<?xf32> {
  %n = arith.constant -1 : index
  %c = nn.constant dense<1.0> : tensor<f32>
  %y = nn.broadcast %c [%n] dims = [] : tensor<f32> -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// CHECK: error: 'nn.gather' op expects elements along axis 0, but it is empty
func.func @gather() -> tensor<2xf32> {
  %zero = arith.constant 0 : index
  %c = nn.constant dense<> : tensor<0xf32>
  %x = nn.reshape %c [%zero] : tensor<0xf32> -> tensor<?xf32>
  %i = nn.constant dense<0> : tensor<2xi64>
  %y = nn.gather %x, %i axis = 0 : tensor<?xf32>, tensor<2xi64>
  return %y : tensor<2xf32>
}

// -----

// CHECK: error: expects elements along dimension 0, but 'tensor<0x0xf32>' has none
func.func @argmin() -> tensor<0xi64> {
  %zero = arith.constant 0 : index
  %c = nn.constant dense<> : tensor<0x0xf32>
  %x = nn.reshape %c [%zero] : tensor<0x0xf32> -> tensor<?x0xf32>
  %i = nn.argmin %x dim = 0 : tensor<?x0xf32>
  return %i : tensor<0xi64>
}
