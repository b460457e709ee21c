// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of logsumexp, PyTorch 1.13. Both sides compute in double precision.
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

func.func private @f_0(%x: tensor<2x3x4xf64>) -> tensor<3xf64> {
  %result = nn.logsumexp %x dims = [0, 2] : tensor<2x3x4xf64>
  return %result : tensor<3xf64>
}
func.func @logsumexp_gradient_0(%x: tensor<2x3x4xf64> {nn.value = dense<[[[-0.917, -1.609, 1.478, 1.373], [0.233, -2.895, 4.124, 1.363], [-0.676, 1.035, -2.065, -0.359]], [[1.711, 1.962, 1.012, 1.558], [0.066, 1.383, -0.402, -3.225], [-1.186, -0.73, 3.012, -0.568]]]> : tensor<2x3x4xf64>},
    %cotangent: tensor<3xf64> {nn.value = dense<[0.855, 1.38, -0.48]> : tensor<3xf64>},
    %expected_x: tensor<2x3x4xf64> {nn.value = dense<[[[0.011752487039536443, 0.005882988500215114, 0.12890360553641142, 0.1160550771142179], [0.023931284173390216, 0.0010483175693909428, 1.171671410341736, 0.07408303540768708], [-0.009451864144748499, -0.05231127787900643, -0.002356581344637005, -0.01297743378022972]], [[0.1627255242476728, 0.2091527572936143, 0.08088795141406328, 0.1396396088542687], [0.02025064336632261, 0.07557961199617197, 0.012682036764492045, 0.0007536603808088189], [-0.005675802630455657, -0.00895499955702789, -0.3777422127237383, -0.01052982794015626]]]> : tensor<2x3x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_0(%x) cotangents(%cotangent) wrt(0) : (tensor<2x3x4xf64>), (tensor<3xf64>) -> (tensor<3xf64>, tensor<2x3x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x3x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x3x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}
