// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of mae, PyTorch 1.13. Both sides compute in double precision.
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

func.func private @f_0(%x: tensor<3x4xf64>, %t: tensor<3x4xf64>) -> tensor<f64> {
  %result = nn.mae %x, %t reduction = mean : tensor<3x4xf64>, tensor<3x4xf64>
  return %result : tensor<f64>
}
func.func @mae_gradient_0(%x: tensor<3x4xf64> {nn.value = dense<[[-0.364, 0.722, -0.687, 1.593], [-1.634, 1.744, 2.444, 1.846], [-0.552, 0.241, -0.989, 2.7]]> : tensor<3x4xf64>},
    %t: tensor<3x4xf64> {nn.value = dense<[[-0.364, 0.222, -0.187, -0.407], [-1.634, 1.244, 2.944, -0.154], [-0.552, -0.259, -0.489, 0.7]]> : tensor<3x4xf64>},
    %cotangent: tensor<f64> {nn.value = dense<-0.055> : tensor<f64>},
    %expected_x: tensor<3x4xf64> {nn.value = dense<[[-0.0, -0.004583333333333333, 0.004583333333333333, -0.004583333333333333], [-0.0, -0.004583333333333333, 0.004583333333333333, -0.004583333333333333], [-0.0, -0.004583333333333333, 0.004583333333333333, -0.004583333333333333]]> : tensor<3x4xf64>},
    %expected_t: tensor<3x4xf64> {nn.value = dense<[[0.0, 0.004583333333333333, -0.004583333333333333, 0.004583333333333333], [0.0, 0.004583333333333333, -0.004583333333333333, 0.004583333333333333], [0.0, 0.004583333333333333, -0.004583333333333333, 0.004583333333333333]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result, %d_x, %d_t = nn.vjp @f_0(%x, %t) cotangents(%cotangent) wrt(0, 1) : (tensor<3x4xf64>, tensor<3x4xf64>), (tensor<f64>) -> (tensor<f64>, tensor<3x4xf64>, tensor<3x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<3x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<3x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_t = nn.reshape %d_t : tensor<3x4xf64> -> tensor<?xf64>
  %want_t = nn.reshape %expected_t : tensor<3x4xf64> -> tensor<?xf64>
  %close_t = call @close(%flat_t, %want_t) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_t : tensor<i1>
  return %ok_1 : tensor<i1>
}

func.func private @f_1(%x: tensor<3x4xf64>, %t: tensor<3x4xf64>) -> tensor<3x4xf64> {
  %result = nn.mae %x, %t reduction = none : tensor<3x4xf64>, tensor<3x4xf64>
  return %result : tensor<3x4xf64>
}
func.func @mae_gradient_1(%x: tensor<3x4xf64> {nn.value = dense<[[-0.364, 0.722, -0.687, 1.593], [-1.634, 1.744, 2.444, 1.846], [-0.552, 0.241, -0.989, 2.7]]> : tensor<3x4xf64>},
    %t: tensor<3x4xf64> {nn.value = dense<[[-0.364, 0.222, -0.187, -0.407], [-1.634, 1.244, 2.944, -0.154], [-0.552, -0.259, -0.489, 0.7]]> : tensor<3x4xf64>},
    %cotangent: tensor<3x4xf64> {nn.value = dense<[[-0.909, 1.354, -0.038, 1.66], [-1.579, 0.967, 0.246, -0.008], [-0.03, 0.546, 0.722, 0.225]]> : tensor<3x4xf64>},
    %expected_x: tensor<3x4xf64> {nn.value = dense<[[-0.0, 1.354, 0.038, 1.66], [-0.0, 0.967, -0.246, -0.008], [-0.0, 0.546, -0.722, 0.225]]> : tensor<3x4xf64>},
    %expected_t: tensor<3x4xf64> {nn.value = dense<[[0.0, -1.354, -0.038, -1.66], [0.0, -0.967, 0.246, 0.008], [0.0, -0.546, 0.722, -0.225]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result, %d_x, %d_t = nn.vjp @f_1(%x, %t) cotangents(%cotangent) wrt(0, 1) : (tensor<3x4xf64>, tensor<3x4xf64>), (tensor<3x4xf64>) -> (tensor<3x4xf64>, tensor<3x4xf64>, tensor<3x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<3x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<3x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_t = nn.reshape %d_t : tensor<3x4xf64> -> tensor<?xf64>
  %want_t = nn.reshape %expected_t : tensor<3x4xf64> -> tensor<?xf64>
  %close_t = call @close(%flat_t, %want_t) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_t : tensor<i1>
  return %ok_1 : tensor<i1>
}
