// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of embedding, PyTorch 1.13. Both sides compute in double precision.
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

// Rows that are read twice.
func.func private @f_0(%t: tensor<4x4xf64>, %i: tensor<2x3xi64>) -> tensor<2x3x4xf64> {
  %result = nn.embedding %t, %i : tensor<4x4xf64>, tensor<2x3xi64>
  return %result : tensor<2x3x4xf64>
}
func.func @embedding_gradient_0(%t: tensor<4x4xf64> {nn.value = dense<[[0.139, -0.069, -1.245, -0.253], [0.05, 1.103, -0.763, 0.833], [1.447, -0.031, -0.265, 0.722], [1.283, -0.134, -0.218, -1.305]]> : tensor<4x4xf64>},
    %i: tensor<2x3xi64> {nn.value = dense<[[0, 2, 2], [1, 2, 0]]> : tensor<2x3xi64>},
    %cotangent: tensor<2x3x4xf64> {nn.value = dense<[[[-0.158, 0.811, 0.102, -1.101], [-0.666, 2.208, -0.664, -1.5], [-0.477, 0.477, -0.003, -0.881]], [[0.618, -0.671, -1.071, -1.846], [-0.483, -0.239, -0.695, -1.523], [-0.422, -0.003, -1.902, -0.25]]]> : tensor<2x3x4xf64>},
    %expected_t: tensor<4x4xf64> {nn.value = dense<[[-0.58, 0.808, -1.7999999999999998, -1.351], [0.618, -0.671, -1.071, -1.846], [-1.626, 2.446, -1.362, -3.904], [0.0, 0.0, 0.0, 0.0]]> : tensor<4x4xf64>}) -> tensor<i1> {
  %result, %d_t = nn.vjp @f_0(%t, %i) cotangents(%cotangent) wrt(0) : (tensor<4x4xf64>, tensor<2x3xi64>), (tensor<2x3x4xf64>) -> (tensor<2x3x4xf64>, tensor<4x4xf64>)
  %flat_t = nn.reshape %d_t : tensor<4x4xf64> -> tensor<?xf64>
  %want_t = nn.reshape %expected_t : tensor<4x4xf64> -> tensor<?xf64>
  %close_t = call @close(%flat_t, %want_t) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_t, %close_t : tensor<i1>
  return %ok_0 : tensor<i1>
}
