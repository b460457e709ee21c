// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from softplus, PyTorch 1.13. Both sides compute in double precision.
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

func.func @softplus_0(%x: tensor<14xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000, 1.0e-300]> : tensor<14xf64>},
    %expected: tensor<14xf64> {nn.value = dense<[0.6931471805599453, 0.6931471805599453, 1.3132616875182228, 0.31326168751822286, 0.9740769841801067, 0.038041371687783126, 40.0, 4.248354255291589e-18, 800.0, 0.0, 0x7FF0000000000000, 0.0, 0x7FF8000000000000, 0.6931471805599453]> : tensor<14xf64>}) -> tensor<i1> {
  %result = nn.softplus %x : tensor<14xf64>
  %flatResult = nn.reshape %result : tensor<14xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<14xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// A free dimension.
func.func @softplus_1(%x: tensor<?x4xf64> {nn.value = dense<[[-0.993, 0.151, 0.288, -0.779], [0.448, 1.685, -1.667, 0.734], [-2.061, 0.095, 0.296, -0.163]]> : tensor<3x4xf64>},
    %expected: tensor<3x4xf64> {nn.value = dense<[[0.31514909965066046, 0.7714946019312724, 0.8474795456486017, 0.37765849388410777], [0.9420281431175566, 1.8551177523382598, 0.1729550399408556, 1.1260320906088468], [0.11984897092458004, 0.7417748815930056, 0.8520594304547823, 0.6149646354353681]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result = nn.softplus %x : tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<?x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
