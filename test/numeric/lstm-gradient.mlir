// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of torch.nn.LSTM, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-5: = dense<true> : tensor<i1>
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

func.func private @f_0(%x: tensor<4x3x2xf64>, %w: tensor<2x8xf64>, %u: tensor<2x8xf64>, %b: tensor<8xf64>, %c: tensor<8xf64>) -> tensor<36xf64> {
  %y, %h, %s = nn.lstm %x, %w, %u bias = %b hidden_bias = %c : tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %sf = nn.reshape %s : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf, %sf dim = 0 : tensor<24xf64>, tensor<6xf64>, tensor<6xf64>
  return %result : tensor<36xf64>
}
func.func @lstm_gradient_0(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.449, -0.305], [0.843, -1.427], [-0.536, -0.076]], [[-0.162, -0.487], [-1.066, 1.036], [0.101, -1.438]], [[2.618, -0.416], [-0.623, -0.142], [0.943, -0.289]], [[-0.141, -0.481], [0.875, 0.563], [0.413, -0.521]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x8xf64> {nn.value = dense<[[-1.334, 1.59, -0.201, 0.633, -1.099, 0.364, -0.033, 0.447], [0.162, 0.433, -0.984, -1.431, -0.295, -0.047, 0.287, -0.557]]> : tensor<2x8xf64>},
    %u: tensor<2x8xf64> {nn.value = dense<[[-0.371, 0.392, -1.004, -1.329, 0.376, 1.516, -1.36, -0.163], [-0.28, 1.211, 0.636, 0.249, 1.108, -1.393, 0.736, 0.439]]> : tensor<2x8xf64>},
    %b: tensor<8xf64> {nn.value = dense<[-0.457, -1.187, -0.169, -2.643, -0.107, 1.179, 0.881, 1.004]> : tensor<8xf64>},
    %c: tensor<8xf64> {nn.value = dense<[-2.032, 0.196, 0.529, -2.481, -0.763, -2.749, -0.279, 0.09]> : tensor<8xf64>},
    %cotangent: tensor<36xf64> {nn.value = dense<[0.06, 1.308, -0.285, -0.407, -0.301, 1.256, 1.16, -0.852, 0.771, 0.287, 2.128, -0.332, -1.993, 0.937, 1.724, 2.517, 0.984, 0.364, -0.942, -0.411, -0.412, -0.166, 0.35, -1.085, -0.035, -0.37, -0.916, -1.0, 0.484, 0.787, -0.093, 0.385, -1.427, -1.413, 1.386, 0.775]> : tensor<36xf64>},
    %expected_x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.23022318674989836, -0.04381056582014731], [0.06850069015595389, 0.017405422035172], [-0.3753734434483937, -0.10833649603110593]], [[0.24843769070210603, 0.02633015579156503], [-0.07435735532591263, -0.03983664904798583], [0.07483451309826729, -0.02339915094720924]], [[0.13960924060161367, -0.031618268717257404], [-0.36978955441971045, -0.0615392732477786], [0.019802782825421993, 0.009309689557843353]], [[0.0028730668571949167, 0.01298828395162403], [0.49060066166373584, 0.0948053444419563], [-0.01135627963649053, -0.034218505648687024]]]> : tensor<4x3x2xf64>},
    %expected_w: tensor<2x8xf64> {nn.value = dense<[[0.046468026610851046, 0.5308416801115788, 0.09361480289014422, -0.016072543224698765, -0.228935620366594, 1.1149210574538075, 0.0913111288733306, 0.08981062082638788], [0.15105558576781694, 0.15825404759109657, 0.05383146858396339, 0.0010439944902851392, -0.04347574465820685, -0.38780045172334654, 0.0553553040724398, 0.04488326495057209]]> : tensor<2x8xf64>},
    %expected_u: tensor<2x8xf64> {nn.value = dense<[[0.00032675398791761267, -0.012202520567627547, -0.003914056010741202, 0.000299228269718179, -0.0011972230847109256, -0.004465538711524861, 0.0020080972691281836, -0.0018487900794772413], [0.02690449522080074, -0.016082398438456814, 0.003613684472948895, 0.0012826188391214498, -0.037273403631737125, -0.05821727444298331, 0.007529554889012902, -0.01502043580225263]]> : tensor<2x8xf64>},
    %expected_b: tensor<8xf64> {nn.value = dense<[-0.18099359156509065, 0.09415005628030299, 0.033250639741590836, -0.005133666377177288, 0.4486591026608085, 0.254418139596601, -0.08204314386399564, 0.00024273458331594208]> : tensor<8xf64>},
    %expected_c: tensor<8xf64> {nn.value = dense<[-0.18099359156509065, 0.09415005628030299, 0.033250639741590836, -0.005133666377177288, 0.4486591026608085, 0.254418139596601, -0.08204314386399562, 0.00024273458331594555]> : tensor<8xf64>}) -> tensor<i1> {
  %result, %d_x, %d_w, %d_u, %d_b, %d_c = nn.vjp @f_0(%x, %w, %u, %b, %c) cotangents(%cotangent) wrt(0, 1, 2, 3, 4) : (tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>), (tensor<36xf64>) -> (tensor<36xf64>, tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>)
  %flat_x = nn.reshape %d_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_w = nn.reshape %d_w : tensor<2x8xf64> -> tensor<?xf64>
  %want_w = nn.reshape %expected_w : tensor<2x8xf64> -> tensor<?xf64>
  %close_w = call @close(%flat_w, %want_w) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_w : tensor<i1>
  %flat_u = nn.reshape %d_u : tensor<2x8xf64> -> tensor<?xf64>
  %want_u = nn.reshape %expected_u : tensor<2x8xf64> -> tensor<?xf64>
  %close_u = call @close(%flat_u, %want_u) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_2 = nn.and %ok_1, %close_u : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<8xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<8xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_3 = nn.and %ok_2, %close_b : tensor<i1>
  %flat_c = nn.reshape %d_c : tensor<8xf64> -> tensor<?xf64>
  %want_c = nn.reshape %expected_c : tensor<8xf64> -> tensor<?xf64>
  %close_c = call @close(%flat_c, %want_c) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_4 = nn.and %ok_3, %close_c : tensor<i1>
  return %ok_4 : tensor<i1>
}

func.func private @f_1(%x: tensor<4x3x2xf64>, %w: tensor<2x8xf64>, %u: tensor<2x8xf64>, %b: tensor<8xf64>, %c: tensor<8xf64>, %h0: tensor<3x2xf64>, %s0: tensor<3x2xf64>) -> tensor<36xf64> {
  %y, %h, %s = nn.lstm %x, %w, %u bias = %b hidden_bias = %c initial = %h0, %s0 : tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %sf = nn.reshape %s : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf, %sf dim = 0 : tensor<24xf64>, tensor<6xf64>, tensor<6xf64>
  return %result : tensor<36xf64>
}
func.func @lstm_gradient_1(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.449, -0.305], [0.843, -1.427], [-0.536, -0.076]], [[-0.162, -0.487], [-1.066, 1.036], [0.101, -1.438]], [[2.618, -0.416], [-0.623, -0.142], [0.943, -0.289]], [[-0.141, -0.481], [0.875, 0.563], [0.413, -0.521]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x8xf64> {nn.value = dense<[[-1.334, 1.59, -0.201, 0.633, -1.099, 0.364, -0.033, 0.447], [0.162, 0.433, -0.984, -1.431, -0.295, -0.047, 0.287, -0.557]]> : tensor<2x8xf64>},
    %u: tensor<2x8xf64> {nn.value = dense<[[-0.371, 0.392, -1.004, -1.329, 0.376, 1.516, -1.36, -0.163], [-0.28, 1.211, 0.636, 0.249, 1.108, -1.393, 0.736, 0.439]]> : tensor<2x8xf64>},
    %b: tensor<8xf64> {nn.value = dense<[-0.457, -1.187, -0.169, -2.643, -0.107, 1.179, 0.881, 1.004]> : tensor<8xf64>},
    %c: tensor<8xf64> {nn.value = dense<[-2.032, 0.196, 0.529, -2.481, -0.763, -2.749, -0.279, 0.09]> : tensor<8xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[1.283, 0.413], [-0.357, 0.85], [-0.852, -0.085]]> : tensor<3x2xf64>},
    %s0: tensor<3x2xf64> {nn.value = dense<[[1.642, 0.75], [1.317, 1.371], [0.49, -1.567]]> : tensor<3x2xf64>},
    %cotangent: tensor<36xf64> {nn.value = dense<[-0.72, -2.001, 0.242, -0.676, 0.484, -0.636, 1.674, 0.714, -0.623, -1.012, -0.791, -0.562, 1.551, 1.165, -1.864, -0.025, -0.556, -1.251, -1.25, 0.886, -1.08, 0.453, 1.152, 2.139, 0.593, -0.119, 0.82, -1.226, 1.304, 0.113, 0.346, 0.345, 0.313, 0.977, -0.917, 0.015]> : tensor<36xf64>},
    %expected_x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.1168636275416177, -0.34156529139328384], [0.20419824376546905, 0.2541424064936701], [0.08397851165250969, -0.009083983730117696]], [[-0.04753865952739502, -0.2120576816571118], [0.2483018539635732, 0.233341381974641], [-0.026389601882771133, 0.0023620914378316275]], [[0.26649105201408463, -0.08728007042326574], [0.18371480486766145, 0.08322418915852725], [0.28971027528470167, 0.050889130023467524]], [[-0.18738013640204892, -0.044693969182534675], [-0.07220102573866552, -0.08825978898445078], [-0.3273796770104731, -0.07498479701107028]]]> : tensor<4x3x2xf64>},
    %expected_w: tensor<2x8xf64> {nn.value = dense<[[-0.06207641491858139, 0.09351069584345358, 0.23886882040977386, -0.12209094667476655, 0.2882229691857287, 2.149599455258018, 0.32752543782619054, 0.09689690672738373], [0.04129730728056984, -0.16178676501553807, -0.39279358604984055, 0.17827927188795775, -0.23740109294794745, -0.2727604280102306, -0.11526139027031672, 0.02391166570991873]]> : tensor<2x8xf64>},
    %expected_u: tensor<2x8xf64> {nn.value = dense<[[0.05862756587741115, -0.0033005742647647745, 0.3619157792465304, 0.02945233135708968, -0.09755883621771927, -0.2058345725220976, -0.2203139079479896, 0.026032054661390108], [0.009207349070595613, 0.23250254051810743, 0.16267093600617386, -0.0998780470883349, 0.09887032445979263, -0.2546365497447509, -0.05131680032562161, 0.03432866450526399]]> : tensor<2x8xf64>},
    %expected_b: tensor<8xf64> {nn.value = dense<[0.007340404979374729, 0.09004944719790614, 0.44697894046075176, -0.12254172836817388, -0.2431518753765794, 0.5414590879055436, 0.11881645362377843, 0.16168478224969732]> : tensor<8xf64>},
    %expected_c: tensor<8xf64> {nn.value = dense<[0.007340404979374729, 0.0900494471979062, 0.44697894046075176, -0.12254172836817388, -0.24315187537657945, 0.5414590879055436, 0.11881645362377843, 0.16168478224969735]> : tensor<8xf64>},
    %expected_h0: tensor<3x2xf64> {nn.value = dense<[[-0.4924785877204182, 0.613746688263684], [0.1623448048097276, 0.2190369388639937], [-0.030700672568763455, 0.09428380680949958]]> : tensor<3x2xf64>},
    %expected_s0: tensor<3x2xf64> {nn.value = dense<[[0.3457584460463502, -0.0014784110371483658], [-0.09701302232573084, -0.10102652461643591], [0.047938341113999736, -0.007823954910522082]]> : tensor<3x2xf64>}) -> tensor<i1> {
  %result, %d_x, %d_w, %d_u, %d_b, %d_c, %d_h0, %d_s0 = nn.vjp @f_1(%x, %w, %u, %b, %c, %h0, %s0) cotangents(%cotangent) wrt(0, 1, 2, 3, 4, 5, 6) : (tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>), (tensor<36xf64>) -> (tensor<36xf64>, tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>)
  %flat_x = nn.reshape %d_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_w = nn.reshape %d_w : tensor<2x8xf64> -> tensor<?xf64>
  %want_w = nn.reshape %expected_w : tensor<2x8xf64> -> tensor<?xf64>
  %close_w = call @close(%flat_w, %want_w) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_w : tensor<i1>
  %flat_u = nn.reshape %d_u : tensor<2x8xf64> -> tensor<?xf64>
  %want_u = nn.reshape %expected_u : tensor<2x8xf64> -> tensor<?xf64>
  %close_u = call @close(%flat_u, %want_u) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_2 = nn.and %ok_1, %close_u : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<8xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<8xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_3 = nn.and %ok_2, %close_b : tensor<i1>
  %flat_c = nn.reshape %d_c : tensor<8xf64> -> tensor<?xf64>
  %want_c = nn.reshape %expected_c : tensor<8xf64> -> tensor<?xf64>
  %close_c = call @close(%flat_c, %want_c) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_4 = nn.and %ok_3, %close_c : tensor<i1>
  %flat_h0 = nn.reshape %d_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %want_h0 = nn.reshape %expected_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %close_h0 = call @close(%flat_h0, %want_h0) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_5 = nn.and %ok_4, %close_h0 : tensor<i1>
  %flat_s0 = nn.reshape %d_s0 : tensor<3x2xf64> -> tensor<?xf64>
  %want_s0 = nn.reshape %expected_s0 : tensor<3x2xf64> -> tensor<?xf64>
  %close_s0 = call @close(%flat_s0, %want_s0) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_6 = nn.and %ok_5, %close_s0 : tensor<i1>
  return %ok_6 : tensor<i1>
}

func.func private @f_2(%x: tensor<4x3x2xf64>, %w: tensor<2x8xf64>, %u: tensor<2x8xf64>, %b: tensor<8xf64>, %c: tensor<8xf64>, %h0: tensor<3x2xf64>, %s0: tensor<3x2xf64>) -> tensor<36xf64> {
  %y, %h, %s = nn.lstm %x, %w, %u bias = %b hidden_bias = %c initial = %h0, %s0 reverse : tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %sf = nn.reshape %s : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf, %sf dim = 0 : tensor<24xf64>, tensor<6xf64>, tensor<6xf64>
  return %result : tensor<36xf64>
}
func.func @lstm_gradient_2(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.449, -0.305], [0.843, -1.427], [-0.536, -0.076]], [[-0.162, -0.487], [-1.066, 1.036], [0.101, -1.438]], [[2.618, -0.416], [-0.623, -0.142], [0.943, -0.289]], [[-0.141, -0.481], [0.875, 0.563], [0.413, -0.521]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x8xf64> {nn.value = dense<[[-1.334, 1.59, -0.201, 0.633, -1.099, 0.364, -0.033, 0.447], [0.162, 0.433, -0.984, -1.431, -0.295, -0.047, 0.287, -0.557]]> : tensor<2x8xf64>},
    %u: tensor<2x8xf64> {nn.value = dense<[[-0.371, 0.392, -1.004, -1.329, 0.376, 1.516, -1.36, -0.163], [-0.28, 1.211, 0.636, 0.249, 1.108, -1.393, 0.736, 0.439]]> : tensor<2x8xf64>},
    %b: tensor<8xf64> {nn.value = dense<[-0.457, -1.187, -0.169, -2.643, -0.107, 1.179, 0.881, 1.004]> : tensor<8xf64>},
    %c: tensor<8xf64> {nn.value = dense<[-2.032, 0.196, 0.529, -2.481, -0.763, -2.749, -0.279, 0.09]> : tensor<8xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[1.283, 0.413], [-0.357, 0.85], [-0.852, -0.085]]> : tensor<3x2xf64>},
    %s0: tensor<3x2xf64> {nn.value = dense<[[1.642, 0.75], [1.317, 1.371], [0.49, -1.567]]> : tensor<3x2xf64>},
    %cotangent: tensor<36xf64> {nn.value = dense<[1.349, 0.307, -0.787, 0.145, 1.212, -0.482, 0.528, 1.734, 1.399, 0.048, -2.483, -1.711, -0.354, -0.076, 0.244, -1.566, -1.27, 0.885, -0.364, 1.0, -0.073, 0.426, -1.043, 0.165, -0.694, 1.708, 2.123, 2.121, -0.264, -0.461, 0.371, -0.949, -0.495, -0.435, 1.322, 1.175]> : tensor<36xf64>},
    %expected_x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.1561144164330868, -0.054559602031577004], [-0.36212478278560656, -0.07545017949654488], [-0.22671934127382332, -0.16070080800987135]], [[-0.22473338547896604, -0.11527234648729401], [-0.3859741889218454, -0.17325441405703365], [0.20996668008208194, 0.018772383620989187]], [[-0.07863156314311606, -0.06188827016177596], [-0.050264593366305906, -0.12455709750580356], [-0.007536093153271131, 0.01257942061003752]], [[0.039395174341888516, -0.07839273415308803], [-0.09942079383599556, -0.03197085505869043], [0.1283668126757557, 0.02007726853474754]]]> : tensor<4x3x2xf64>},
    %expected_w: tensor<2x8xf64> {nn.value = dense<[[0.09613258076212787, -0.22666115589329608, -0.07823978011210114, 0.008480955403483788, -0.5978087718595094, -0.026280238481769053, -0.18575055954574862, -0.11586579954419472], [0.026166340648877046, 0.2681187679611224, 0.03961153555677902, -0.015202574153697992, 0.3042599716584345, -0.48992841790062164, 0.13900631197244315, 0.0737151006777966]]> : tensor<2x8xf64>},
    %expected_u: tensor<2x8xf64> {nn.value = dense<[[-0.052670263697633, -0.18017722353473287, 0.1307998060516714, -0.023851912873164263, 0.10282547045800314, 0.556743046348251, -0.09576964368084369, -0.043423844788670486], [0.031700738013460794, -0.020373002952507734, -0.029865035686438494, 0.0007769290868395624, -0.08025984692243882, 0.07609972332548018, -0.0423525681677987, -0.046289646997685]]> : tensor<2x8xf64>},
    %expected_b: tensor<8xf64> {nn.value = dense<[-0.14005607187696892, -0.44002846359065556, 0.35730267478816974, 0.032105424824561836, 0.7835365475370029, 0.7822050826927743, -0.15068442316062808, -0.17466107532406025]> : tensor<8xf64>},
    %expected_c: tensor<8xf64> {nn.value = dense<[-0.14005607187696892, -0.4400284635906555, 0.3573026747881697, 0.032105424824561836, 0.7835365475370029, 0.7822050826927743, -0.15068442316062808, -0.17466107532406025]> : tensor<8xf64>},
    %expected_h0: tensor<3x2xf64> {nn.value = dense<[[0.6542085531916536, -0.650445344194884], [-0.017757050252801266, -0.07277667068348169], [0.03759812972178862, 0.06356877987488227]]> : tensor<3x2xf64>},
    %expected_s0: tensor<3x2xf64> {nn.value = dense<[[0.022468241555034976, 0.0021843598371233883], [0.07404721890734255, 0.002782225806756194], [-0.4787919417376957, -0.01905052330594429]]> : tensor<3x2xf64>}) -> tensor<i1> {
  %result, %d_x, %d_w, %d_u, %d_b, %d_c, %d_h0, %d_s0 = nn.vjp @f_2(%x, %w, %u, %b, %c, %h0, %s0) cotangents(%cotangent) wrt(0, 1, 2, 3, 4, 5, 6) : (tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>), (tensor<36xf64>) -> (tensor<36xf64>, tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>)
  %flat_x = nn.reshape %d_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_w = nn.reshape %d_w : tensor<2x8xf64> -> tensor<?xf64>
  %want_w = nn.reshape %expected_w : tensor<2x8xf64> -> tensor<?xf64>
  %close_w = call @close(%flat_w, %want_w) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_w : tensor<i1>
  %flat_u = nn.reshape %d_u : tensor<2x8xf64> -> tensor<?xf64>
  %want_u = nn.reshape %expected_u : tensor<2x8xf64> -> tensor<?xf64>
  %close_u = call @close(%flat_u, %want_u) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_2 = nn.and %ok_1, %close_u : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<8xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<8xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_3 = nn.and %ok_2, %close_b : tensor<i1>
  %flat_c = nn.reshape %d_c : tensor<8xf64> -> tensor<?xf64>
  %want_c = nn.reshape %expected_c : tensor<8xf64> -> tensor<?xf64>
  %close_c = call @close(%flat_c, %want_c) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_4 = nn.and %ok_3, %close_c : tensor<i1>
  %flat_h0 = nn.reshape %d_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %want_h0 = nn.reshape %expected_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %close_h0 = call @close(%flat_h0, %want_h0) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_5 = nn.and %ok_4, %close_h0 : tensor<i1>
  %flat_s0 = nn.reshape %d_s0 : tensor<3x2xf64> -> tensor<?xf64>
  %want_s0 = nn.reshape %expected_s0 : tensor<3x2xf64> -> tensor<?xf64>
  %close_s0 = call @close(%flat_s0, %want_s0) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_6 = nn.and %ok_5, %close_s0 : tensor<i1>
  return %ok_6 : tensor<i1>
}

func.func private @f_3(%x: tensor<4x3x2xf64>, %w: tensor<2x8xf64>, %u: tensor<2x8xf64>, %b: tensor<8xf64>, %c: tensor<8xf64>, %h0: tensor<3x2xf64>, %s0: tensor<3x2xf64>, %n: tensor<3xi64>) -> tensor<36xf64> {
  %y, %h, %s = nn.lstm %x, %w, %u bias = %b hidden_bias = %c initial = %h0, %s0 lengths = %n : tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>, tensor<3xi64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %sf = nn.reshape %s : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf, %sf dim = 0 : tensor<24xf64>, tensor<6xf64>, tensor<6xf64>
  return %result : tensor<36xf64>
}
func.func @lstm_gradient_3(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.449, -0.305], [0.843, -1.427], [-0.536, -0.076]], [[-0.162, -0.487], [-1.066, 1.036], [0.101, -1.438]], [[2.618, -0.416], [-0.623, -0.142], [0.943, -0.289]], [[-0.141, -0.481], [0.875, 0.563], [0.413, -0.521]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x8xf64> {nn.value = dense<[[-1.334, 1.59, -0.201, 0.633, -1.099, 0.364, -0.033, 0.447], [0.162, 0.433, -0.984, -1.431, -0.295, -0.047, 0.287, -0.557]]> : tensor<2x8xf64>},
    %u: tensor<2x8xf64> {nn.value = dense<[[-0.371, 0.392, -1.004, -1.329, 0.376, 1.516, -1.36, -0.163], [-0.28, 1.211, 0.636, 0.249, 1.108, -1.393, 0.736, 0.439]]> : tensor<2x8xf64>},
    %b: tensor<8xf64> {nn.value = dense<[-0.457, -1.187, -0.169, -2.643, -0.107, 1.179, 0.881, 1.004]> : tensor<8xf64>},
    %c: tensor<8xf64> {nn.value = dense<[-2.032, 0.196, 0.529, -2.481, -0.763, -2.749, -0.279, 0.09]> : tensor<8xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[1.283, 0.413], [-0.357, 0.85], [-0.852, -0.085]]> : tensor<3x2xf64>},
    %s0: tensor<3x2xf64> {nn.value = dense<[[1.642, 0.75], [1.317, 1.371], [0.49, -1.567]]> : tensor<3x2xf64>},
    %n: tensor<3xi64> {nn.value = dense<[4, 1, 3]> : tensor<3xi64>},
    %cotangent: tensor<36xf64> {nn.value = dense<[-0.099, -0.567, 0.427, 1.269, -0.327, -0.713, 0.44, -2.456, 1.64, -1.062, 0.765, 1.301, -0.611, 0.081, -0.494, -0.916, 1.186, 0.846, 0.32, -1.075, -0.083, -0.689, 0.364, -0.108, -0.503, 0.687, -0.809, -0.871, 0.967, -0.907, 0.308, 0.281, 1.697, -0.003, -0.788, 0.722]> : tensor<36xf64>},
    %expected_x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.015118074444598633, -0.046022792357345056], [-0.11365265279668985, -0.26385483557945644], [0.08306219481332497, -0.04553822961015763]], [[0.3809095587259032, 0.05055760018962888], [0.0, 0.0], [-0.14964096997669926, -0.05429918119295989]], [[0.036240624380132445, 0.004397898575554182], [0.0, 0.0], [-0.11637960036732235, -0.06842323743058991]], [[0.003877513175587739, -0.021125906653972813], [0.0, 0.0], [0.0, 0.0]]]> : tensor<4x3x2xf64>},
    %expected_w: tensor<2x8xf64> {nn.value = dense<[[-0.008173785206396016, -0.24720094277193322, 0.06863916392540327, 0.030222255667843763, -0.0012649282971397004, 0.44417682691615207, -0.06672964263543835, -0.031855654160690826], [0.05602421209344359, 0.14123076528712533, -0.2850578408670265, -0.06510291260294034, -0.08311991382545905, -0.13365780139317288, -0.005229864721011403, -0.004302302548402914]]> : tensor<2x8xf64>},
    %expected_u: tensor<2x8xf64> {nn.value = dense<[[0.023332250964755462, -0.001477721103378975, -0.014112559016555132, -0.028577549225237527, -0.020990136327537393, 0.028493793385301995, -0.0008766014954622349, -0.0016445923373758567], [-0.005917018926310774, -0.05717516096314275, 0.13344154404897843, 0.04000833225947292, 0.014021033553787171, -0.03127816766205336, -0.07173451519787874, -0.015427470021684594]]> : tensor<2x8xf64>},
    %expected_b: tensor<8xf64> {nn.value = dense<[-0.07677913692822742, 0.018209990330164127, 0.2817596293047383, 0.05722305834635082, 0.109539665021572, 0.23346904694577386, 0.01913620691250304, 0.07688072344069963]> : tensor<8xf64>},
    %expected_c: tensor<8xf64> {nn.value = dense<[-0.07677913692822742, 0.018209990330164114, 0.2817596293047383, 0.057223058346350816, 0.109539665021572, 0.23346904694577383, 0.019136206912503048, 0.07688072344069963]> : tensor<8xf64>},
    %expected_h0: tensor<3x2xf64> {nn.value = dense<[[0.012971248519049813, 0.003068296935101604], [-0.14679518730837876, 0.005919505935220106], [0.013804678948759343, 0.11688632208603147]]> : tensor<3x2xf64>},
    %expected_s0: tensor<3x2xf64> {nn.value = dense<[[0.03793276561703495, -1.538423199151322e-05], [1.4843396087384286, 0.04037087219778893], [0.20769211665589485, -0.008212125613860451]]> : tensor<3x2xf64>}) -> tensor<i1> {
  %result, %d_x, %d_w, %d_u, %d_b, %d_c, %d_h0, %d_s0 = nn.vjp @f_3(%x, %w, %u, %b, %c, %h0, %s0, %n) cotangents(%cotangent) wrt(0, 1, 2, 3, 4, 5, 6) : (tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>, tensor<3xi64>), (tensor<36xf64>) -> (tensor<36xf64>, tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>)
  %flat_x = nn.reshape %d_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_w = nn.reshape %d_w : tensor<2x8xf64> -> tensor<?xf64>
  %want_w = nn.reshape %expected_w : tensor<2x8xf64> -> tensor<?xf64>
  %close_w = call @close(%flat_w, %want_w) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_w : tensor<i1>
  %flat_u = nn.reshape %d_u : tensor<2x8xf64> -> tensor<?xf64>
  %want_u = nn.reshape %expected_u : tensor<2x8xf64> -> tensor<?xf64>
  %close_u = call @close(%flat_u, %want_u) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_2 = nn.and %ok_1, %close_u : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<8xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<8xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_3 = nn.and %ok_2, %close_b : tensor<i1>
  %flat_c = nn.reshape %d_c : tensor<8xf64> -> tensor<?xf64>
  %want_c = nn.reshape %expected_c : tensor<8xf64> -> tensor<?xf64>
  %close_c = call @close(%flat_c, %want_c) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_4 = nn.and %ok_3, %close_c : tensor<i1>
  %flat_h0 = nn.reshape %d_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %want_h0 = nn.reshape %expected_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %close_h0 = call @close(%flat_h0, %want_h0) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_5 = nn.and %ok_4, %close_h0 : tensor<i1>
  %flat_s0 = nn.reshape %d_s0 : tensor<3x2xf64> -> tensor<?xf64>
  %want_s0 = nn.reshape %expected_s0 : tensor<3x2xf64> -> tensor<?xf64>
  %close_s0 = call @close(%flat_s0, %want_s0) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_6 = nn.and %ok_5, %close_s0 : tensor<i1>
  return %ok_6 : tensor<i1>
}

func.func private @f_4(%x: tensor<4x3x2xf64>, %w: tensor<2x8xf64>, %u: tensor<2x8xf64>, %b: tensor<8xf64>, %c: tensor<8xf64>, %h0: tensor<3x2xf64>, %s0: tensor<3x2xf64>, %n: tensor<3xi64>) -> tensor<36xf64> {
  %y, %h, %s = nn.lstm %x, %w, %u bias = %b hidden_bias = %c initial = %h0, %s0 lengths = %n reverse : tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>, tensor<3xi64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %sf = nn.reshape %s : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf, %sf dim = 0 : tensor<24xf64>, tensor<6xf64>, tensor<6xf64>
  return %result : tensor<36xf64>
}
func.func @lstm_gradient_4(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.449, -0.305], [0.843, -1.427], [-0.536, -0.076]], [[-0.162, -0.487], [-1.066, 1.036], [0.101, -1.438]], [[2.618, -0.416], [-0.623, -0.142], [0.943, -0.289]], [[-0.141, -0.481], [0.875, 0.563], [0.413, -0.521]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x8xf64> {nn.value = dense<[[-1.334, 1.59, -0.201, 0.633, -1.099, 0.364, -0.033, 0.447], [0.162, 0.433, -0.984, -1.431, -0.295, -0.047, 0.287, -0.557]]> : tensor<2x8xf64>},
    %u: tensor<2x8xf64> {nn.value = dense<[[-0.371, 0.392, -1.004, -1.329, 0.376, 1.516, -1.36, -0.163], [-0.28, 1.211, 0.636, 0.249, 1.108, -1.393, 0.736, 0.439]]> : tensor<2x8xf64>},
    %b: tensor<8xf64> {nn.value = dense<[-0.457, -1.187, -0.169, -2.643, -0.107, 1.179, 0.881, 1.004]> : tensor<8xf64>},
    %c: tensor<8xf64> {nn.value = dense<[-2.032, 0.196, 0.529, -2.481, -0.763, -2.749, -0.279, 0.09]> : tensor<8xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[1.283, 0.413], [-0.357, 0.85], [-0.852, -0.085]]> : tensor<3x2xf64>},
    %s0: tensor<3x2xf64> {nn.value = dense<[[1.642, 0.75], [1.317, 1.371], [0.49, -1.567]]> : tensor<3x2xf64>},
    %n: tensor<3xi64> {nn.value = dense<[4, 1, 3]> : tensor<3xi64>},
    %cotangent: tensor<36xf64> {nn.value = dense<[-2.306, -1.853, 0.155, -0.729, -0.691, -1.538, 0.014, -0.936, -1.361, 0.25, 1.304, 0.85, -0.031, 0.022, -0.124, -0.508, 1.509, 0.498, 0.687, -0.765, 0.29, 0.828, -0.581, -0.522, -0.036, 0.076, 0.122, 0.293, 0.305, 0.169, 0.098, -1.097, 0.137, 1.659, 0.341, -0.077]> : tensor<36xf64>},
    %expected_x: tensor<4x3x2xf64> {nn.value = dense<[[[0.4751966920329804, 0.1705141501343954], [-0.3398868364713627, -0.44772443667552875], [0.16219072846361773, 0.013988748085198751]], [[0.10745595170384083, 0.10598535028484302], [0.0, 0.0], [-0.04172573914496946, -0.01762759188054287]], [[0.033262793065623464, 0.09418495895810265], [0.0, 0.0], [-0.10287019598533073, -0.10320728991620516]], [[-0.01573696117751183, 0.10364510805659038], [0.0, 0.0], [0.0, 0.0]]]> : tensor<4x3x2xf64>},
    %expected_w: tensor<2x8xf64> {nn.value = dense<[[-0.0677467902459453, -0.5017695451639541, -0.07403208768330902, 0.15687520809424965, 0.06758072604737714, 0.22284984215724973, 0.11156676794656967, -0.058294233107403705], [0.013516222079822263, 0.379104592913039, 0.002309886076009306, -0.2768223146229071, 0.039577858296397005, -0.008087311594648181, -0.21631515620416267, -0.024300147680839934]]> : tensor<2x8xf64>},
    %expected_u: tensor<2x8xf64> {nn.value = dense<[[0.04235033858305173, 0.24637134961329543, -0.20749059169373504, -0.0636144522661072, -0.026133564353963135, -0.3214197545361909, 0.07922524107139971, 0.041650683017233375], [-0.0017031860741731028, -0.2581202316242581, -0.003952489807239187, 0.18671691206828767, 0.01529731002935001, -0.12843080240659766, 0.047777592160383076, 0.011757379809031113]]> : tensor<2x8xf64>},
    %expected_b: tensor<8xf64> {nn.value = dense<[0.01193409813009371, 0.03160998969233056, -0.08382812373275975, 0.1797847464471837, -0.15236729316329836, -0.22722699941401003, 0.23741709031878117, 0.08050822145644199]> : tensor<8xf64>},
    %expected_c: tensor<8xf64> {nn.value = dense<[0.01193409813009371, 0.03160998969233053, -0.08382812373275976, 0.17978474644718373, -0.15236729316329836, -0.22722699941401, 0.2374170903187812, 0.08050822145644197]> : tensor<8xf64>},
    %expected_h0: tensor<3x2xf64> {nn.value = dense<[[-0.4823923840881971, 0.4576381382820175], [-0.45640430666795856, -0.2748110366354567], [-0.2035229220935276, 0.04641175810687861]]> : tensor<3x2xf64>},
    %expected_s0: tensor<3x2xf64> {nn.value = dense<[[-0.055192558046845225, -0.0015037744385169086], [0.18686649329500793, 0.17837216347003584], [1.202855556618126, 0.013295993779353246]]> : tensor<3x2xf64>}) -> tensor<i1> {
  %result, %d_x, %d_w, %d_u, %d_b, %d_c, %d_h0, %d_s0 = nn.vjp @f_4(%x, %w, %u, %b, %c, %h0, %s0, %n) cotangents(%cotangent) wrt(0, 1, 2, 3, 4, 5, 6) : (tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>, tensor<3xi64>), (tensor<36xf64>) -> (tensor<36xf64>, tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>)
  %flat_x = nn.reshape %d_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_w = nn.reshape %d_w : tensor<2x8xf64> -> tensor<?xf64>
  %want_w = nn.reshape %expected_w : tensor<2x8xf64> -> tensor<?xf64>
  %close_w = call @close(%flat_w, %want_w) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_w : tensor<i1>
  %flat_u = nn.reshape %d_u : tensor<2x8xf64> -> tensor<?xf64>
  %want_u = nn.reshape %expected_u : tensor<2x8xf64> -> tensor<?xf64>
  %close_u = call @close(%flat_u, %want_u) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_2 = nn.and %ok_1, %close_u : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<8xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<8xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_3 = nn.and %ok_2, %close_b : tensor<i1>
  %flat_c = nn.reshape %d_c : tensor<8xf64> -> tensor<?xf64>
  %want_c = nn.reshape %expected_c : tensor<8xf64> -> tensor<?xf64>
  %close_c = call @close(%flat_c, %want_c) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_4 = nn.and %ok_3, %close_c : tensor<i1>
  %flat_h0 = nn.reshape %d_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %want_h0 = nn.reshape %expected_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %close_h0 = call @close(%flat_h0, %want_h0) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_5 = nn.and %ok_4, %close_h0 : tensor<i1>
  %flat_s0 = nn.reshape %d_s0 : tensor<3x2xf64> -> tensor<?xf64>
  %want_s0 = nn.reshape %expected_s0 : tensor<3x2xf64> -> tensor<?xf64>
  %close_s0 = call @close(%flat_s0, %want_s0) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_6 = nn.and %ok_5, %close_s0 : tensor<i1>
  return %ok_6 : tensor<i1>
}
