// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from selu, PyTorch 1.13. Both sides compute in double precision.
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

func.func @selu_0(%x: tensor<11xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, 1.0e-300]> : tensor<11xf64>},
    %expected: tensor<11xf64> {nn.value = dense<[0.0, 0.0, 1.0507009873554805, -1.1113307378125625, 0.5253504936777402, -1.6899304316165469, 42.028039494219215, -1.7580993408473766, 840.5607898843843, -1.7580993408473766, 1.0507009873554804e-300]> : tensor<11xf64>}) -> tensor<i1> {
  %result = nn.selu %x : tensor<11xf64>
  %flatResult = nn.reshape %result : tensor<11xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<11xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @selu_1(%x: tensor<?xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, -3.0, 6.0, 30.0, -30.0]> : tensor<10xf64>},
    %expected: tensor<10xf64> {nn.value = dense<[0.0, 0.0, 1.0507009873554805, -1.1113307378125625, 0.5253504936777402, -1.6899304316165469, -1.6705687287671118, 6.304205924132883, 31.521029620664414, -1.758099340847212]> : tensor<10xf64>}) -> tensor<i1> {
  %result = nn.selu %x : tensor<?xf64>
  %flatResult = nn.reshape %result : tensor<?xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<10xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
