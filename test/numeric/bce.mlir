// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from binary_cross_entropy_with_logits, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-4: = dense<true> : tensor<i1>
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

func.func @bce_0(%y: tensor<?x4xf64> {nn.value = dense<[[0.076, 1.324, 4.886, 4.255], [0.049, 2.075, -3.716, -1.154], [-3.295, -0.25, 0.896, -3.95]]> : tensor<3x4xf64>},
    %t: tensor<?x4xf64> {nn.value = dense<[[0.36, 0.68, 0.22, 0.65], [0.42, 0.74, 0.84, 0.69], [0.82, 0.96, 0.66, 0.93]]> : tensor<3x4xf64>},
    %expected: tensor<f64> {nn.value = dense<1.6792347758547546> : tensor<f64>}) -> tensor<i1> {
  %result = nn.bce %y, %t reduction = mean : tensor<?x4xf64>, tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @bce_1(%y: tensor<?x4xf64> {nn.value = dense<[[0.076, 1.324, 4.886, 4.255], [0.049, 2.075, -3.716, -1.154], [-3.295, -0.25, 0.896, -3.95]]> : tensor<3x4xf64>},
    %t: tensor<?x4xf64> {nn.value = dense<[[0.36, 0.68, 0.22, 0.65], [0.42, 0.74, 0.84, 0.69], [0.82, 0.96, 0.66, 0.93]]> : tensor<3x4xf64>},
    %expected: tensor<f64> {nn.value = dense<20.150817310257054> : tensor<f64>}) -> tensor<i1> {
  %result = nn.bce %y, %t reduction = sum : tensor<?x4xf64>, tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @bce_2(%y: tensor<?x4xf64> {nn.value = dense<[[0.076, 1.324, 4.886, 4.255], [0.049, 2.075, -3.716, -1.154], [-3.295, -0.25, 0.896, -3.95]]> : tensor<3x4xf64>},
    %t: tensor<?x4xf64> {nn.value = dense<[[0.36, 0.68, 0.22, 0.65], [0.42, 0.74, 0.84, 0.69], [0.82, 0.96, 0.66, 0.93]]> : tensor<3x4xf64>},
    %expected: tensor<3x4xf64> {nn.value = dense<[[0.7045090068654923, 0.6595967416676887, 3.818603198061405, 1.5033433118388908], [0.6973672755397452, 0.6577775155971995, 3.1454798120967022, 1.0703800870754652], [2.738297544305089, 0.8159394198788437, 0.6469517216483387, 3.692571675682193]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result = nn.bce %y, %t reduction = none : tensor<?x4xf64>, tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<?x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// Logits whose probabilities round to 0 or 1.
func.func @bce_3(%y: tensor<5xf64> {nn.value = dense<[800.0, -800.0, 50.0, -50.0, 0.0]> : tensor<5xf64>},
    %t: tensor<5xf64> {nn.value = dense<[1.0, 0.0, 1.0, 1.0, 0.0]> : tensor<5xf64>},
    %expected: tensor<5xf64> {nn.value = dense<[0.0, 0.0, 0.0, 50.0, 0.6931471805599453]> : tensor<5xf64>}) -> tensor<i1> {
  %result = nn.bce %y, %t reduction = none : tensor<5xf64>
  %flatResult = nn.reshape %result : tensor<5xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<5xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
