// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from huber_loss, PyTorch 1.13. Both sides compute in double precision.
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

func.func @huber_0(%y: tensor<?x4xf64> {nn.value = dense<[[0.076, 1.324, 4.886, 4.255], [0.049, 2.075, -3.716, -1.154], [-3.295, -0.25, 0.896, -3.95]]> : tensor<3x4xf64>},
    %t: tensor<?x4xf64> {nn.value = dense<[[1.006, 1.209, -0.734, 1.017], [-1.943, -0.885, 0.716, -0.199], [-1.259, -1.312, -0.22, 0.508]]> : tensor<3x4xf64>},
    %expected: tensor<f64> {nn.value = dense<1.5426760416666667> : tensor<f64>}) -> tensor<i1> {
  %result = nn.huber %y, %t delta = 0.75 reduction = mean : tensor<?x4xf64>, tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @huber_1(%y: tensor<?x4xf64> {nn.value = dense<[[0.076, 1.324, 4.886, 4.255], [0.049, 2.075, -3.716, -1.154], [-3.295, -0.25, 0.896, -3.95]]> : tensor<3x4xf64>},
    %t: tensor<?x4xf64> {nn.value = dense<[[1.006, 1.209, -0.734, 1.017], [-1.943, -0.885, 0.716, -0.199], [-1.259, -1.312, -0.22, 0.508]]> : tensor<3x4xf64>},
    %expected: tensor<f64> {nn.value = dense<18.5121125> : tensor<f64>}) -> tensor<i1> {
  %result = nn.huber %y, %t delta = 0.75 reduction = sum : tensor<?x4xf64>, tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @huber_2(%y: tensor<?x4xf64> {nn.value = dense<[[0.076, 1.324, 4.886, 4.255], [0.049, 2.075, -3.716, -1.154], [-3.295, -0.25, 0.896, -3.95]]> : tensor<3x4xf64>},
    %t: tensor<?x4xf64> {nn.value = dense<[[1.006, 1.209, -0.734, 1.017], [-1.943, -0.885, 0.716, -0.199], [-1.259, -1.312, -0.22, 0.508]]> : tensor<3x4xf64>},
    %expected: tensor<3x4xf64> {nn.value = dense<[[0.41625, 0.006612499999999999, 3.93375, 2.14725], [1.21275, 1.93875, 3.0427500000000003, 0.4349999999999999], [1.2457500000000001, 0.51525, 0.5557500000000001, 3.06225]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result = nn.huber %y, %t delta = 0.75 reduction = none : tensor<?x4xf64>, tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<?x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
