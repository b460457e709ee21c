// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of softmax, PyTorch 1.13. Both sides compute in double precision.
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

func.func private @f_0(%x: tensor<2x3x4xf64>) -> tensor<2x3x4xf64> {
  %result = nn.softmax %x dim = 1 : tensor<2x3x4xf64>
  return %result : tensor<2x3x4xf64>
}
func.func @softmax_gradient_0(%x: tensor<2x3x4xf64> {nn.value = dense<[[[-0.917, -1.609, 1.478, 1.373], [0.233, -2.895, 4.124, 1.363], [-0.676, 1.035, -2.065, -0.359]], [[1.711, 1.962, 1.012, 1.558], [0.066, 1.383, -0.402, -3.225], [-1.186, -0.73, 3.012, -0.568]]]> : tensor<2x3x4xf64>},
    %cotangent: tensor<2x3x4xf64> {nn.value = dense<[[[-1.452, -0.445, 1.886, 0.741], [1.148, 0.152, -1.224, 0.241], [-0.658, -1.36, -0.249, -0.015]], [[2.047, -0.63, 2.001, -0.342], [0.385, 0.349, -0.029, 0.422], [-2.079, -0.816, -1.803, -0.753]]]> : tensor<2x3x4xf64>},
    %expected_x: tensor<2x3x4xf64> {nn.value = dense<[[[-0.31267729523809257, 0.05396568335875339, 0.1918846285869687, 0.13390344924948075], [0.5245162145015577, 0.025666578420784892, -0.19335239107737395, -0.0958689118692103], [-0.2118389192634652, -0.0796322617795383, 0.0014677624904052293, -0.038034537380270475]], [[0.3520492154509207, -0.2022175105788862, 0.3838352678091648, 0.03353266586395009], [-0.1890494350259972, 0.22365577372772674, 0.036151869198356654, 0.005951900775607006], [-0.16299978042492358, -0.021438263148840554, -0.4199871370075215, -0.03948456663955709]]]> : tensor<2x3x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_0(%x) cotangents(%cotangent) wrt(0) : (tensor<2x3x4xf64>), (tensor<2x3x4xf64>) -> (tensor<2x3x4xf64>, tensor<2x3x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x3x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x3x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}
