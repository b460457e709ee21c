// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the formula, PyTorch 1.13. Both sides compute in double precision.
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

func.func @rms_norm_0(%x: tensor<2x3x4xf64> {nn.value = dense<[[[4.601, -1.095, 1.788, 3.221], [-0.012, -1.857, 0.364, -5.171], [-2.663, -3.128, 5.255, 1.367]], [[-3.573, 1.888, 4.391, 1.849], [1.489, 2.031, -2.355, -6.095], [-3.855, 5.072, 1.67, -3.06]]]> : tensor<2x3x4xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-1.03, 1.95, -0.67, 0.967]> : tensor<4xf64>},
    %expected: tensor<2x3x4xf64> {nn.value = dense<[[[-1.5809935899345384, -0.7123433620187514, -0.3996528996435937, 1.0391012087967868], [0.00448932677004863, -1.3152528829580579, -0.08858066445626699, -1.8162003673058298], [0.8056901339885593, -1.7916823282292091, -1.0342062963712066, 0.3882886027248641]], [[1.1781420326397856, 1.178593417015598, -0.9418151007869893, 0.5723883619990765], [-0.4380253143859856, 1.1311281803516902, 0.45064338632425965, -1.683323054877227], [1.093519900162585, 2.723823359038956, -0.30814587442658414, -0.8149162618158468]]]> : tensor<2x3x4xf64>}) -> tensor<i1> {
  %result = nn.rms_norm %x, %s : tensor<2x3x4xf64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<2x3x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x3x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @rms_norm_1(%x: tensor<?x4xf64> {nn.value = dense<[[1000000.115, 1000000.455, 999999.106, 999998.193], [1000001.009, 1000000.375, 1000000.42, 1000000.959], [1000002.136, 999999.669, 1000000.965, 999999.447]]> : tensor<3x4xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-1.03, 1.95, -0.67, 0.967]> : tensor<4xf64>},
    %expected: tensor<3x4xf64> {nn.value = dense<[[-1.0300006671824495, 1.9500019261127575, -0.6699997579621071, 0.9669987677992123], [-1.0300003277972285, 1.94999938428784, -0.6699998185975962, 0.9670002593975286], [-1.0300016292009941, 1.9499982737623152, -0.6700002752019553, 0.9669989292892773]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result = nn.rms_norm %x, %s epsilon = 1.0e-3 : tensor<?x4xf64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<?x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
