// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from cross_entropy, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-9: = dense<true> : tensor<i1>
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

func.func @cross_entropy_0(%x: tensor<?x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<?xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %expected: tensor<f64> {nn.value = dense<4.501156099595366> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.0 reduction = mean weights = %w : tensor<?x4xf64>, tensor<?xi64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @cross_entropy_1(%x: tensor<?x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<?xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %expected: tensor<f64> {nn.value = dense<4.385638745055547> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.1 reduction = mean weights = %w : tensor<?x4xf64>, tensor<?xi64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @cross_entropy_2(%x: tensor<?x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<?xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %expected: tensor<f64> {nn.value = dense<3.345982554197183> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %x, %l label_smoothing = 1.0 reduction = mean weights = %w : tensor<?x4xf64>, tensor<?xi64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @cross_entropy_3(%x: tensor<?x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<?xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %expected: tensor<f64> {nn.value = dense<16.879335373482622> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.0 reduction = sum weights = %w : tensor<?x4xf64>, tensor<?xi64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @cross_entropy_4(%x: tensor<?x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<?xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %expected: tensor<f64> {nn.value = dense<16.446145293958303> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.1 reduction = sum weights = %w : tensor<?x4xf64>, tensor<?xi64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @cross_entropy_5(%x: tensor<?x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<?xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %expected: tensor<f64> {nn.value = dense<12.547434578239436> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %x, %l label_smoothing = 1.0 reduction = sum weights = %w : tensor<?x4xf64>, tensor<?xi64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @cross_entropy_6(%x: tensor<?x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<?xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %expected: tensor<5xf64> {nn.value = dense<[1.265319742851195, 0.0, 14.744106291200408, 0.0, 0.8699093394310207]> : tensor<5xf64>}) -> tensor<i1> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.0 reduction = none weights = %w : tensor<?x4xf64>, tensor<?xi64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<?xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<5xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @cross_entropy_7(%x: tensor<?x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<?xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %expected: tensor<5xf64> {nn.value = dense<[1.2955977203506748, 0.0, 13.987500644480386, 0.10677282318199882, 1.0562741059452452]> : tensor<5xf64>}) -> tensor<i1> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.1 reduction = none weights = %w : tensor<?x4xf64>, tensor<?xi64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<?xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<5xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @cross_entropy_8(%x: tensor<?x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<?xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %expected: tensor<5xf64> {nn.value = dense<[1.568099517845991, 0.0, 7.17804982400019, 1.067728231819988, 2.7335570045732656]> : tensor<5xf64>}) -> tensor<i1> {
  %result = nn.cross_entropy %x, %l label_smoothing = 1.0 reduction = none weights = %w : tensor<?x4xf64>, tensor<?xi64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<?xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<5xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
