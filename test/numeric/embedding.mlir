// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from embedding, PyTorch 1.13. Both sides compute in double precision.
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

func.func @embedding_0(%t: tensor<6x2xf64> {nn.value = dense<[[-0.639, -0.557], [1.024, -0.515], [0.525, -0.319], [0.964, -0.106], [0.637, 0.95], [1.57, 1.847]]> : tensor<6x2xf64>},
    %i: tensor<2x3xi64> {nn.value = dense<[[0, 5, 3], [3, 3, 1]]> : tensor<2x3xi64>},
    %expected: tensor<2x3x2xf64> {nn.value = dense<[[[-0.639, -0.557], [1.57, 1.847], [0.964, -0.106]], [[0.964, -0.106], [0.964, -0.106], [1.024, -0.515]]]> : tensor<2x3x2xf64>}) -> tensor<i1> {
  %result = nn.embedding %t, %i : tensor<6x2xf64>, tensor<2x3xi64>
  %flatResult = nn.reshape %result : tensor<2x3x2xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x3x2xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @embedding_1(%t: tensor<6x2xf64> {nn.value = dense<[[-0.639, -0.557], [1.024, -0.515], [0.525, -0.319], [0.964, -0.106], [0.637, 0.95], [1.57, 1.847]]> : tensor<6x2xf64>},
    %i: tensor<?x3xi32> {nn.value = dense<[[0, 5, 3], [3, 3, 1]]> : tensor<2x3xi32>},
    %expected: tensor<2x3x2xf64> {nn.value = dense<[[[-0.639, -0.557], [1.57, 1.847], [0.964, -0.106]], [[0.964, -0.106], [0.964, -0.106], [1.024, -0.515]]]> : tensor<2x3x2xf64>}) -> tensor<i1> {
  %result = nn.embedding %t, %i : tensor<6x2xf64>, tensor<?x3xi32>
  %flatResult = nn.reshape %result : tensor<?x3x2xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x3x2xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
