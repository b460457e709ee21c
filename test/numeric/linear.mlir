// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from linear, PyTorch 1.13. Both sides compute in double precision.
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

func.func @linear_0(%x: tensor<4x5xf64> {nn.value = dense<[[0.304, -2.62, -0.99, -0.26, -1.719], [0.927, -0.519, -0.968, 0.231, 0.699], [-0.86, 0.751, 0.726, -0.489, 0.373], [-0.313, 1.221, -0.147, 1.177, 2.456]]> : tensor<4x5xf64>},
    %w: tensor<5x3xf64> {nn.value = dense<[[1.354, -1.36, -0.578], [-0.196, 0.752, 0.565], [1.703, -0.881, 1.107], [-0.161, 0.856, 0.492], [0.832, 1.878, -2.091]]> : tensor<5x3xf64>},
    %b: tensor<3xf64> {nn.value = dense<[1.522, 1.479, -0.574]> : tensor<3xf64>},
    %expected: tensor<4x3xf64> {nn.value = dense<[[-0.6271819999999999, -3.483332, 0.14056700000000033], [1.7747549999999999, 2.191258, -3.8225739999999995], [1.835807, 2.8556559999999998, 0.13054599999999983], [2.462436, 8.572258999999999, -4.422362000000001]]> : tensor<4x3xf64>}) -> tensor<i1> {
  %result = nn.linear %x, %w, %b : tensor<4x5xf64>, tensor<5x3xf64>, tensor<3xf64>
  %flatResult = nn.reshape %result : tensor<4x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<4x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @linear_1(%x: tensor<5xf64> {nn.value = dense<[-0.542, -1.13, 0.035, 0.18, 1.971]> : tensor<5xf64>},
    %w: tensor<5x3xf64> {nn.value = dense<[[1.354, -1.36, -0.578], [-0.196, 0.752, 0.565], [1.703, -0.881, 1.107], [-0.161, 0.856, 0.492], [0.832, 1.878, -2.091]]> : tensor<5x3xf64>},
    %b: tensor<3xf64> {nn.value = dense<[1.522, 1.479, -0.574]> : tensor<3xf64>},
    %expected: tensor<3xf64> {nn.value = dense<[2.680109, 5.191143, -4.89323]> : tensor<3xf64>}) -> tensor<i1> {
  %result = nn.linear %x, %w, %b : tensor<5xf64>, tensor<5x3xf64>, tensor<3xf64>
  %flatResult = nn.reshape %result : tensor<3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @linear_2(%x: tensor<2x3x5xf64> {nn.value = dense<[[[-1.089, 2.337, 0.58, -0.876, -0.211], [-1.068, 0.373, -0.455, -0.39, 0.033], [0.179, 1.364, 0.779, 0.416, 0.429]], [[0.63, 1.079, 0.116, -1.598, -2.366], [-0.403, -0.285, 0.169, -0.569, -1.738], [2.355, 0.73, 0.615, 0.273, 0.675]]]> : tensor<2x3x5xf64>},
    %w: tensor<5x3xf64> {nn.value = dense<[[1.354, -1.36, -0.578], [-0.196, 0.752, 0.565], [1.703, -0.881, 1.107], [-0.161, 0.856, 0.492], [0.832, 1.878, -2.091]]> : tensor<5x3xf64>},
    %b: tensor<3xf64> {nn.value = dense<[1.522, 1.479, -0.574]> : tensor<3xf64>},
    %expected: tensor<2x3x3xf64> {nn.value = dense<[[[0.5426659999999999, 3.0603700000000007, 2.0281160000000003], [-0.6817990000000003, 3.3409650000000006, -0.5105190000000001], [3.113611, 2.736747, 0.2631840000000002]], [[0.6498499999999998, -4.479824000000001, 3.9609970000000008], [-0.03440199999999982, -2.0871569999999995, 3.0392020000000004], [6.132582, -0.21531700000000042, -2.119044]]]> : tensor<2x3x3xf64>}) -> tensor<i1> {
  %result = nn.linear %x, %w, %b : tensor<2x3x5xf64>, tensor<5x3xf64>, tensor<3xf64>
  %flatResult = nn.reshape %result : tensor<2x3x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x3x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

// No bias.
func.func @linear_3(%x: tensor<?x5xf64> {nn.value = dense<[[0.36, -1.371, 0.843, 0.199, -0.909], [-0.144, -0.097, -0.834, -0.499, -1.383], [1.568, -0.04, -0.403, -0.379, 0.619], [0.067, -0.976, -0.738, 0.951, 0.175]]> : tensor<4x5xf64>},
    %w: tensor<5x3xf64> {nn.value = dense<[[1.354, -1.36, -0.578], [-0.196, 0.752, 0.565], [1.703, -0.881, 1.107], [-0.161, 0.856, 0.492], [0.832, 1.878, -2.091]]> : tensor<5x3xf64>},
    %expected: tensor<4x3xf64> {nn.value = dense<[[1.403458, -3.800033, 1.9491330000000004], [-2.666583, -2.1667680000000002, 1.7515340000000004], [2.0206299999999997, -0.9694589999999998, -2.855822], [-0.9823110000000002, 0.9678120000000001, -1.305165]]> : tensor<4x3xf64>}) -> tensor<i1> {
  %result = nn.linear %x, %w : tensor<?x5xf64>, tensor<5x3xf64>
  %flatResult = nn.reshape %result : tensor<?x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<4x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
