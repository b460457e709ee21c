// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of instance_norm, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-2: = dense<true> : tensor<i1>
// CHECK-NOT: dense<false>

func.func private @close(%y: tensor<?xf64>, %expected: tensor<?xf64>) -> tensor<i1> {
  %n = nn.dim %y, 0 : tensor<?xf64>
  %tolerance = nn.constant dense<1.0e-10> : tensor<f64>
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

func.func private @f_0(%x: tensor<2x4x3x2xf64>, %s: tensor<4xf64>, %b: tensor<4xf64>) -> tensor<2x4x3x2xf64> {
  %result = nn.instance_norm %x, %s, %b : tensor<2x4x3x2xf64>, tensor<4xf64>
  return %result : tensor<2x4x3x2xf64>
}
func.func @instance_norm_gradient_0(%x: tensor<2x4x3x2xf64> {nn.value = dense<[[[[-0.565, 6.432], [-2.213, 1.908], [1.168, 1.785]], [[1.68, 4.227], [1.665, -0.892], [-2.51, -0.201]], [[0.1, -6.141], [0.825, 4.001], [-3.453, 0.059]], [[3.347, -11.175], [0.241, 1.794], [1.446, -0.073]]], [[[0.86, -4.226], [-3.478, -2.818], [0.942, -2.182]], [[2.146, -3.954], [-0.904, 0.048], [-0.191, 0.694]], [[-2.882, -4.589], [-3.226, -4.835], [2.881, 2.907]], [[-3.188, -1.591], [2.778, 4.125], [1.604, 2.233]]]]> : tensor<2x4x3x2xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-0.352, 0.938, 1.457, 0.954]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[1.354, -1.059, -1.323, 0.045]> : tensor<4xf64>},
    %cotangent: tensor<2x4x3x2xf64> {nn.value = dense<[[[[-1.8, -0.405], [-0.243, -1.426], [-0.463, -0.608]], [[0.502, -0.554], [0.783, 0.193], [0.636, -0.317]], [[0.423, -0.697], [0.039, -0.773], [-1.006, 0.994]], [[0.546, -0.59], [-0.169, -0.091], [1.492, -1.884]]], [[[-0.947, 1.076], [-1.359, 0.658], [0.246, 1.056]], [[0.647, -0.151], [-1.571, 0.138], [0.91, 0.661]], [[1.073, 0.699], [0.125, 1.005], [-0.817, -1.604]], [[-0.049, 0.217], [1.587, -2.245], [0.28, -0.635]]]]> : tensor<2x4x3x2xf64>},
    %expected_x: tensor<2x4x3x2xf64> {nn.value = dense<[[[[0.1188295979486713, -0.030201770414883165], [-0.09488387361269154, 0.08186526543971347], [-0.0489169001456294, -0.02669231921518059]], [[0.17113230630944407, -0.17995652110183175], [0.2925702990407845, -0.0718189122789852], [0.05223818763702253, -0.26416535960643406]], [[0.24209494170496967, -0.08279482778037386], [0.04829954804345172, -0.4087554524379481], [-0.2992780298262213, 0.500433820296122]], [[0.07286047567742501, 0.05590257369322612], [-0.024596053247233397, -0.031426494713311645], [0.28824544805324487, -0.36098594946335105]]], [[[0.12457816136668017, -0.11082596136633406], [0.29631565496190365, -0.0704125820831356], [-0.08522758100924244, -0.15442769186987176]], [[0.03441780895351384, 0.21242175393887155], [-0.7929946738306352, -0.02252221433518065], [0.3891383957618664, 0.1795389295115639]], [[0.28686196704710987, -0.09128275798543228], [-0.17840475757167842, 0.014682245459457951], [0.1579034976102023, -0.18976019455965962]], [[-0.17258385222177886, 0.00589485812992807], [0.7343084372291384, -0.6317474602457109], [0.1875516660858764, -0.12342364897745316]]]]> : tensor<2x4x3x2xf64>},
    %expected_s: tensor<4xf64> {nn.value = dense<[-0.9942701191135661, 0.8479080933432785, -4.206509565685607, 0.05713678571888803]> : tensor<4xf64>},
    %expected_b: tensor<4xf64> {nn.value = dense<[-4.214999999999999, 1.8770000000000002, -0.5390000000000003, -1.5409999999999997]> : tensor<4xf64>}) -> tensor<i1> {
  %result, %d_x, %d_s, %d_b = nn.vjp @f_0(%x, %s, %b) cotangents(%cotangent) wrt(0, 1, 2) : (tensor<2x4x3x2xf64>, tensor<4xf64>, tensor<4xf64>), (tensor<2x4x3x2xf64>) -> (tensor<2x4x3x2xf64>, tensor<2x4x3x2xf64>, tensor<4xf64>, tensor<4xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x4x3x2xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x4x3x2xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_s = nn.reshape %d_s : tensor<4xf64> -> tensor<?xf64>
  %want_s = nn.reshape %expected_s : tensor<4xf64> -> tensor<?xf64>
  %close_s = call @close(%flat_s, %want_s) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_s : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<4xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<4xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_2 = nn.and %ok_1, %close_b : tensor<i1>
  return %ok_2 : tensor<i1>
}

func.func private @f_1(%x: tensor<2x4x3x2xf64>, %s: tensor<4xf64>, %b: tensor<4xf64>) -> tensor<2x4x3x2xf64> {
  %result = nn.instance_norm %x, %s, %b : tensor<2x4x3x2xf64>, tensor<4xf64>
  return %result : tensor<2x4x3x2xf64>
}
func.func @instance_norm_gradient_1(%x: tensor<2x4x3x2xf64> {nn.value = dense<[[[[999.435, 1006.432], [997.787, 1001.908], [1001.168, 1001.785]], [[1001.68, 1004.227], [1001.665, 999.108], [997.49, 999.799]], [[1000.1, 993.859], [1000.825, 1004.001], [996.547, 1000.059]], [[1003.347, 988.825], [1000.241, 1001.794], [1001.446, 999.927]]], [[[1000.86, 995.774], [996.522, 997.182], [1000.942, 997.818]], [[1002.146, 996.046], [999.096, 1000.048], [999.809, 1000.694]], [[997.118, 995.411], [996.774, 995.165], [1002.881, 1002.907]], [[996.812, 998.409], [1002.778, 1004.125], [1001.604, 1002.233]]]]> : tensor<2x4x3x2xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-0.352, 0.938, 1.457, 0.954]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[1.354, -1.059, -1.323, 0.045]> : tensor<4xf64>},
    %cotangent: tensor<2x4x3x2xf64> {nn.value = dense<[[[[1.242, -1.113], [1.444, -0.096], [2.416, 0.342]], [[-0.916, 1.226], [-1.155, -0.645], [0.057, -0.111]], [[-0.236, -0.681], [-0.614, -0.957], [0.751, 0.659]], [[0.972, 1.266], [-0.59, -1.053], [1.56, 1.311]]], [[[0.24, -0.929], [-0.093, 0.06], [0.421, -1.466]], [[0.596, 1.607], [1.685, 0.563], [0.096, -0.235]], [[0.82, 0.753], [-2.368, 0.06], [-0.984, 0.015]], [[0.738, 1.245], [0.836, -2.197], [0.351, 0.89]]]]> : tensor<2x4x3x2xf64>},
    %expected_x: tensor<2x4x3x2xf64> {nn.value = dense<[[[[0.01398372616352581, 0.025932989459727752], [0.05770712922829479, 0.08493219692175506], [-0.21494353198680047, 0.03238749021347268]], [[-0.3366947131932782, 0.46740391836957884], [-0.4397765213561078, -0.09129687973265545], [0.2939809319028783, 0.10638326400960695]], [[-0.0032080949746670956, -0.36294175349594493], [-0.15493898296933933, -0.22833785169795962], [0.35060301797101595, 0.3988236651668892]], [[0.1266212781712629, 0.013528924610684985], [-0.2205593453680077, -0.2942500002350062], [0.22104873327748234, 0.15361040954358504]]], [[[-0.004107156275196219, 0.030449773078914565], [-0.09036784772321355, -0.09507900820003432], [-0.03292435022376033, 0.19202858934329364]], [[0.253850611197444, -0.00509777751128772], [0.4183444402922467, -0.027016706064541728], [-0.29239379567574064, -0.347686772238092]], [[0.45695680854211174, 0.37923861654047314], [-0.9740535617477817, 0.063369660693067], [-0.1858219752734139, 0.26031045124552754]], [[-0.2553505753742168, 0.09277445284623206], [0.3736588543192435, -0.626576871656445], [0.07575922623141176, 0.3397349136337517]]]]> : tensor<2x4x3x2xf64>},
    %expected_s: tensor<4xf64> {nn.value = dense<[-2.8668314889343383, -1.3124393255353919, -2.3329346665591846, -5.776889305940152]> : tensor<4xf64>},
    %expected_b: tensor<4xf64> {nn.value = dense<[2.4679999999999995, 2.7680000000000002, -2.7819999999999996, 5.329000000000001]> : tensor<4xf64>}) -> tensor<i1> {
  %result, %d_x, %d_s, %d_b = nn.vjp @f_1(%x, %s, %b) cotangents(%cotangent) wrt(0, 1, 2) : (tensor<2x4x3x2xf64>, tensor<4xf64>, tensor<4xf64>), (tensor<2x4x3x2xf64>) -> (tensor<2x4x3x2xf64>, tensor<2x4x3x2xf64>, tensor<4xf64>, tensor<4xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x4x3x2xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x4x3x2xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_s = nn.reshape %d_s : tensor<4xf64> -> tensor<?xf64>
  %want_s = nn.reshape %expected_s : tensor<4xf64> -> tensor<?xf64>
  %close_s = call @close(%flat_s, %want_s) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_s : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<4xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<4xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_2 = nn.and %ok_1, %close_b : tensor<i1>
  return %ok_2 : tensor<i1>
}
