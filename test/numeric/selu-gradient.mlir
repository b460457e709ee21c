// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of selu, PyTorch 1.13. Both sides compute in double precision.
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

func.func private @f_0(%x: tensor<11xf64>) -> tensor<11xf64> {
  %result = nn.selu %x : tensor<11xf64>
  return %result : tensor<11xf64>
}
func.func @selu_gradient_0(%x: tensor<11xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, 1.0e-300]> : tensor<11xf64>},
    %cotangent: tensor<11xf64> {nn.value = dense<[-0.641, 0.124, 1.225, -2.133, -0.607, 1.924, 1.066, -0.011, -0.394, 0.886, 0.841]> : tensor<11xf64>},
    %expected_x: tensor<11xf64> {nn.value = dense<[-1.1269416774831684, 0.2180043182650747, 1.2871087095104636, -1.3795574302732583, -0.6377754993247766, 0.13115698136011625, 1.1200472525209422, -8.215931697505719e-20, -0.4139761890180593, 0.0, 0.883639530365959]> : tensor<11xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_0(%x) cotangents(%cotangent) wrt(0) : (tensor<11xf64>), (tensor<11xf64>) -> (tensor<11xf64>, tensor<11xf64>)
  %flat_x = nn.reshape %d_x : tensor<11xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<11xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_1(%x: tensor<10xf64>) -> tensor<10xf64> {
  %result = nn.selu %x : tensor<10xf64>
  return %result : tensor<10xf64>
}
func.func @selu_gradient_1(%x: tensor<10xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, -3.0, 6.0, 30.0, -30.0]> : tensor<10xf64>},
    %cotangent: tensor<10xf64> {nn.value = dense<[0.868, 0.601, 0.303, -0.167, -0.079, 0.355, 0.836, -0.497, 0.999, 1.987]> : tensor<10xf64>},
    %expected_x: tensor<10xf64> {nn.value = dense<[1.526030227855523, 1.0566177038492732, 0.31836239916871056, -0.10801035670681394, -0.08300537800108296, 0.024199962776944525, 0.07317559169910143, -0.5221983907156738, 1.049650286368125, 3.268939034677796e-13]> : tensor<10xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_1(%x) cotangents(%cotangent) wrt(0) : (tensor<10xf64>), (tensor<10xf64>) -> (tensor<10xf64>, tensor<10xf64>)
  %flat_x = nn.reshape %d_x : tensor<10xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<10xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}
