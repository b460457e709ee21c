// RUN: mlc-opt %s --form-kernels=explain=true --split-input-file --verify-diagnostics

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{not supported yet: nn.relu}}
  %y = nn.relu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// expected-error @+1 {{not supported yet: control flow in an entry}}
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  cf.br ^next
^next:
  return %x : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<9000xf32>) -> tensor<9000xf32> {
  %e = nn.exp %x : tensor<9000xf32>
  // expected-remark @+1 {{stays apart from the kernel of nn.exp: others read all elements too, and this reduction is one tile}}
  %s = nn.reduce sum %e dims = [0] : tensor<9000xf32>
  %b = nn.broadcast %s dims = [] : tensor<f32> -> tensor<9000xf32>
  // expected-remark @+2 {{stays apart from the kernel of nn.exp: another kernel lies between them}}
  // expected-remark @+1 {{stays apart from the kernel of nn.reduce: all tiles would wait for one}}
  %y = nn.div %e, %b : tensor<9000xf32>
  return %y : tensor<9000xf32>
}

// -----

func.func @f(%x: tensor<?xf32>) -> tensor<?xf32> {
  %n = nn.dim %x, 0 : tensor<?xf32>
  %m = arith.shrui %n, %n : index
  // expected-error @+1 {{not supported yet: a size that is not computed from the sizes of arguments}}
  %c = nn.constant dense<1.0> : tensor<f32>
  %y = nn.broadcast %c [%m] dims = [] : tensor<f32> -> tensor<?xf32>
  return %y : tensor<?xf32>
}
