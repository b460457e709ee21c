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

func.func @zero(%x: tensor<?xf32>) -> tensor<?xf32> {
  %zero = arith.constant 0 : index
  %n = nn.dim %x, 0 : tensor<?xf32>
  // expected-error @+2 {{expects a divisor other than 0}}
  // expected-note @+1 {{sizes and offsets are whole numbers}}
  %q = arith.divui %n, %zero : index
  // Said once, not that the size is not known.
  %y = nn.iota [%q] dim = 0 : tensor<?xf32>
  return %y : tensor<?xf32>
}

func.func @unsigned(%x: tensor<?xf32>) -> tensor<?xf32> {
  %two = arith.constant 2 : index
  %less = arith.constant -5 : index
  // expected-error @+1 {{dividend of arith.divui below 0: -5}}
  %q = arith.divui %less, %two : index
  return %x : tensor<?xf32>
}

func.func @unknown(%x: tensor<?xf32>) -> tensor<?xf32> {
  %two = arith.constant 2 : index
  %n = nn.dim %x, 0 : tensor<?xf32>
  // expected-error @+2 {{not supported yet: a size that depends on the result of arith.maxsi}}
  // expected-note @+1 {{sizes are computed by additions, subtractions, products and quotients, with numbers below 2^62}}
  %m = arith.maxsi %n, %two : index
  %y = nn.iota [%m] dim = 0 : tensor<?xf32>
  return %y : tensor<?xf32>
}

func.func @large(%x: tensor<?xf32>) -> tensor<?xf32> {
  %many = arith.constant 1099511627776 : index
  %n = nn.dim %x, 0 : tensor<?xf32>
  %m = arith.muli %n, %many : index
  // expected-error @+2 {{not supported yet: a size that depends on the result of arith.muli}}
  // expected-note @+1 {{sizes are computed by additions}}
  %k = arith.muli %m, %many : index
  %y = nn.iota [%k] dim = 0 : tensor<?xf32>
  return %y : tensor<?xf32>
}

func.func @box(%x: tensor<?xf32> {nn.dims = ["n"]}) -> tensor<?xf32> {
  %one = arith.constant 1 : index
  %n = nn.dim %x, 0 : tensor<?xf32>
  %m = arith.addi %n, %one : index
  // expected-error @+1 {{box of nn.slice larger than its operand}}
  %y = nn.slice %x [0] [%m] [1] : tensor<?xf32>
  return %y : tensor<?xf32>
}

func.func @count(%x: tensor<?xf32> {nn.dims = ["n"]}) -> tensor<?xf32> {
  %one = arith.constant 1 : index
  %n = nn.dim %x, 0 : tensor<?xf32>
  %m = arith.addi %n, %one : index
  // expected-error @+1 {{element count of nn.reshape unlike that of its operand: n and (n + 1)}}
  %y = nn.reshape %x [%m] : tensor<?xf32> -> tensor<?xf32>
  return %y : tensor<?xf32>
}
