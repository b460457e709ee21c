// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of linear, PyTorch 1.13. Both sides compute in double precision.
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

func.func private @f_0(%x: tensor<2x3x4xf64>, %w: tensor<4x4xf64>, %b: tensor<4xf64>) -> tensor<2x3x4xf64> {
  %result = nn.linear %x, %w, %b : tensor<2x3x4xf64>, tensor<4x4xf64>, tensor<4xf64>
  return %result : tensor<2x3x4xf64>
}
func.func @linear_gradient_0(%x: tensor<2x3x4xf64> {nn.value = dense<[[[-0.917, -1.609, 1.478, 1.373], [0.233, -2.895, 4.124, 1.363], [-0.676, 1.035, -2.065, -0.359]], [[1.711, 1.962, 1.012, 1.558], [0.066, 1.383, -0.402, -3.225], [-1.186, -0.73, 3.012, -0.568]]]> : tensor<2x3x4xf64>},
    %w: tensor<4x4xf64> {nn.value = dense<[[0.139, -0.069, -1.245, -0.253], [0.05, 1.103, -0.763, 0.833], [1.447, -0.031, -0.265, 0.722], [1.283, -0.134, -0.218, -1.305]]> : tensor<4x4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[1.13, 0.241, 0.068, -1.002]> : tensor<4xf64>},
    %cotangent: tensor<2x3x4xf64> {nn.value = dense<[[[0.756, -0.989, 0.008, -0.96], [-0.639, -0.216, -1.249, -0.816], [0.255, -1.166, 0.748, -2.35]], [[-0.103, -1.694, -0.262, -1.636], [0.947, 0.309, -0.939, -0.269], [-0.978, -0.188, -1.817, 1.336]]]> : tensor<2x3x4xf64>},
    %expected_x: tensor<2x3x4xf64> {nn.value = dense<[[[0.40624499999999997, -1.858851, 0.42935100000000026, 2.35353], [1.6875360000000001, 0.0030610000000002024, -1.1761039999999998, 0.5462689999999999], [-0.2208110000000001, -3.801622, -1.489789, 3.387095]], [[0.842667, -3.036514, -1.2082889999999997, 2.2869429999999995], [1.347424, 0.8805569999999999, 1.415347, 1.7293419999999997], [1.8011869999999999, 2.242995, 0.0367590000000001, -2.5769559999999996]]]> : tensor<2x3x4xf64>},
    %expected_w: tensor<4x4xf64> {nn.value = dense<[[0.031657999999999964, -1.0102709999999997, 0.8407049999999998, -2.122654], [2.7189810000000003, -1.7492299999999998, 3.890892, -3.082429], [-5.475109000000001, -2.349538, -12.044142, 2.5452240000000006], [-2.583559, -4.762703999999999, 1.6921999999999997, -4.0268489999999995]]> : tensor<4x4xf64>},
    %expected_b: tensor<4xf64> {nn.value = dense<[0.23799999999999988, -3.944, -3.5109999999999997, -4.695]> : tensor<4xf64>}) -> tensor<i1> {
  %result, %d_x, %d_w, %d_b = nn.vjp @f_0(%x, %w, %b) cotangents(%cotangent) wrt(0, 1, 2) : (tensor<2x3x4xf64>, tensor<4x4xf64>, tensor<4xf64>), (tensor<2x3x4xf64>) -> (tensor<2x3x4xf64>, tensor<2x3x4xf64>, tensor<4x4xf64>, tensor<4xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x3x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x3x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_w = nn.reshape %d_w : tensor<4x4xf64> -> tensor<?xf64>
  %want_w = nn.reshape %expected_w : tensor<4x4xf64> -> tensor<?xf64>
  %close_w = call @close(%flat_w, %want_w) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_w : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<4xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<4xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_2 = nn.and %ok_1, %close_b : tensor<i1>
  return %ok_2 : tensor<i1>
}
