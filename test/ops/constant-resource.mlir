// Values of a resource: the same as in the text, at both levels and in the evaluator.
// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --evaluate | FileCheck %s --check-prefix=VALUE
// RUN: mlc %s -O0 -o %t.so && mlc-run call %t.so f | FileCheck %s --check-prefix=CALLED
// RUN: mlc %s -o %t.so && mlc-run call %t.so f | FileCheck %s --check-prefix=CALLED

// CHECK: nn.constant dense_resource<table> : tensor<4xf32>
// CHECK: nn.constant dense_resource<mask> : tensor<4xi1>
// VALUE: dense<[1, -2, 3, 0]> : tensor<4xf32>
// CALLED: 1 -2 3 0
module @m {
  func.func @f() -> tensor<4xf32> {
    %x = nn.constant dense_resource<table> : tensor<4xf32>
    %m = nn.constant dense_resource<mask> : tensor<4xi1>
    %z = nn.constant dense<0.0> : tensor<4xf32>
    %r = nn.select %m, %x, %z : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>
    return %r : tensor<4xf32>
  }
}
{-# dialect_resources: { builtin: { table: "0x040000000000803F000000C00000404000008040", mask: "0x0100000001010100" } } #-}
