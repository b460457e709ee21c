// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from cross_entropy, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-17: = dense<true> : tensor<i1>
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

func.func @cross_entropy_0(%y: tensor<?x4xf64> {nn.value = dense<[[-2.143, 3.855, -0.858, 0.396], [3.138, -1.19, -4.628, 5.575], [-2.938, -1.578, -2.943, -2.793], [-5.994, 4.669, -0.034, -0.787], [-5.227, -4.846, 2.378, -0.657]]> : tensor<5x4xf64>},
    %l: tensor<?xi64> {nn.value = dense<[0, 3, 1, 2, 3]> : tensor<5xi64>},
    %expected: tensor<f64> {nn.value = dense<2.903393353708539> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l label_smoothing = 0.0 reduction = mean : tensor<?x4xf64>, tensor<?xi64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// Ignored rows.
func.func @cross_entropy_1(%y: tensor<5x4xf64> {nn.value = dense<[[-2.143, 3.855, -0.858, 0.396], [3.138, -1.19, -4.628, 5.575], [-2.938, -1.578, -2.943, -2.793], [-5.994, 4.669, -0.034, -0.787], [-5.227, -4.846, 2.378, -0.657]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, -100, 3]> : tensor<5xi64>},
    %expected: tensor<f64> {nn.value = dense<3.2385961997281663> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l label_smoothing = 0.0 reduction = mean : tensor<5x4xf64>, tensor<5xi64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @cross_entropy_2(%y: tensor<?x4xf64> {nn.value = dense<[[-2.143, 3.855, -0.858, 0.396], [3.138, -1.19, -4.628, 5.575], [-2.938, -1.578, -2.943, -2.793], [-5.994, 4.669, -0.034, -0.787], [-5.227, -4.846, 2.378, -0.657]]> : tensor<5x4xf64>},
    %l: tensor<?xi64> {nn.value = dense<[0, 3, 1, 2, 3]> : tensor<5xi64>},
    %expected: tensor<f64> {nn.value = dense<3.009678353708539> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l label_smoothing = 0.1 reduction = mean : tensor<?x4xf64>, tensor<?xi64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// Ignored rows.
func.func @cross_entropy_3(%y: tensor<5x4xf64> {nn.value = dense<[[-2.143, 3.855, -0.858, 0.396], [3.138, -1.19, -4.628, 5.575], [-2.938, -1.578, -2.943, -2.793], [-5.994, 4.669, -0.034, -0.787], [-5.227, -4.846, 2.378, -0.657]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, -100, 3]> : tensor<5xi64>},
    %expected: tensor<f64> {nn.value = dense<3.2372795330614994> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l label_smoothing = 0.1 reduction = mean : tensor<5x4xf64>, tensor<5xi64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @cross_entropy_4(%y: tensor<?x4xf64> {nn.value = dense<[[-2.143, 3.855, -0.858, 0.396], [3.138, -1.19, -4.628, 5.575], [-2.938, -1.578, -2.943, -2.793], [-5.994, 4.669, -0.034, -0.787], [-5.227, -4.846, 2.378, -0.657]]> : tensor<5x4xf64>},
    %l: tensor<?xi64> {nn.value = dense<[0, 3, 1, 2, 3]> : tensor<5xi64>},
    %expected: tensor<f64> {nn.value = dense<14.516966768542694> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l label_smoothing = 0.0 reduction = sum : tensor<?x4xf64>, tensor<?xi64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// Ignored rows.
func.func @cross_entropy_5(%y: tensor<5x4xf64> {nn.value = dense<[[-2.143, 3.855, -0.858, 0.396], [3.138, -1.19, -4.628, 5.575], [-2.938, -1.578, -2.943, -2.793], [-5.994, 4.669, -0.034, -0.787], [-5.227, -4.846, 2.378, -0.657]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, -100, 3]> : tensor<5xi64>},
    %expected: tensor<f64> {nn.value = dense<9.7157885991845> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l label_smoothing = 0.0 reduction = sum : tensor<5x4xf64>, tensor<5xi64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @cross_entropy_6(%y: tensor<?x4xf64> {nn.value = dense<[[-2.143, 3.855, -0.858, 0.396], [3.138, -1.19, -4.628, 5.575], [-2.938, -1.578, -2.943, -2.793], [-5.994, 4.669, -0.034, -0.787], [-5.227, -4.846, 2.378, -0.657]]> : tensor<5x4xf64>},
    %l: tensor<?xi64> {nn.value = dense<[0, 3, 1, 2, 3]> : tensor<5xi64>},
    %expected: tensor<f64> {nn.value = dense<15.048391768542695> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l label_smoothing = 0.1 reduction = sum : tensor<?x4xf64>, tensor<?xi64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// Ignored rows.
func.func @cross_entropy_7(%y: tensor<5x4xf64> {nn.value = dense<[[-2.143, 3.855, -0.858, 0.396], [3.138, -1.19, -4.628, 5.575], [-2.938, -1.578, -2.943, -2.793], [-5.994, 4.669, -0.034, -0.787], [-5.227, -4.846, 2.378, -0.657]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, -100, 3]> : tensor<5xi64>},
    %expected: tensor<f64> {nn.value = dense<9.7118385991845> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l label_smoothing = 0.1 reduction = sum : tensor<5x4xf64>, tensor<5xi64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @cross_entropy_8(%y: tensor<?x4xf64> {nn.value = dense<[[-2.143, 3.855, -0.858, 0.396], [3.138, -1.19, -4.628, 5.575], [-2.938, -1.578, -2.943, -2.793], [-5.994, 4.669, -0.034, -0.787], [-5.227, -4.846, 2.378, -0.657]]> : tensor<5x4xf64>},
    %l: tensor<?xi64> {nn.value = dense<[0, 3, 1, 2, 3]> : tensor<5xi64>},
    %expected: tensor<5xf64> {nn.value = dense<[6.040027084945133, 0.08490462301777249, 0.5926368101508869, 4.716273546340422, 3.0831247040884793]> : tensor<5xf64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l label_smoothing = 0.0 reduction = none : tensor<?x4xf64>, tensor<?xi64>
  %flatResult = nn.reshape %result : tensor<?xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<5xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// Ignored rows.
func.func @cross_entropy_9(%y: tensor<5x4xf64> {nn.value = dense<[[-2.143, 3.855, -0.858, 0.396], [3.138, -1.19, -4.628, 5.575], [-2.938, -1.578, -2.943, -2.793], [-5.994, 4.669, -0.034, -0.787], [-5.227, -4.846, 2.378, -0.657]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, -100, 3]> : tensor<5xi64>},
    %expected: tensor<5xf64> {nn.value = dense<[6.040027084945133, 0.0, 0.5926368101508869, 0.0, 3.0831247040884793]> : tensor<5xf64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l label_smoothing = 0.0 reduction = none : tensor<5x4xf64>, tensor<5xi64>
  %flatResult = nn.reshape %result : tensor<5xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<5xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @cross_entropy_10(%y: tensor<?x4xf64> {nn.value = dense<[[-2.143, 3.855, -0.858, 0.396], [3.138, -1.19, -4.628, 5.575], [-2.938, -1.578, -2.943, -2.793], [-5.994, 4.669, -0.034, -0.787], [-5.227, -4.846, 2.378, -0.657]]> : tensor<5x4xf64>},
    %l: tensor<?xi64> {nn.value = dense<[0, 3, 1, 2, 3]> : tensor<5xi64>},
    %expected: tensor<5xf64> {nn.value = dense<[5.794477084945133, 0.5700296230177726, 0.6911368101508868, 4.766523546340422, 3.2262247040884793]> : tensor<5xf64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l label_smoothing = 0.1 reduction = none : tensor<?x4xf64>, tensor<?xi64>
  %flatResult = nn.reshape %result : tensor<?xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<5xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// Ignored rows.
func.func @cross_entropy_11(%y: tensor<5x4xf64> {nn.value = dense<[[-2.143, 3.855, -0.858, 0.396], [3.138, -1.19, -4.628, 5.575], [-2.938, -1.578, -2.943, -2.793], [-5.994, 4.669, -0.034, -0.787], [-5.227, -4.846, 2.378, -0.657]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, -100, 3]> : tensor<5xi64>},
    %expected: tensor<5xf64> {nn.value = dense<[5.794477084945133, 0.0, 0.6911368101508868, 0.0, 3.2262247040884793]> : tensor<5xf64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l label_smoothing = 0.1 reduction = none : tensor<5x4xf64>, tensor<5xi64>
  %flatResult = nn.reshape %result : tensor<5xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<5xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// An ignored class.
func.func @cross_entropy_12(%y: tensor<5x4xf64> {nn.value = dense<[[-2.143, 3.855, -0.858, 0.396], [3.138, -1.19, -4.628, 5.575], [-2.938, -1.578, -2.943, -2.793], [-5.994, 4.669, -0.034, -0.787], [-5.227, -4.846, 2.378, -0.657]]> : tensor<5x4xf64>},
    %l: tensor<5xi32> {nn.value = dense<[0, 2, 1, 2, 3]> : tensor<5xi32>},
    %expected: tensor<f64> {nn.value = dense<3.2385961997281663> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l ignore_index = 2 : tensor<5x4xf64>, tensor<5xi32>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// Nothing counts: NaN.
func.func @cross_entropy_13(%y: tensor<5x4xf64> {nn.value = dense<[[-2.143, 3.855, -0.858, 0.396], [3.138, -1.19, -4.628, 5.575], [-2.938, -1.578, -2.943, -2.793], [-5.994, 4.669, -0.034, -0.787], [-5.227, -4.846, 2.378, -0.657]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[-100, -100, -100, -100, -100]> : tensor<5xi64>},
    %expected: tensor<f64> {nn.value = dense<0xFFF8000000000000> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l : tensor<5x4xf64>, tensor<5xi64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// One row.
func.func @cross_entropy_14(%y: tensor<4xf64> {nn.value = dense<[-2.143, 3.855, -0.858, 0.396]> : tensor<4xf64>},
    %l: tensor<i64> {nn.value = dense<0> : tensor<i64>},
    %expected: tensor<f64> {nn.value = dense<6.040027084945133> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l : tensor<4xf64>, tensor<i64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// Rows in two dimensions; PyTorch has the classes second.
func.func @cross_entropy_15(%y: tensor<2x3x4xf64> {nn.value = dense<[[[0.321, -0.507, 0.515, -0.705], [-1.424, -0.4, -0.287, 0.136], [0.029, 0.916, -2.629, 0.118]], [[-1.554, -0.402, 0.643, -0.799], [-0.624, 1.389, -0.975, 0.857], [-0.118, 1.164, -0.225, -2.289]]]> : tensor<2x3x4xf64>},
    %l: tensor<2x3xi64> {nn.value = dense<[[0, 1, 2], [3, -100, 0]]> : tensor<2x3xi64>},
    %expected: tensor<f64> {nn.value = dense<2.0827940417919244> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l : tensor<2x3x4xf64>, tensor<2x3xi64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// Logits whose exponentials overflow.
func.func @cross_entropy_16(%y: tensor<2x2xf64> {nn.value = dense<[[1000.0, -1000.0], [-1000.0, 1000.0]]> : tensor<2x2xf64>},
    %l: tensor<2xi64> {nn.value = dense<[1, 1]> : tensor<2xi64>},
    %expected: tensor<f64> {nn.value = dense<1000.0> : tensor<f64>}) -> tensor<i1> {
  %result = nn.cross_entropy %y, %l : tensor<2x2xf64>, tensor<2xi64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
