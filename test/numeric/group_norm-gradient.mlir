// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of group_norm, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-3: = dense<true> : tensor<i1>
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
  %result = nn.group_norm %x, %s, %b groups = 2 epsilon = 1.0e-5 : tensor<2x4x3x2xf64>, tensor<4xf64>
  return %result : tensor<2x4x3x2xf64>
}
func.func @group_norm_gradient_0(%x: tensor<2x4x3x2xf64> {nn.value = dense<[[[[-0.565, 6.432], [-2.213, 1.908], [1.168, 1.785]], [[1.68, 4.227], [1.665, -0.892], [-2.51, -0.201]], [[0.1, -6.141], [0.825, 4.001], [-3.453, 0.059]], [[3.347, -11.175], [0.241, 1.794], [1.446, -0.073]]], [[[0.86, -4.226], [-3.478, -2.818], [0.942, -2.182]], [[2.146, -3.954], [-0.904, 0.048], [-0.191, 0.694]], [[-2.882, -4.589], [-3.226, -4.835], [2.881, 2.907]], [[-3.188, -1.591], [2.778, 4.125], [1.604, 2.233]]]]> : tensor<2x4x3x2xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-0.352, 0.938, 1.457, 0.954]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[1.354, -1.059, -1.323, 0.045]> : tensor<4xf64>},
    %cotangent: tensor<2x4x3x2xf64> {nn.value = dense<[[[[-0.363, -0.626], [-0.568, -1.452], [0.678, -0.565]], [[-1.698, -0.583], [-0.308, 0.077], [-3.114, 0.817]], [[0.497, -0.319], [1.117, 1.316], [-0.284, 0.524]], [[-1.333, 1.568], [-0.837, 0.963], [-1.212, 0.06]]], [[[-0.94, -0.808], [0.715, -0.896], [1.795, 1.105]], [[-0.562, -0.475], [-0.037, 0.148], [-0.005, -0.084]], [[0.342, -0.104], [0.428, 0.906], [-0.276, -1.282]], [[-0.606, 0.163], [-1.573, -1.876], [0.108, 0.205]]]]> : tensor<2x4x3x2xf64>},
    %expected_x: tensor<2x4x3x2xf64> {nn.value = dense<[[[[0.23577639967775516, -0.011106285160912582], [0.33218213341797403, 0.29126892373489255], [0.016100855367393058, 0.16914952841993347]], [[-0.5560311641818558, -0.23379447448372048], [-0.024571092630758018, 0.22645864697573306], [-0.9263992525180942, 0.48096578138165963]], [[0.1131277863104099, -0.216977626936466], [0.33845024155364245, 0.4294507186574126], [-0.18745852971926638, 0.12247964393506464]], [[-0.3539203721315616, 0.23013959463098313], [-0.2580147887477335, 0.17142032841738566], [-0.3377797592014521, -0.0509172367684186]]], [[[0.23823287018109923, 0.14599472109876677], [-0.102157645786868, 0.1802611006314479], [-0.22471800906558254, -0.1505366413508349]], [[-0.15772216432998717, -0.202148589314729], [0.03777998827467281, 0.13450245291103857], [0.06203995280749326, 0.038471963943483005]], [[0.07430281374953596, -0.24048552342228227], [0.09068176404297665, 0.20166767965998578], [0.17328131733617627, -0.2815413697746115]], [[-0.2811159400592206, 0.05253245557125978], [-0.1756529735894962, -0.17700103152598953], [0.24654742222821455, 0.316783385783451]]]]> : tensor<2x4x3x2xf64>},
    %expected_s: tensor<4xf64> {nn.value = dense<[0.40347715750692803, 2.5341369792759605, -0.5860763232490697, -8.978705262047272]> : tensor<4xf64>},
    %expected_b: tensor<4xf64> {nn.value = dense<[-1.9249999999999998, -5.823999999999999, 2.865, -4.369999999999999]> : tensor<4xf64>}) -> tensor<i1> {
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
  %result = nn.group_norm %x, %s, %b groups = 1 epsilon = 1.0e-3 : tensor<2x4x3x2xf64>, tensor<4xf64>
  return %result : tensor<2x4x3x2xf64>
}
func.func @group_norm_gradient_1(%x: tensor<2x4x3x2xf64> {nn.value = dense<[[[[999.435, 1006.432], [997.787, 1001.908], [1001.168, 1001.785]], [[1001.68, 1004.227], [1001.665, 999.108], [997.49, 999.799]], [[1000.1, 993.859], [1000.825, 1004.001], [996.547, 1000.059]], [[1003.347, 988.825], [1000.241, 1001.794], [1001.446, 999.927]]], [[[1000.86, 995.774], [996.522, 997.182], [1000.942, 997.818]], [[1002.146, 996.046], [999.096, 1000.048], [999.809, 1000.694]], [[997.118, 995.411], [996.774, 995.165], [1002.881, 1002.907]], [[996.812, 998.409], [1002.778, 1004.125], [1001.604, 1002.233]]]]> : tensor<2x4x3x2xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-0.352, 0.938, 1.457, 0.954]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[1.354, -1.059, -1.323, 0.045]> : tensor<4xf64>},
    %cotangent: tensor<2x4x3x2xf64> {nn.value = dense<[[[[-0.359, -0.841], [-1.62, 0.957], [0.086, 1.294]], [[-1.32, 0.294], [-0.442, 0.502], [-0.741, 1.375]], [[-0.949, 1.414], [1.613, 0.946], [1.294, -1.672]], [[0.409, -0.072], [0.337, -0.02], [-0.072, -0.409]]], [[[0.419, 3.822], [-0.044, -0.495], [0.558, -1.904]], [[0.8, -0.517], [0.566, -0.956], [0.56, -0.523]], [[0.179, 0.15], [0.896, -0.856], [-0.092, 0.6]], [[-0.039, 1.247], [0.538, -1.29], [-1.678, -0.317]]]]> : tensor<2x4x3x2xf64>},
    %expected_x: tensor<2x4x3x2xf64> {nn.value = dense<[[[[-0.018391265393184142, 0.11207896642276793], [0.0894246862834418, -0.12209585348756669], [-0.04296356793339484, -0.15750332266369504]], [[-0.38285027556367446, 0.08047206792126715], [-0.14719827683478925, 0.07643166781497612], [-0.27636922351126003, 0.31900310957805367]], [[-0.4427282775149113, 0.47010417324182896], [0.6346534982414216, 0.39354234108773056], [0.4514968098873471, -0.7448523396322653]], [[0.10293574331780775, -0.19841598028030738], [0.04691694841427463, -0.03243256637186853], [-0.05071051334352106, -0.16054854968050414]]], [[[-0.03335949694714513, -0.4853613128683123], [0.014962200942958859, 0.07482925679327801], [-0.05106311823757448, 0.2581287453856391]], [[0.2988338787346301, -0.16955370657714797], [0.210461999528039, -0.3098733327825096], [0.21026861747533276, -0.15943934750273847]], [[0.10636272521531076, 0.08641733413638697], [0.4880404750735745, -0.45101134759280015], [-0.023142019052889484, 0.34616537692993843]], [[-0.0035757490510883727, 0.4499026140042601], [0.21364102328168189, -0.4214862561009589], [-0.5636471494367084, -0.08650141135115419]]]]> : tensor<2x4x3x2xf64>},
    %expected_s: tensor<4xf64> {nn.value = dense<[-2.1280070109571994, 0.832107897835905, -1.6823138842773446, -3.116001168231439]> : tensor<4xf64>},
    %expected_b: tensor<4xf64> {nn.value = dense<[1.8729999999999996, -0.4019999999999998, 3.523, -1.3659999999999997]> : tensor<4xf64>}) -> tensor<i1> {
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

func.func private @f_2(%x: tensor<5x4xf64>, %s: tensor<4xf64>, %b: tensor<4xf64>) -> tensor<5x4xf64> {
  %result = nn.group_norm %x, %s, %b groups = 2 epsilon = 1.0e-5 : tensor<5x4xf64>, tensor<4xf64>
  return %result : tensor<5x4xf64>
}
func.func @group_norm_gradient_2(%x: tensor<5x4xf64> {nn.value = dense<[[0.336, 0.228, -0.087, -3.041], [0.064, 0.887, -1.389, 1.581], [0.199, -0.067, 0.708, -0.005], [0.163, -1.791, -1.607, -0.465], [-0.556, 1.056, 0.191, -0.335]]> : tensor<5x4xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-0.352, 0.938, 1.457, 0.954]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[1.354, -1.059, -1.323, 0.045]> : tensor<4xf64>},
    %cotangent: tensor<5x4xf64> {nn.value = dense<[[-1.051, -1.362, 0.367, 0.323], [0.605, 0.142, 0.635, 0.316], [-1.756, 0.342, 1.215, 0.297], [1.035, 0.412, -0.277, -0.145], [-0.754, -0.336, -1.59, 0.373]]> : tensor<5x4xf64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[0.05204584377526089, -0.0520458437752751, 3.515939184239869e-07, -3.5159391847949806e-07], [-2.4836699302643872e-05, 2.4836699302643872e-05, 9.523246346510028e-07, -9.523246345954917e-07], [0.0006313427414577077, -0.0006313427414594841, 0.00016406912924515904, -0.00016406912924582517], [-4.025222295700459e-06, 4.025222295589437e-06, -7.123801794642337e-06, 7.123801794600704e-06], [5.543881390235317e-06, -5.543881390263072e-06, -0.0007343815343627824, 0.0007343815343645588]]> : tensor<5x4xf64>},
    %expected_s: tensor<4xf64> {nn.value = dense<[-1.6206997135422947, 0.4117677792765899, -0.36593652291065715, -0.8219591088190783]> : tensor<4xf64>},
    %expected_b: tensor<4xf64> {nn.value = dense<[-1.921, -0.8020000000000002, 0.34999999999999987, 1.164]> : tensor<4xf64>}) -> tensor<i1> {
  %result, %d_x, %d_s, %d_b = nn.vjp @f_2(%x, %s, %b) cotangents(%cotangent) wrt(0, 1, 2) : (tensor<5x4xf64>, tensor<4xf64>, tensor<4xf64>), (tensor<5x4xf64>) -> (tensor<5x4xf64>, tensor<5x4xf64>, tensor<4xf64>, tensor<4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
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
