// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from relu, PyTorch 1.13. Both sides compute in double precision.
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

func.func @relu_0(%x: tensor<14xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000, 1.0e-300]> : tensor<14xf64>},
    %expected: tensor<14xf64> {nn.value = dense<[0.0, -0.0, 1.0, 0.0, 0.5, 0.0, 40.0, 0.0, 800.0, 0.0, 0x7FF0000000000000, 0.0, 0x7FF8000000000000, 1.0e-300]> : tensor<14xf64>}) -> tensor<i1> {
  %result = nn.relu %x : tensor<14xf64>
  %flatResult = nn.reshape %result : tensor<14xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<14xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// A free dimension.
func.func @relu_1(%x: tensor<?x4xf64> {nn.value = dense<[[-1.206, 0.062, 1.163, -1.501], [-1.594, -0.019, -2.132, -0.527], [-0.102, 0.01, -0.445, -1.498]]> : tensor<3x4xf64>},
    %expected: tensor<3x4xf64> {nn.value = dense<[[0.0, 0.062, 1.163, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.01, 0.0, 0.0]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result = nn.relu %x : tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<?x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
