// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of geglu, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-8: = dense<true> : tensor<i1>
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

func.func private @f_0(%a: tensor<11xf64>, %b: tensor<11xf64>) -> tensor<11xf64> {
  %result = nn.geglu %a, %b : tensor<11xf64>
  return %result : tensor<11xf64>
}
func.func @geglu_gradient_0(%a: tensor<11xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, 1.0e-300]> : tensor<11xf64>},
    %b: tensor<11xf64> {nn.value = dense<[1.0e-300, -800.0, 800.0, -40.0, 40.0, -3.25, 0.5, -1.0, 1.0, -0.0, 0.0]> : tensor<11xf64>},
    %cotangent: tensor<11xf64> {nn.value = dense<[-0.622, -1.601, -0.446, 1.933, 0.616, 0.82, 0.611, 1.424, -0.181, 0.963, 1.175]> : tensor<11xf64>},
    %expected_a: tensor<11xf64> {nn.value = dense<[-3.1100000000000002e-301, 640.4, -386.5269599056865, 6.441952185839909, 21.375079871527852, 0.01603632074831622, 0.3055, -0.0, -0.181, -0.0, 0.0]> : tensor<11xf64>},
    %expected_b: tensor<11xf64> {nn.value = dense<[-0.0, 0.0, -0.3752397567465702, -0.3066806058495064, 0.21297043807239605, -0.0015377717379713922, 24.439999999999998, -0.0, -144.79999999999998, -0.0, 5.875e-301]> : tensor<11xf64>}) -> tensor<i1> {
  %result, %d_a, %d_b = nn.vjp @f_0(%a, %b) cotangents(%cotangent) wrt(0, 1) : (tensor<11xf64>, tensor<11xf64>), (tensor<11xf64>) -> (tensor<11xf64>, tensor<11xf64>, tensor<11xf64>)
  %flat_a = nn.reshape %d_a : tensor<11xf64> -> tensor<?xf64>
  %want_a = nn.reshape %expected_a : tensor<11xf64> -> tensor<?xf64>
  %close_a = call @close(%flat_a, %want_a) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_a, %close_a : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<11xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<11xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_b : tensor<i1>
  return %ok_1 : tensor<i1>
}

func.func private @f_1(%a: tensor<3x4xf64>, %b: tensor<3x4xf64>) -> tensor<3x4xf64> {
  %result = nn.geglu %a, %b : tensor<3x4xf64>
  return %result : tensor<3x4xf64>
}
func.func @geglu_gradient_1(%a: tensor<3x4xf64> {nn.value = dense<[[-1.916, -0.7, -1.847, 4.162], [2.06, -0.367, -2.995, 4.21], [-1.627, 3.848, 2.733, -4.028]]> : tensor<3x4xf64>},
    %b: tensor<3x4xf64> {nn.value = dense<[[1.65, -1.776, -1.827, 0.977], [1.58, -1.294, 0.976, -2.173], [-0.106, -0.194, 0.503, -0.566]]> : tensor<3x4xf64>},
    %cotangent: tensor<3x4xf64> {nn.value = dense<[[1.802, 0.878, 1.239, 1.168], [0.559, 0.373, 0.369, -0.316], [0.169, -1.279, 0.172, 1.921]]> : tensor<3x4xf64>},
    %expected_a: tensor<3x4xf64> {nn.value = dense<[[-0.2802554304547822, -0.03646628690745238, 0.2296938442659196, 1.1414461498911204], [0.9527893438753672, -0.10615332214820117, -0.004358316794179985, 0.6868226125063781], [0.002165917868076217, 0.2483432299075409, 0.08849724907598071, 0.0004932312279771767]]> : tensor<3x4xf64>},
    %expected_b: tensor<3x4xf64> {nn.value = dense<[[-0.09557765053115433, -0.14871086065630065, -0.07408474624646035, 4.861139321037967], [1.1288555021527862, -0.048844010496814604, -0.0015165204453962543, -1.3303430132525573], [-0.014261931809880779, -4.921298953516111, 0.4686008937013391, -0.00021763822386488716]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result, %d_a, %d_b = nn.vjp @f_1(%a, %b) cotangents(%cotangent) wrt(0, 1) : (tensor<3x4xf64>, tensor<3x4xf64>), (tensor<3x4xf64>) -> (tensor<3x4xf64>, tensor<3x4xf64>, tensor<3x4xf64>)
  %flat_a = nn.reshape %d_a : tensor<3x4xf64> -> tensor<?xf64>
  %want_a = nn.reshape %expected_a : tensor<3x4xf64> -> tensor<?xf64>
  %close_a = call @close(%flat_a, %want_a) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_a, %close_a : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<3x4xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<3x4xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_b : tensor<i1>
  return %ok_1 : tensor<i1>
}

func.func private @f_2(%x: tensor<2x6x3xf64>) -> tensor<1x6x3xf64> {
  %result = nn.geglu %x dim = 0 : tensor<2x6x3xf64>
  return %result : tensor<1x6x3xf64>
}
func.func @geglu_gradient_2(%x: tensor<2x6x3xf64> {nn.value = dense<[[[1.277, 2.78, 4.425], [-3.494, -0.985, -3.341], [-2.564, 0.093, 2.686], [-2.115, 1.022, 0.922], [2.667, 0.532, 0.483], [2.101, 1.318, -3.029]], [[-1.045, -1.233, 1.762], [0.901, 1.779, -0.249], [-2.928, 1.735, -2.494], [0.677, 2.407, 1.121], [0.695, -1.268, 0.109], [0.275, -2.309, -0.096]]]> : tensor<2x6x3xf64>},
    %cotangent: tensor<1x6x3xf64> {nn.value = dense<[[[-0.671, 0.281, 1.242], [0.909, 1.067, -1.142], [1.84, -0.35, 0.532], [1.139, 1.78, -0.264], [-0.982, 0.922, 0.279], [0.36, 0.319, 0.41]]]> : tensor<1x6x3xf64>},
    %expected_x: tensor<2x6x3xf64> {nn.value = dense<[[[0.7885772111013206, -0.35359294771193167, 2.188609755048974], [-0.002355376572537646, -0.15110371095312486, -0.001309527526372186], [0.17803326611374953, -0.34855527683060705, -1.3605758276693827], [-0.05622541156282015, 4.663480612207643, -0.31435122599634646], [-0.7006029470161548, -1.036834383431824, 0.026059990863764523], [0.10636511980238796, -0.8300067873631021, 0.0004358545198526846]], [[-0.7704938435979567, 0.7790567957852843, 5.495823498383889], [-0.0007556464815062627, -0.17058913773129872, 0.001592504166542063], [-0.024408167481724242, -0.017480919541085528, 1.4237854033556232], [-0.0414706133161763, 1.5401182286054562, -0.20001704622742916], [-2.6089722005282656, 0.3446462601506328, 0.09236947293701314], [0.7428812993838624, 0.381024795632373, -0.0015235797307521415]]]> : tensor<2x6x3xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_2(%x) cotangents(%cotangent) wrt(0) : (tensor<2x6x3xf64>), (tensor<1x6x3xf64>) -> (tensor<1x6x3xf64>, tensor<2x6x3xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x6x3xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x6x3xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_3(%x: tensor<2x6x3xf64>) -> tensor<2x3x3xf64> {
  %result = nn.geglu %x dim = 1 : tensor<2x6x3xf64>
  return %result : tensor<2x3x3xf64>
}
func.func @geglu_gradient_3(%x: tensor<2x6x3xf64> {nn.value = dense<[[[1.277, 2.78, 4.425], [-3.494, -0.985, -3.341], [-2.564, 0.093, 2.686], [-2.115, 1.022, 0.922], [2.667, 0.532, 0.483], [2.101, 1.318, -3.029]], [[-1.045, -1.233, 1.762], [0.901, 1.779, -0.249], [-2.928, 1.735, -2.494], [0.677, 2.407, 1.121], [0.695, -1.268, 0.109], [0.275, -2.309, -0.096]]]> : tensor<2x6x3xf64>},
    %cotangent: tensor<2x3x3xf64> {nn.value = dense<[[[-1.802, 0.751, 0.284], [0.447, 0.343, 0.493], [-0.48, -0.526, 0.844]], [[-0.157, -0.935, 0.181], [-0.732, 1.181, -1.143], [-0.82, 1.103, -2.643]]]> : tensor<2x3x3xf64>},
    %expected_x: tensor<2x6x3xf64> {nn.value = dense<[[[4.286181624606118, 0.7832944166320526, 0.26187261910509385], [-0.0034284846998924087, -0.014525815214723906, -0.00109658734782288], [0.033325720964450085, -0.3979287273080302, -2.6215394010413804], [-2.0691950911527837, 2.082105528949283, 1.2566939400491342], [-0.00037158853381001036, -0.054837932747737086, -0.0006874820964143933], [0.006367348038710671, -0.026271324796031396, 2.2587873692333567]], [[0.00993555994798475, 0.2728156676397068, 0.22518280120775883], [-0.5370935347330316, -1.659554849894336, -0.03804588029456602], [0.003237653464005769, -2.832797160327517, -0.009656845015531072], [0.024283504247373522, 0.1254166538021589, 0.30647299175436127], [-0.5383138701700128, 2.0219596676792135, 0.11432105095793718], [0.004095438062529001, 1.834534253682519, 0.04163035365817995]]]> : tensor<2x6x3xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_3(%x) cotangents(%cotangent) wrt(0) : (tensor<2x6x3xf64>), (tensor<2x3x3xf64>) -> (tensor<2x3x3xf64>, tensor<2x6x3xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x6x3xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x6x3xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_4(%a: tensor<11xf64>, %b: tensor<11xf64>) -> tensor<11xf64> {
  %result = nn.geglu %a, %b approximate = tanh : tensor<11xf64>
  return %result : tensor<11xf64>
}
func.func @geglu_gradient_4(%a: tensor<11xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, 1.0e-300]> : tensor<11xf64>},
    %b: tensor<11xf64> {nn.value = dense<[1.0e-300, -800.0, 800.0, -40.0, 40.0, -3.25, 0.5, -1.0, 1.0, -0.0, 0.0]> : tensor<11xf64>},
    %cotangent: tensor<11xf64> {nn.value = dense<[-0.715, 2.392, -0.193, 1.169, -0.48, -0.004, 0.204, -0.273, 0.958, -0.023, -0.475]> : tensor<11xf64>},
    %expected_a: tensor<11xf64> {nn.value = dense<[-3.575e-301, -956.8, -167.20965454578882, 3.8794005606287936, -16.653502147865133, -7.233649337387538e-05, 0.102, 0.0, 0.958, 0.0, -0.0]> : tensor<11xf64>},
    %expected_b: tensor<11xf64> {nn.value = dense<[-0.0, -0.0, -0.16235005418739742, -0.18564656297892454, -0.16594272471606908, 6.274508578989979e-06, 8.16, 0.0, 766.4, 0.0, -2.375e-301]> : tensor<11xf64>}) -> tensor<i1> {
  %result, %d_a, %d_b = nn.vjp @f_4(%a, %b) cotangents(%cotangent) wrt(0, 1) : (tensor<11xf64>, tensor<11xf64>), (tensor<11xf64>) -> (tensor<11xf64>, tensor<11xf64>, tensor<11xf64>)
  %flat_a = nn.reshape %d_a : tensor<11xf64> -> tensor<?xf64>
  %want_a = nn.reshape %expected_a : tensor<11xf64> -> tensor<?xf64>
  %close_a = call @close(%flat_a, %want_a) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_a, %close_a : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<11xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<11xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_b : tensor<i1>
  return %ok_1 : tensor<i1>
}

func.func private @f_5(%a: tensor<3x4xf64>, %b: tensor<3x4xf64>) -> tensor<3x4xf64> {
  %result = nn.geglu %a, %b approximate = tanh : tensor<3x4xf64>
  return %result : tensor<3x4xf64>
}
func.func @geglu_gradient_5(%a: tensor<3x4xf64> {nn.value = dense<[[-1.916, -0.7, -1.847, 4.162], [2.06, -0.367, -2.995, 4.21], [-1.627, 3.848, 2.733, -4.028]]> : tensor<3x4xf64>},
    %b: tensor<3x4xf64> {nn.value = dense<[[1.65, -1.776, -1.827, 0.977], [1.58, -1.294, 0.976, -2.173], [-0.106, -0.194, 0.503, -0.566]]> : tensor<3x4xf64>},
    %cotangent: tensor<3x4xf64> {nn.value = dense<[[-0.128, -1.236, -0.797, -0.879], [0.539, 0.024, -0.298, 0.489], [-0.02, -1.243, 0.925, 0.676]]> : tensor<3x4xf64>},
    %expected_a: tensor<3x4xf64> {nn.value = dense<[[0.020084216967452478, 0.05189912046811461, -0.1488964478426372, -0.8589207437947285], [0.9194357278264671, -0.006831990841524805, 0.003415683427380192, -1.0627327144849694], [-0.0002573278316601568, 0.24129643562610686, 0.4759052829449543, 0.00011328377343587526]]> : tensor<3x4xf64>},
    %expected_b: tensor<3x4xf64> {nn.value = dense<[[0.006785757219250683, 0.20941531350447565, 0.04767981655496558, -3.6583701565174205], [1.0885479576550547, -0.003142908506677713, 0.0011013220165493392, 2.0586778782670767], [0.0016912426536851162, -4.78288730952301, 2.5205289161908606, -4.151949486931871e-05]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result, %d_a, %d_b = nn.vjp @f_5(%a, %b) cotangents(%cotangent) wrt(0, 1) : (tensor<3x4xf64>, tensor<3x4xf64>), (tensor<3x4xf64>) -> (tensor<3x4xf64>, tensor<3x4xf64>, tensor<3x4xf64>)
  %flat_a = nn.reshape %d_a : tensor<3x4xf64> -> tensor<?xf64>
  %want_a = nn.reshape %expected_a : tensor<3x4xf64> -> tensor<?xf64>
  %close_a = call @close(%flat_a, %want_a) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_a, %close_a : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<3x4xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<3x4xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_b : tensor<i1>
  return %ok_1 : tensor<i1>
}

func.func private @f_6(%x: tensor<2x6x3xf64>) -> tensor<1x6x3xf64> {
  %result = nn.geglu %x dim = 0 approximate = tanh : tensor<2x6x3xf64>
  return %result : tensor<1x6x3xf64>
}
func.func @geglu_gradient_6(%x: tensor<2x6x3xf64> {nn.value = dense<[[[1.277, 2.78, 4.425], [-3.494, -0.985, -3.341], [-2.564, 0.093, 2.686], [-2.115, 1.022, 0.922], [2.667, 0.532, 0.483], [2.101, 1.318, -3.029]], [[-1.045, -1.233, 1.762], [0.901, 1.779, -0.249], [-2.928, 1.735, -2.494], [0.677, 2.407, 1.121], [0.695, -1.268, 0.109], [0.275, -2.309, -0.096]]]> : tensor<2x6x3xf64>},
    %cotangent: tensor<1x6x3xf64> {nn.value = dense<[[[-2.997, 0.657, 2.291], [0.179, 0.267, 0.168], [1.364, -0.064, 0.872], [0.746, -0.34, 0.549], [-0.495, 3.588, 0.336], [0.373, -0.399, -0.334]]]> : tensor<1x6x3xf64>},
    %expected_x: tensor<2x6x3xf64> {nn.value = dense<[[[3.521737684747602, -0.8266291557211228, 4.036917964510693], [-0.00039907100874178776, -0.03764338318459464, 0.00017398814122043368], [0.13288774012917812, -0.06373570552853093, -2.2301619319203225], [-0.03725082938309316, -0.8904936617234044, 0.6534903933224258], [-0.35317307117847047, -4.034222105397694, 0.03137986110550342], [0.110293199403247, 1.0380909339976767, -0.0003428220817993306]], [[-3.440703751762369, 1.8218033830939055, 10.13765704257909], [-0.00011292901535013588, -0.04272662747069402, -0.0001896421346147138], [-0.017469042421750555, -0.0031965094356562083, 2.3341359875881738], [-0.02701466603591762, -0.29412533828501186, 0.415875843869087], [-1.3153471227789262, 1.3411274502239285, 0.11123555546800647], [0.7697766248801424, -0.47648706347606706, 0.0011070527523066153]]]> : tensor<2x6x3xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_6(%x) cotangents(%cotangent) wrt(0) : (tensor<2x6x3xf64>), (tensor<1x6x3xf64>) -> (tensor<1x6x3xf64>, tensor<2x6x3xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x6x3xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x6x3xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_7(%x: tensor<2x6x3xf64>) -> tensor<2x3x3xf64> {
  %result = nn.geglu %x dim = 1 approximate = tanh : tensor<2x6x3xf64>
  return %result : tensor<2x3x3xf64>
}
func.func @geglu_gradient_7(%x: tensor<2x6x3xf64> {nn.value = dense<[[[1.277, 2.78, 4.425], [-3.494, -0.985, -3.341], [-2.564, 0.093, 2.686], [-2.115, 1.022, 0.922], [2.667, 0.532, 0.483], [2.101, 1.318, -3.029]], [[-1.045, -1.233, 1.762], [0.901, 1.779, -0.249], [-2.928, 1.735, -2.494], [0.677, 2.407, 1.121], [0.695, -1.268, 0.109], [0.275, -2.309, -0.096]]]> : tensor<2x6x3xf64>},
    %cotangent: tensor<2x3x3xf64> {nn.value = dense<[[[0.246, 1.059, -0.799], [-0.498, 0.449, -2.024], [0.405, 0.087, -0.475]], [[0.244, 0.634, -0.613], [0.169, 1.555, 2.012], [0.034, -2.313, 0.912]]]> : tensor<2x3x3xf64>},
    %expected_x: tensor<2x6x3xf64> {nn.value = dense<[[[-0.5850587110227708, 1.1044069444643927, -0.7367101123281619], [0.00328643248901931, -0.018930383509941733, 0.004066012023139371], [-0.028312651864348042, 0.06581698856389163, 1.4754223133679831], [0.28242012777228653, 2.9365141289139203, -3.535568737241682], [0.0003141824002478641, -0.0718511450724405, 0.0022847361932153616], [-0.005186922419947929, 0.0043452550140951575, -1.2714616904866773]], [[-0.015385241879437897, -0.184699502467156, -0.7631079221672435], [0.12396004111355345, -2.1865028251488057, 0.06697557638161007], [-0.0001314433741631985, 5.943867730078743, 0.0033629435374847596], [-0.037781039326856974, -0.08518169502699416, -1.0378874668971], [0.12426294766714766, 2.6621493654694297, -0.2012394932573021], [-0.00015498008883967456, -3.846776563030753, -0.013965776563037213]]]> : tensor<2x6x3xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_7(%x) cotangents(%cotangent) wrt(0) : (tensor<2x6x3xf64>), (tensor<2x3x3xf64>) -> (tensor<2x3x3xf64>, tensor<2x6x3xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x6x3xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x6x3xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}
