// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from l1_loss, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-3: = dense<true> : tensor<i1>
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

func.func @mae_0(%y: tensor<?x4xf64> {nn.value = dense<[[0.076, 1.324, 4.886, 4.255], [0.049, 2.075, -3.716, -1.154], [-3.295, -0.25, 0.896, -3.95]]> : tensor<3x4xf64>},
    %t: tensor<?x4xf64> {nn.value = dense<[[1.006, 1.209, -0.734, 1.017], [-1.943, -0.885, 0.716, -0.199], [-1.259, -1.312, -0.22, 0.508]]> : tensor<3x4xf64>},
    %expected: tensor<f64> {nn.value = dense<2.4095> : tensor<f64>}) -> tensor<i1> {
  %result = nn.mae %y, %t reduction = mean : tensor<?x4xf64>, tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @mae_1(%y: tensor<?x4xf64> {nn.value = dense<[[0.076, 1.324, 4.886, 4.255], [0.049, 2.075, -3.716, -1.154], [-3.295, -0.25, 0.896, -3.95]]> : tensor<3x4xf64>},
    %t: tensor<?x4xf64> {nn.value = dense<[[1.006, 1.209, -0.734, 1.017], [-1.943, -0.885, 0.716, -0.199], [-1.259, -1.312, -0.22, 0.508]]> : tensor<3x4xf64>},
    %expected: tensor<f64> {nn.value = dense<28.913999999999998> : tensor<f64>}) -> tensor<i1> {
  %result = nn.mae %y, %t reduction = sum : tensor<?x4xf64>, tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @mae_2(%y: tensor<?x4xf64> {nn.value = dense<[[0.076, 1.324, 4.886, 4.255], [0.049, 2.075, -3.716, -1.154], [-3.295, -0.25, 0.896, -3.95]]> : tensor<3x4xf64>},
    %t: tensor<?x4xf64> {nn.value = dense<[[1.006, 1.209, -0.734, 1.017], [-1.943, -0.885, 0.716, -0.199], [-1.259, -1.312, -0.22, 0.508]]> : tensor<3x4xf64>},
    %expected: tensor<3x4xf64> {nn.value = dense<[[0.93, 0.11499999999999999, 5.62, 3.238], [1.992, 2.96, 4.432, 0.9549999999999998], [2.036, 1.062, 1.116, 4.458]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result = nn.mae %y, %t reduction = none : tensor<?x4xf64>, tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<?x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
