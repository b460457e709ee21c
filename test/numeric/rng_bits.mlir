// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from Salmon et al. 2011, PyTorch 1.13. Philox4x32-10 by the paper's formulas, checked with its known answers.
// CHECK-COUNT-1: = dense<true> : tensor<i1>
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

func.func @rng_bits_0(%s: tensor<i64> {nn.value = dense<81985529216486895> : tensor<i64>},
    %t: tensor<i64> {nn.value = dense<5> : tensor<i64>},
    %expected: tensor<3x7xf64> {nn.value = dense<[[108271690.0, 478351704.0, -832204319.0, 396288699.0, 172300485.0, 1130157849.0, -26632700.0], [1289063772.0, -100206081.0, 1073760250.0, 315661132.0, 1664827450.0, -1334837134.0, -1094982625.0], [2096237436.0, -1548546622.0, -732664841.0, -2083330452.0, -1480298792.0, 1682187268.0, 907345488.0]]> : tensor<3x7xf64>}) -> tensor<i1> {
  %result = nn.rng_bits %s, %t stream = 17 : tensor<i64>, tensor<i64> -> tensor<3x7xi32>
  %wide = nn.cast %result : tensor<3x7xi32> -> tensor<3x7xf64>
  %flatResult = nn.reshape %wide : tensor<3x7xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x7xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
