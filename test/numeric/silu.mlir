// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from silu, PyTorch 1.13. Both sides compute in double precision.
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

func.func @silu_0(%x: tensor<11xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, 1.0e-300]> : tensor<11xf64>},
    %expected: tensor<11xf64> {nn.value = dense<[0.0, -0.0, 0.7310585786300049, -0.2689414213699951, 0.3112296656009273, -0.12131238386842075, 40.0, -1.6993417021166355e-16, 800.0, -0.0, 5.0e-301]> : tensor<11xf64>}) -> tensor<i1> {
  %result = nn.silu %x : tensor<11xf64>
  %flatResult = nn.reshape %result : tensor<11xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<11xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// A free dimension.
func.func @silu_1(%x: tensor<?x4xf64> {nn.value = dense<[[-0.947, -0.613, -0.129, -0.411], [1.393, -0.098, 1.679, -0.938], [-0.49, 0.281, -0.281, 0.478]]> : tensor<3x4xf64>},
    %expected: tensor<3x4xf64> {nn.value = dense<[[-0.2646756532857559, -0.2153929739785615, -0.06034550964225666, -0.16385434167279525], [1.1158915466725718, -0.04660091975662015, 1.4150143042224976, -0.263863630600544], [-0.18614784815188584, 0.1601113750241037, -0.12088862497589634, 0.2950576855616459]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result = nn.silu %x : tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<?x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
