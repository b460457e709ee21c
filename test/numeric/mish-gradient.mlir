// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of mish, PyTorch 1.13. Both sides compute in double precision.
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

func.func private @f_0(%x: tensor<11xf64>) -> tensor<11xf64> {
  %result = nn.mish %x : tensor<11xf64>
  return %result : tensor<11xf64>
}
func.func @mish_gradient_0(%x: tensor<11xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, 1.0e-300]> : tensor<11xf64>},
    %cotangent: tensor<11xf64> {nn.value = dense<[0.005, -0.216, 0.1, -1.117, -1.255, -1.562, -0.975, 0.031, 0.68, -1.164, -0.472]> : tensor<11xf64>},
    %expected_x: tensor<11xf64> {nn.value = dense<[0.003, -0.1296, 0.10490362200997923, -0.06614511631505023, -1.1124625910739476, 0.12982401261584947, -0.975, -5.136260294647531e-18, 0.68, -0.0, -0.28319999999999995]> : tensor<11xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_0(%x) cotangents(%cotangent) wrt(0) : (tensor<11xf64>), (tensor<11xf64>) -> (tensor<11xf64>, tensor<11xf64>)
  %flat_x = nn.reshape %d_x : tensor<11xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<11xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_1(%x: tensor<10xf64>) -> tensor<10xf64> {
  %result = nn.mish %x : tensor<10xf64>
  return %result : tensor<10xf64>
}
func.func @mish_gradient_1(%x: tensor<10xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, -3.0, 6.0, 30.0, -30.0]> : tensor<10xf64>},
    %cotangent: tensor<10xf64> {nn.value = dense<[-1.402, -0.878, 0.128, -0.324, -0.851, 0.125, -2.235, 0.731, 0.249, 0.669]> : tensor<10xf64>},
    %expected_x: tensor<10xf64> {nn.value = dense<[-0.8412, -0.5267999999999999, 0.1342766361727734, -0.019186228904275984, -0.754347143429426, -0.01038924556784967, 0.20873361097973706, 0.7310980567100396, 0.249, -1.8154724321845094e-12]> : tensor<10xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_1(%x) cotangents(%cotangent) wrt(0) : (tensor<10xf64>), (tensor<10xf64>) -> (tensor<10xf64>, tensor<10xf64>)
  %flat_x = nn.reshape %d_x : tensor<10xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<10xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}
