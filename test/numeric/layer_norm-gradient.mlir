// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of layer_norm, PyTorch 1.13. Both sides compute in double precision.
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

func.func private @f_0(%x: tensor<2x3x4xf64>, %s: tensor<4xf64>, %b: tensor<4xf64>) -> tensor<2x3x4xf64> {
  %result = nn.layer_norm %x, %s, %b : tensor<2x3x4xf64>, tensor<4xf64>, tensor<4xf64>
  return %result : tensor<2x3x4xf64>
}
func.func @layer_norm_gradient_0(%x: tensor<2x3x4xf64> {nn.value = dense<[[[-0.917, -1.609, 1.478, 1.373], [0.233, -2.895, 4.124, 1.363], [-0.676, 1.035, -2.065, -0.359]], [[1.711, 1.962, 1.012, 1.558], [0.066, 1.383, -0.402, -3.225], [-1.186, -0.73, 3.012, -0.568]]]> : tensor<2x3x4xf64>},
    %s: tensor<4xf64> {nn.value = dense<[0.735, 0.272, 0.871, 0.491]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[1.13, 0.241, 0.068, -1.002]> : tensor<4xf64>},
    %cotangent: tensor<2x3x4xf64> {nn.value = dense<[[[-0.04, -0.056, 0.88, 0.556], [0.86, 1.317, 0.389, -1.344], [-0.609, -0.138, -2.443, 0.509]], [[0.637, 0.42, -1.114, -0.743], [0.404, 0.338, 0.678, -0.181], [1.332, 0.65, -0.127, 1.364]]]> : tensor<2x3x4xf64>},
    %expected_x: tensor<2x3x4xf64> {nn.value = dense<[[[-0.058994729265690354, 0.051522866599885475, 0.17665759352846633, -0.16918573086266153], [0.17836249954792552, 0.026984915333136295, 0.11461457827803506, -0.3199619931590968], [0.2299243469573099, -0.46877751773909093, -0.4257836539743366, 0.6646368247561173]], [[1.307036814046353, -0.6759903347729015, -0.13420778272017841, -0.4968386965532714], [0.022316652560510186, -0.14694278800836552, 0.21383977993600398, -0.08921364448814857], [0.1724257869793881, -0.25181933319980926, 0.01836862720943616, 0.06102491901098511]]]> : tensor<2x3x4xf64>},
    %expected_s: tensor<4xf64> {nn.value = dense<[-0.6687220812467726, -1.4727646428742192, 6.45761995418466, -0.02717891886479642]> : tensor<4xf64>},
    %expected_b: tensor<4xf64> {nn.value = dense<[2.584, 2.5309999999999997, -1.7370000000000003, 0.16100000000000003]> : tensor<4xf64>}) -> tensor<i1> {
  %result, %d_x, %d_s, %d_b = nn.vjp @f_0(%x, %s, %b) cotangents(%cotangent) wrt(0, 1, 2) : (tensor<2x3x4xf64>, tensor<4xf64>, tensor<4xf64>), (tensor<2x3x4xf64>) -> (tensor<2x3x4xf64>, tensor<2x3x4xf64>, tensor<4xf64>, tensor<4xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x3x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x3x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_s = nn.reshape %d_s : tensor<4xf64> -> tensor<?xf64>
  %want_s = nn.reshape %expected_s : tensor<4xf64> -> tensor<?xf64>
  %close_s = call @close(%flat_s, %want_s) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_s : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<4xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<4xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_2 = nn.and %ok_1, %close_b : tensor<i1>
  return %ok_2 : tensor<i1>
}
