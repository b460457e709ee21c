// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of matmul, PyTorch 1.13. Both sides compute in double precision.
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

func.func private @f_0(%x: tensor<2x3x4xf64>, %y: tensor<4x4xf64>) -> tensor<2x3x4xf64> {
  %result = nn.matmul %x, %y : tensor<2x3x4xf64>, tensor<4x4xf64>
  return %result : tensor<2x3x4xf64>
}
func.func @matmul_gradient_0(%x: tensor<2x3x4xf64> {nn.value = dense<[[[-0.917, -1.609, 1.478, 1.373], [0.233, -2.895, 4.124, 1.363], [-0.676, 1.035, -2.065, -0.359]], [[1.711, 1.962, 1.012, 1.558], [0.066, 1.383, -0.402, -3.225], [-1.186, -0.73, 3.012, -0.568]]]> : tensor<2x3x4xf64>},
    %y: tensor<4x4xf64> {nn.value = dense<[[0.139, -0.069, -1.245, -0.253], [0.05, 1.103, -0.763, 0.833], [1.447, -0.031, -0.265, 0.722], [1.283, -0.134, -0.218, -1.305]]> : tensor<4x4xf64>},
    %cotangent: tensor<2x3x4xf64> {nn.value = dense<[[[-0.763, 2.413, -0.728, 0.27], [0.065, -1.652, -0.077, 2.004], [-1.576, -0.532, 0.782, -0.124]], [[-1.57, 0.068, -0.31, -0.851], [0.547, -0.427, -0.437, -0.718], [1.612, -0.616, 0.054, 1.608]]]> : tensor<2x3x4xf64>},
    %expected_x: tensor<2x3x4xf64> {nn.value = dense<[[[0.5654960000000001, 3.403763, -0.7910039999999999, -1.495917], [-0.288124, -0.09082299999999988, 1.61256, -2.293671], [-1.1245740000000002, -1.365554, -2.560738, -1.9593759999999998]], [[0.378331, -0.47584899999999997, -2.8061700000000003, -0.8452870000000001], [0.831215, -0.708294, 0.40215500000000026, 1.7912749999999997], [-0.207482, 0.6994140000000001, 3.4983259999999996, 0.040527999999999675]]]> : tensor<2x3x4xf64>},
    %expected_y: tensor<4x4xf64> {nn.value = dense<[[-2.7818080000000003, -1.419263, -0.5022930000000001, -3.107371], [-4.092267, 0.34195800000000043, 0.9516259999999996, -10.200846], [5.441396, -3.7627759999999992, -2.98376, 13.190336], [-5.5189710000000005, 3.085268, -0.48955999999999994, 3.2230259999999995]]> : tensor<4x4xf64>}) -> tensor<i1> {
  %result, %d_x, %d_y = nn.vjp @f_0(%x, %y) cotangents(%cotangent) wrt(0, 1) : (tensor<2x3x4xf64>, tensor<4x4xf64>), (tensor<2x3x4xf64>) -> (tensor<2x3x4xf64>, tensor<2x3x4xf64>, tensor<4x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x3x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x3x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_y = nn.reshape %d_y : tensor<4x4xf64> -> tensor<?xf64>
  %want_y = nn.reshape %expected_y : tensor<4x4xf64> -> tensor<?xf64>
  %close_y = call @close(%flat_y, %want_y) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_y : tensor<i1>
  return %ok_1 : tensor<i1>
}

// Batch dimensions that one side repeats.
func.func private @f_1(%x: tensor<2x1x2x4xf64>, %y: tensor<3x4x2xf64>) -> tensor<2x3x2x2xf64> {
  %result = nn.matmul %x, %y : tensor<2x1x2x4xf64>, tensor<3x4x2xf64>
  return %result : tensor<2x3x2x2xf64>
}
func.func @matmul_gradient_1(%x: tensor<2x1x2x4xf64> {nn.value = dense<[[[[-0.251, -1.182, 1.183, -1.26], [0.204, 1.578, -2.342, 0.448]]], [[[-0.743, -0.983, -0.729, 0.014], [-0.08, 0.491, 0.704, 0.097]]]]> : tensor<2x1x2x4xf64>},
    %y: tensor<3x4x2xf64> {nn.value = dense<[[[-0.269, 1.329], [-0.427, -1.013], [-0.015, 0.57], [0.331, 1.06]], [[0.036, -0.3], [-0.918, 1.11], [1.65, -0.546], [-0.683, -0.151]], [[-0.921, 0.864], [-0.407, -0.249], [-0.691, 0.464], [0.372, 0.384]]]> : tensor<3x4x2xf64>},
    %cotangent: tensor<2x3x2x2xf64> {nn.value = dense<[[[[-0.166, -2.019], [1.742, 1.025]], [[1.545, 1.587], [-0.187, 1.401]], [[-0.679, 0.126], [-0.755, -0.692]]], [[[-0.274, 1.622], [-0.297, -0.323]], [[-0.611, 1.503], [-1.152, -0.186]], [[1.664, 2.203], [-0.125, 0.188]]]]> : tensor<2x3x2x2xf64>},
    %expected_x: tensor<2x1x2x4xf64> {nn.value = dense<[[[[-2.324854, 2.7043679999999997, 1.062061, -3.694162], [0.5640619999999998, 0.42421000000000064, -0.31475900000000007, 1.0326840000000002]]], [[[2.1272960000000003, -0.5226550000000001, -1.0277699999999999, 3.2839460000000003], [-0.05748900000000001, 1.309157, -1.8052919999999997, 0.39990699999999996]]]]> : tensor<2x1x2x4xf64>},
    %expected_y: tensor<3x4x2xf64> {nn.value = dense<[[[0.6243759999999999, -0.463437], [3.0686030000000004, 2.250889], [-4.285484, -6.198857000000001], [0.956931, 2.994517]], [[0.12018999999999996, -1.2143819999999999], [-2.086295, -1.2338309999999992], [1.9001000000000001, -2.630352], [-2.1507739999999997, -1.368972]], [[-1.2099429999999998, -1.8246629999999997], [-2.0858989999999995, -3.314149], [-0.33610300000000004, 0.296087], [0.5284710000000001, -0.41969799999999996]]]> : tensor<3x4x2xf64>}) -> tensor<i1> {
  %result, %d_x, %d_y = nn.vjp @f_1(%x, %y) cotangents(%cotangent) wrt(0, 1) : (tensor<2x1x2x4xf64>, tensor<3x4x2xf64>), (tensor<2x3x2x2xf64>) -> (tensor<2x3x2x2xf64>, tensor<2x1x2x4xf64>, tensor<3x4x2xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x1x2x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x1x2x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_y = nn.reshape %d_y : tensor<3x4x2xf64> -> tensor<?xf64>
  %want_y = nn.reshape %expected_y : tensor<3x4x2xf64> -> tensor<?xf64>
  %close_y = call @close(%flat_y, %want_y) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_y : tensor<i1>
  return %ok_1 : tensor<i1>
}
