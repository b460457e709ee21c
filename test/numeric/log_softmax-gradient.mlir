// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of log_softmax, PyTorch 1.13. Both sides compute in double precision.
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

func.func private @f_0(%x: tensor<2x3x4xf64>) -> tensor<2x3x4xf64> {
  %result = nn.log_softmax %x dim = 1 : tensor<2x3x4xf64>
  return %result : tensor<2x3x4xf64>
}
func.func @log_softmax_gradient_0(%x: tensor<2x3x4xf64> {nn.value = dense<[[[-0.917, -1.609, 1.478, 1.373], [0.233, -2.895, 4.124, 1.363], [-0.676, 1.035, -2.065, -0.359]], [[1.711, 1.962, 1.012, 1.558], [0.066, 1.383, -0.402, -3.225], [-1.186, -0.73, 3.012, -0.568]]]> : tensor<2x3x4xf64>},
    %cotangent: tensor<2x3x4xf64> {nn.value = dense<[[[1.66, -0.084, 0.227, 1.01], [-1.512, -0.14, 0.605, -0.39], [-0.231, 1.073, -0.971, 1.117]], [[0.475, -1.767, -0.584, 0.493], [1.11, -1.056, 1.335, -0.884], [0.197, -0.18, -0.71, 1.041]]]> : tensor<2x3x4xf64>},
    %expected_x: tensor<2x3x4xf64> {nn.value = dense<[[[1.6752834417059377, -0.13932479032788742, 0.23618919441265598, 0.20842362339819093], [-1.4637319427686506, -0.15529033754826058, 0.734544995112995, -1.1836005583918816], [-0.21155149893728714, 0.294615127876148, -0.9707341895256509, 0.9751769349936904]], [[-0.9526545658246142, 0.0773636434030443, -0.5887496446330243, -0.08340238244452822], [0.8344447334659761, -0.022310636014479943, 1.3338450352764253, -0.8888249771423111], [0.11820983235863806, -0.055053007388564376, -0.7450953906434011, 0.9722273595868394]]]> : tensor<2x3x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_0(%x) cotangents(%cotangent) wrt(0) : (tensor<2x3x4xf64>), (tensor<2x3x4xf64>) -> (tensor<2x3x4xf64>, tensor<2x3x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x3x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x3x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}
