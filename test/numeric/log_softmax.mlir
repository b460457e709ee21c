// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from log_softmax, PyTorch 1.13. Both sides compute in double precision.
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
func.func @log_softmax_0(%x: tensor<?x4xf64> {nn.value = dense<[[1.0, 2.0, 3.0, 4.0], [1000.0, 1001.0, 999.0, -1000.0], [0xFFF0000000000000, 0.0, 0.0, 0xFFF0000000000000], [0xFFF0000000000000, 0xFFF0000000000000, 0xFFF0000000000000, 0xFFF0000000000000], [0x7FF0000000000000, 0.0, 1.0, 2.0], [0x7FF8000000000000, 0.0, 1.0, 2.0]]> : tensor<6x4xf64>},
    %expected: tensor<6x4xf64> {nn.value = dense<[[-3.4401896985611953, -2.4401896985611953, -1.4401896985611953, -0.44018969856119533], [-1.4076059644443804, -0.4076059644443804, -2.4076059644443806, -2001.4076059644444], [0xFFF0000000000000, -0.6931471805599453, -0.6931471805599453, 0xFFF0000000000000], [0xFFF8000000000000, 0xFFF8000000000000, 0xFFF8000000000000, 0xFFF8000000000000], [0xFFF8000000000000, 0x7FF8000000000000, 0x7FF8000000000000, 0x7FF8000000000000], [0x7FF8000000000000, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF]]> : tensor<6x4xf64>}) -> tensor<i1> {
  %result = nn.log_softmax %x dim = 1 : tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<?x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<6x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// A dimension in the middle.
func.func @log_softmax_1(%x: tensor<2x3x4xf64> {nn.value = dense<[[[-1.027, -4.814, 6.58, 6.81], [-1.222, -1.098, 1.888, 3.492], [1.104, -4.889, 1.404, -4.267]], [[-0.208, -3.158, 5.464, 5.08], [3.772, 5.403, -1.595, 0.529], [7.387, 5.18, 1.826, -1.655]]]> : tensor<2x3x4xf64>},
    %expected: tensor<2x3x4xf64> {nn.value = dense<[[[-2.3268991505408945, -3.7618373473612152, -0.014710167676147173, -0.03559942738512573], [-2.5218991505408948, -0.045837347361214975, -4.706710167676147, -3.3535994273851255], [-0.19589915054089446, -3.8368373473612154, -5.190710167676147, -11.112599427385126]], [[-7.622050693714728, -9.148956804352403, -0.02680213086438962, -0.011676777964018304], [-3.642050693714728, -0.5879568043524034, -7.08580213086439, -4.562676777964018], [-0.027050693714728326, -0.8109568043524032, -3.66480213086439, -6.746676777964018]]]> : tensor<2x3x4xf64>}) -> tensor<i1> {
  %result = nn.log_softmax %x dim = 1 : tensor<2x3x4xf64>
  %flatResult = nn.reshape %result : tensor<2x3x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x3x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
