// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from clamp, PyTorch 1.13. Both sides compute in double precision.
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

func.func @clamp_0(%x: tensor<14xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000, 1.0e-300]> : tensor<14xf64>},
    %expected: tensor<14xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -1.0, 6.0, -1.0, 6.0, -1.0, 6.0, -1.0, 0x7FF8000000000000, 1.0e-300]> : tensor<14xf64>}) -> tensor<i1> {
  %result = nn.clamp %x low = -1.0 high = 6.0 : tensor<14xf64>
  %flatResult = nn.reshape %result : tensor<14xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<14xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @clamp_1(%x: tensor<14xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000, 1.0e-300]> : tensor<14xf64>},
    %expected: tensor<14xf64> {nn.value = dense<[0.5, 0.5, 1.0, 0.5, 0.5, 0.5, 40.0, 0.5, 800.0, 0.5, 0x7FF0000000000000, 0.5, 0x7FF8000000000000, 0.5]> : tensor<14xf64>}) -> tensor<i1> {
  %result = nn.clamp %x low = 0.5 : tensor<14xf64>
  %flatResult = nn.reshape %result : tensor<14xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<14xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @clamp_2(%x: tensor<3xi32> {nn.value = dense<[-5, 0, 7]> : tensor<3xi32>},
    %expected: tensor<3xf64> {nn.value = dense<[-5.0, 0.0, 3.0]> : tensor<3xf64>}) -> tensor<i1> {
  %result = nn.clamp %x high = 3.0 : tensor<3xi32>
  %wide = nn.cast %result : tensor<3xi32> -> tensor<3xf64>
  %flatResult = nn.reshape %wide : tensor<3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
