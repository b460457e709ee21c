// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of elu, PyTorch 1.13. Both sides compute in double precision.
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
  %result = nn.elu %x : tensor<11xf64>
  return %result : tensor<11xf64>
}
func.func @elu_gradient_0(%x: tensor<11xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, 1.0e-300]> : tensor<11xf64>},
    %cotangent: tensor<11xf64> {nn.value = dense<[0.417, -0.49, -0.603, 0.825, -1.309, -0.203, -1.783, 0.974, -0.004, 1.214, -1.481]> : tensor<11xf64>},
    %expected_x: tensor<11xf64> {nn.value = dense<[0.417, -0.49, -0.603, 0.3035005389664399, -1.309, -0.007871164189839568, -1.783, 4.137897044654008e-18, -0.004, 0.0, -1.481]> : tensor<11xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_0(%x) cotangents(%cotangent) wrt(0) : (tensor<11xf64>), (tensor<11xf64>) -> (tensor<11xf64>, tensor<11xf64>)
  %flat_x = nn.reshape %d_x : tensor<11xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<11xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_1(%x: tensor<10xf64>) -> tensor<10xf64> {
  %result = nn.elu %x : tensor<10xf64>
  return %result : tensor<10xf64>
}
func.func @elu_gradient_1(%x: tensor<10xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, -3.0, 6.0, 30.0, -30.0]> : tensor<10xf64>},
    %cotangent: tensor<10xf64> {nn.value = dense<[0.055, -0.365, -0.076, -1.572, -0.459, -0.264, -1.908, -0.928, -1.507, 0.244]> : tensor<10xf64>},
    %expected_x: tensor<10xf64> {nn.value = dense<[0.055, -0.365, -0.076, -0.5783064815215073, -0.459, -0.01023639086757461, -0.0949937264458844, -0.928, -1.507, 2.2832600043970026e-14]> : tensor<10xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_1(%x) cotangents(%cotangent) wrt(0) : (tensor<10xf64>), (tensor<10xf64>) -> (tensor<10xf64>, tensor<10xf64>)
  %flat_x = nn.reshape %d_x : tensor<10xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<10xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}
