// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from Salmon et al. 2011, PyTorch 1.13. Philox4x32-10 by the paper's formulas, checked with its known answers.
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

func.func @dropout_0(%x: tensor<3x7xf64> {nn.value = dense<[[-0.128, -0.749, -1.003, 0.228, -0.312, 0.703, -0.339], [-1.592, 1.278, -1.159, 0.519, -0.824, 0.8, 0.294], [1.819, -0.472, 0.921, -0.044, 0.299, -0.136, -2.307]]> : tensor<3x7xf64>},
    %s: tensor<i64> {nn.value = dense<81985529216486895> : tensor<i64>},
    %t: tensor<i64> {nn.value = dense<5> : tensor<i64>},
    %expected: tensor<3x7xf64> {nn.value = dense<[[0.0, 0.0, -1.4328571428571428, 0.0, 0.0, 0.0, -0.4842857142857144], [-2.2742857142857145, 1.8257142857142858, 0.0, 0.0, -1.177142857142857, 1.142857142857143, 0.42], [2.5985714285714288, -0.6742857142857143, 1.3157142857142858, -0.06285714285714286, 0.42714285714285716, -0.1942857142857143, 0.0]]> : tensor<3x7xf64>}) -> tensor<i1> {
  %result = nn.dropout %x rate = 0.3 seed %s step %t stream = 17 : tensor<3x7xf64>
  %flatResult = nn.reshape %result : tensor<3x7xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x7xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @dropout_1(%x: tensor<3x7xf64> {nn.value = dense<[[-0.128, -0.749, -1.003, 0.228, -0.312, 0.703, -0.339], [-1.592, 1.278, -1.159, 0.519, -0.824, 0.8, 0.294], [1.819, -0.472, 0.921, -0.044, 0.299, -0.136, -2.307]]> : tensor<3x7xf64>},
    %s: tensor<i64> {nn.value = dense<81985529216486895> : tensor<i64>},
    %t: tensor<i64> {nn.value = dense<5> : tensor<i64>},
    %expected: tensor<3x7xf64> {nn.value = dense<[[-0.128, -0.749, -1.003, 0.228, -0.312, 0.703, -0.339], [-1.592, 1.278, -1.159, 0.519, -0.824, 0.8, 0.294], [1.819, -0.472, 0.921, -0.044, 0.299, -0.136, -2.307]]> : tensor<3x7xf64>}) -> tensor<i1> {
  %result = nn.dropout %x rate = 0.0 seed %s step %t stream = 17 : tensor<3x7xf64>
  %flatResult = nn.reshape %result : tensor<3x7xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x7xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @dropout_2(%x: tensor<3x7xf64> {nn.value = dense<[[-0.128, -0.749, -1.003, 0.228, -0.312, 0.703, -0.339], [-1.592, 1.278, -1.159, 0.519, -0.824, 0.8, 0.294], [1.819, -0.472, 0.921, -0.044, 0.299, -0.136, -2.307]]> : tensor<3x7xf64>},
    %s: tensor<i64> {nn.value = dense<81985529216486895> : tensor<i64>},
    %t: tensor<i64> {nn.value = dense<5> : tensor<i64>},
    %expected: tensor<3x7xf64> {nn.value = dense<[[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]> : tensor<3x7xf64>}) -> tensor<i1> {
  %result = nn.dropout %x rate = 1.0 seed %s step %t stream = 17 : tensor<3x7xf64>
  %flatResult = nn.reshape %result : tensor<3x7xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x7xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// Inference.
func.func @dropout_3(%x: tensor<3x7xf64> {nn.value = dense<[[-0.128, -0.749, -1.003, 0.228, -0.312, 0.703, -0.339], [-1.592, 1.278, -1.159, 0.519, -0.824, 0.8, 0.294], [1.819, -0.472, 0.921, -0.044, 0.299, -0.136, -2.307]]> : tensor<3x7xf64>},
    %expected: tensor<3x7xf64> {nn.value = dense<[[-0.128, -0.749, -1.003, 0.228, -0.312, 0.703, -0.339], [-1.592, 1.278, -1.159, 0.519, -0.824, 0.8, 0.294], [1.819, -0.472, 0.921, -0.044, 0.299, -0.136, -2.307]]> : tensor<3x7xf64>}) -> tensor<i1> {
  %result = nn.dropout %x rate = 0.3 : tensor<3x7xf64>
  %flatResult = nn.reshape %result : tensor<3x7xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x7xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
