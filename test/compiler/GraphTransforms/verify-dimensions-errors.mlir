// RUN: mlc-opt %s --pass-pipeline='builtin.module(func.func(verify-dimensions))' --verify-diagnostics

func.func @longer(%x: tensor<?xf32> {nn.dims = ["batch"]}, %one: tensor<1xf32>) -> tensor<?xf32> {
  %y = nn.concat %x, %one dim = 0 : tensor<?xf32>, tensor<1xf32>
  // expected-error @+1 {{expects equal sizes, but dimension 0 of operand 0 is batch and dimension 0 of operand 1 is (batch + 1)}}
  %z = nn.add %x, %y : tensor<?xf32>
  return %z : tensor<?xf32>
}

func.func @negative(%x: tensor<f32>) -> tensor<?xf32> {
  %n = arith.constant -4 : index
  // expected-error @+1 {{expects sizes of at least 0, but got -4}}
  %y = nn.broadcast %x [%n] dims = [] : tensor<f32> -> tensor<?xf32>
  return %y : tensor<?xf32>
}
