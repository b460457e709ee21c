// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of gelu, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-2: = dense<true> : tensor<i1>
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
  %result = nn.gelu %x : tensor<9xf64>
  return %result : tensor<9xf64>
}
func.func @gelu_gradient_0(%x: tensor<9xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 6.0, 30.0, -30.0]> : tensor<9xf64>},
    %cotangent: tensor<9xf64> {nn.value = dense<[-0.197, 0.751, -2.687, 2.37, 1.074, 1.045, 0.766, -1.37, 0.115]> : tensor<9xf64>},
    %expected_x: tensor<9xf64> {nn.value = dense<[-0.0985, 0.3755, -2.9108686694691133, -0.19745766529281664, 0.931689763880719, -0.006288163295305985, 0.7660000271690314, -1.37, -5.08407916533099e-196]> : tensor<9xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_0(%x) cotangents(%cotangent) wrt(0) : (tensor<9xf64>), (tensor<9xf64>) -> (tensor<9xf64>, tensor<9xf64>)
  %flat_x = nn.reshape %d_x : tensor<9xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<9xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_1(%x: tensor<9xf64>) -> tensor<9xf64> {
  %result = nn.gelu %x approximate = tanh : tensor<9xf64>
  return %result : tensor<9xf64>
}
func.func @gelu_gradient_1(%x: tensor<9xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 6.0, 30.0, -30.0]> : tensor<9xf64>},
    %cotangent: tensor<9xf64> {nn.value = dense<[1.578, 0.823, 0.267, -0.155, -1.885, -1.169, 0.433, 0.963, 1.119]> : tensor<9xf64>},
    %expected_x: tensor<9xf64> {nn.value = dense<[0.789, 0.4115, 0.28915141038682396, 0.0128594329960963, -1.6349922681628009, 0.00650472005800464, 0.433000000333842, 0.963, 0.0]> : tensor<9xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_1(%x) cotangents(%cotangent) wrt(0) : (tensor<9xf64>), (tensor<9xf64>) -> (tensor<9xf64>, tensor<9xf64>)
  %flat_x = nn.reshape %d_x : tensor<9xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<9xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}
