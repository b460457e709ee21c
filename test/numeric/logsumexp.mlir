// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from logsumexp, PyTorch 1.13. Both sides compute in double precision.
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

// Large, infinite and NaN logits.
func.func @logsumexp_0(%x: tensor<?x4xf64> {nn.value = dense<[[1.0, 2.0, 3.0, 4.0], [1000.0, 1001.0, 999.0, -1000.0], [0xFFF0000000000000, 0.0, 0.0, 0xFFF0000000000000], [0xFFF0000000000000, 0xFFF0000000000000, 0xFFF0000000000000, 0xFFF0000000000000], [0x7FF0000000000000, 0.0, 1.0, 2.0], [0x7FF8000000000000, 0.0, 1.0, 2.0]]> : tensor<6x4xf64>},
    %expected: tensor<6xf64> {nn.value = dense<[4.440189698561196, 1001.4076059644444, 0.6931471805599453, 0xFFF0000000000000, 0x7FF0000000000000, 0x7FF8000000000000]> : tensor<6xf64>}) -> tensor<i1> {
  %result = nn.logsumexp %x dims = [1] : tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<?xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<6xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @logsumexp_1(%x: tensor<2x3x4xf64> {nn.value = dense<[[[-1.027, -4.814, 6.58, 6.81], [-1.222, -1.098, 1.888, 3.492], [1.104, -4.889, 1.404, -4.267]], [[-0.208, -3.158, 5.464, 5.08], [3.772, 5.403, -1.595, 0.529], [7.387, 5.18, 1.826, -1.655]]]> : tensor<2x3x4xf64>},
    %expected: tensor<3xf64> {nn.value = dense<[7.613544610785254, 5.728555062896723, 7.498895421741689]> : tensor<3xf64>}) -> tensor<i1> {
  %result = nn.logsumexp %x dims = [0, 2] : tensor<2x3x4xf64>
  %flatResult = nn.reshape %result : tensor<3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
