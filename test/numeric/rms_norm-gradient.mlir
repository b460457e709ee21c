// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of rms_norm, PyTorch 1.13. Both sides compute in double precision.
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

func.func private @f_0(%x: tensor<2x3x4xf64>, %s: tensor<4xf64>) -> tensor<2x3x4xf64> {
  %result = nn.rms_norm %x, %s : tensor<2x3x4xf64>, tensor<4xf64>
  return %result : tensor<2x3x4xf64>
}
func.func @rms_norm_gradient_0(%x: tensor<2x3x4xf64> {nn.value = dense<[[[4.601, -1.095, 1.788, 3.221], [-0.012, -1.857, 0.364, -5.171], [-2.663, -3.128, 5.255, 1.367]], [[-3.573, 1.888, 4.391, 1.849], [1.489, 2.031, -2.355, -6.095], [-3.855, 5.072, 1.67, -3.06]]]> : tensor<2x3x4xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-1.03, 1.95, -0.67, 0.967]> : tensor<4xf64>},
    %cotangent: tensor<2x3x4xf64> {nn.value = dense<[[[-0.51, -1.03, -0.243, -2.266], [-0.308, 1.044, 0.49, -0.63], [-0.97, -0.103, -0.587, -0.129]], [[-0.278, -1.397, -0.007, -1.313], [-0.813, -0.332, 0.195, -1.35], [0.456, 0.819, -0.668, 1.411]]]> : tensor<2x3x4xf64>},
    %expected_x: tensor<2x3x4xf64> {nn.value = dense<[[[0.2670952326431081, -0.6919175043506516, 0.09000889069418828, -0.6667157801091956], [0.11511772856275806, 0.7226680211719487, -0.11595733769735603, -0.26795282109783275], [0.29117641499470936, -0.061695182160321105, 0.12005664558240596, -0.03546265084346094]], [[-0.15723813329365538, -0.7405612787747688, 0.30738977456404215, -0.27765464713094984], [0.16808155007642478, -0.28185739657602293, 0.07510881402820807, -0.08188057603653653], [0.0011593972169609001, 0.2681180327380734, 0.06672111228230271, 0.47936212062164746]]]> : tensor<2x3x4xf64>},
    %expected_s: tensor<4xf64> {nn.value = dense<[-0.5346026779112834, -0.1261975874440704, -1.4344773659036096, -0.9197445482161781]> : tensor<4xf64>}) -> tensor<i1> {
  %result, %d_x, %d_s = nn.vjp @f_0(%x, %s) cotangents(%cotangent) wrt(0, 1) : (tensor<2x3x4xf64>, tensor<4xf64>), (tensor<2x3x4xf64>) -> (tensor<2x3x4xf64>, tensor<2x3x4xf64>, tensor<4xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x3x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x3x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_s = nn.reshape %d_s : tensor<4xf64> -> tensor<?xf64>
  %want_s = nn.reshape %expected_s : tensor<4xf64> -> tensor<?xf64>
  %close_s = call @close(%flat_s, %want_s) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_s : tensor<i1>
  return %ok_1 : tensor<i1>
}

func.func private @f_1(%x: tensor<3x4xf64>, %s: tensor<4xf64>) -> tensor<3x4xf64> {
  %result = nn.rms_norm %x, %s epsilon = 1.0e-3 : tensor<3x4xf64>, tensor<4xf64>
  return %result : tensor<3x4xf64>
}
func.func @rms_norm_gradient_1(%x: tensor<3x4xf64> {nn.value = dense<[[1000000.115, 1000000.455, 999999.106, 999998.193], [1000001.009, 1000000.375, 1000000.42, 1000000.959], [1000002.136, 999999.669, 1000000.965, 999999.447]]> : tensor<3x4xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-1.03, 1.95, -0.67, 0.967]> : tensor<4xf64>},
    %cotangent: tensor<3x4xf64> {nn.value = dense<[[-0.361, 0.852, -0.335, 0.264], [-0.248, -2.082, 1.505, 2.233], [0.046, -0.487, 0.771, 1.459]]> : tensor<3x4xf64>},
    %expected_x: tensor<3x4xf64> {nn.value = dense<[[-2.564129124271494e-07, 1.0331575609884926e-06, -4.0379235704660255e-07, -3.7295376703176746e-07], [9.188137725850772e-07, -3.3965236671743465e-06, -3.449757451793897e-07, 2.8226834243183456e-06], [-2.169294519300807e-08, -9.239625084793734e-07, -4.908827152237662e-07, 1.4365391775086736e-06]]> : tensor<3x4xf64>},
    %expected_s: tensor<4xf64> {nn.value = dense<[-0.5630002400032342, -1.7169980699289542, 1.941000030228035, 3.9559986471217474]> : tensor<4xf64>}) -> tensor<i1> {
  %result, %d_x, %d_s = nn.vjp @f_1(%x, %s) cotangents(%cotangent) wrt(0, 1) : (tensor<3x4xf64>, tensor<4xf64>), (tensor<3x4xf64>) -> (tensor<3x4xf64>, tensor<3x4xf64>, tensor<4xf64>)
  %flat_x = nn.reshape %d_x : tensor<3x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<3x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_s = nn.reshape %d_s : tensor<4xf64> -> tensor<?xf64>
  %want_s = nn.reshape %expected_s : tensor<4xf64> -> tensor<?xf64>
  %close_s = call @close(%flat_s, %want_s) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_s : tensor<i1>
  return %ok_1 : tensor<i1>
}
