// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of softplus, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-1: = dense<true> : tensor<i1>
// CHECK-NOT: dense<false>

func.func private @close(%y: tensor<?xf64>, %expected: tensor<?xf64>) -> tensor<i1> {
  %n = nn.dim %y, 0 : tensor<?xf64>
  %tolerance = nn.constant dense<1.0e-12> : tensor<f64>
  %one = nn.constant dense<1.0> : tensor<f64>
  %tolerances = nn.broadcast %tolerance [%n] dims = [] : tensor<f64> -> tensor<?xf64>
  %ones = nn.broadcast %one [%n] dims = [] : tensor<f64> -> tensor<?xf64>
  %difference = nn.sub %y, %expected : tensor<?xf64>
  %distance = nn.abs %difference : tensor<?xf64>
  %magnitude = nn.abs %expected : tensor<?xf64>
  %scale = nn.max %magnitude, %ones : tensor<?xf64>
  %bound = nn.mul %tolerances, %scale : tensor<?xf64>
  %near = nn.compare le %distance, %bound : tensor<?xf64>
  %equal = nn.compare eq %y, %expected : tensor<?xf64>
  %nan = nn.compare ne %y, %y : tensor<?xf64>
  %expectedNan = nn.compare ne %expected, %expected : tensor<?xf64>
  %bothNan = nn.and %nan, %expectedNan : tensor<?xi1>
  %a = nn.or %near, %equal : tensor<?xi1>
  %ok = nn.or %a, %bothNan : tensor<?xi1>
  %all = nn.reduce and %ok dims = [0] : tensor<?xi1>
  return %all : tensor<i1>
}

func.func private @f_0(%x: tensor<9xf64>) -> tensor<9xf64> {
  %result = nn.softplus %x : tensor<9xf64>
  return %result : tensor<9xf64>
}
func.func @softplus_gradient_0(%x: tensor<9xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 6.0, 30.0, -30.0]> : tensor<9xf64>},
    %cotangent: tensor<9xf64> {nn.value = dense<[0.926, -0.14, 0.375, 0.313, 1.18, 1.32, -0.594, 1.662, 0.256]> : tensor<9xf64>},
    %expected_x: tensor<9xf64> {nn.value = dense<[0.463, -0.07, 0.27414696698625185, 0.08417866488880847, 0.7345020108181883, 0.04927149129425089, -0.592531261844959, 1.6619999999998443, 2.3955514800228608e-14]> : tensor<9xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_0(%x) cotangents(%cotangent) wrt(0) : (tensor<9xf64>), (tensor<9xf64>) -> (tensor<9xf64>, tensor<9xf64>)
  %flat_x = nn.reshape %d_x : tensor<9xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<9xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}
