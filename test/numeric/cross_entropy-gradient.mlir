// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of cross_entropy, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-7: = dense<true> : tensor<i1>
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

// Ignored rows.
func.func private @f_0(%x: tensor<5x4xf64>, %l: tensor<5xi64>) -> tensor<f64> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.0 reduction = mean : tensor<5x4xf64>, tensor<5xi64>
  return %result : tensor<f64>
}
func.func @cross_entropy_gradient_0(%x: tensor<5x4xf64> {nn.value = dense<[[-4.011, 3.21, -2.837, -6.854], [0.762, 0.631, -2.304, -3.705], [7.24, 0.711, -1.412, -1.022], [6.558, -3.017, 2.314, -0.286], [1.752, 5.448, -3.078, 0.738]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, -100, 3]> : tensor<5xi64>},
    %cotangent: tensor<f64> {nn.value = dense<0.092> : tensor<f64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[-0.030644317302316704, 0.030570717335074264, 7.229810220577889e-05, 1.3018650366642737e-06], [0.0, 0.0, 0.0, 0.0], [0.030608712597932502, -0.03062196369530451, 5.349697262383742e-06, 7.901400109627343e-06], [0.0, 0.0, 0.0, 0.0], [0.0007361780403919728, 0.029657549487920744, 5.8795015751199455e-06, -0.030399607029887834]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_0(%x, %l) cotangents(%cotangent) wrt(0) : (tensor<5x4xf64>, tensor<5xi64>), (tensor<f64>) -> (tensor<f64>, tensor<5x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

// Ignored rows.
func.func private @f_1(%x: tensor<5x4xf64>, %l: tensor<5xi64>) -> tensor<f64> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.1 reduction = mean : tensor<5x4xf64>, tensor<5xi64>
  return %result : tensor<f64>
}
func.func @cross_entropy_gradient_1(%x: tensor<5x4xf64> {nn.value = dense<[[-4.011, 3.21, -2.837, -6.854], [0.762, 0.631, -2.304, -3.705], [7.24, 0.711, -1.412, -1.022], [6.558, -3.017, 2.314, -0.286], [1.752, 5.448, -3.078, 0.738]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, -100, 3]> : tensor<5xi64>},
    %cotangent: tensor<f64> {nn.value = dense<-0.796> : tensor<f64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[0.2452399627461315, -0.25786982969622224, 0.006007797579465943, 0.006622069370624804], [0.0, 0.0, 0.0, 0.0], [-0.2581985713183435, 0.2450465554506782, 0.006587046822237057, 0.006564969045428298], [0.0, 0.0, 0.0, 0.0], [0.00026379289689843876, -0.24996894267085046, 0.006582462863183383, 0.24312268691076866]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_1(%x, %l) cotangents(%cotangent) wrt(0) : (tensor<5x4xf64>, tensor<5xi64>), (tensor<f64>) -> (tensor<f64>, tensor<5x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

// Ignored rows.
func.func private @f_2(%x: tensor<5x4xf64>, %l: tensor<5xi64>) -> tensor<f64> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.0 reduction = sum : tensor<5x4xf64>, tensor<5xi64>
  return %result : tensor<f64>
}
func.func @cross_entropy_gradient_2(%x: tensor<5x4xf64> {nn.value = dense<[[-4.011, 3.21, -2.837, -6.854], [0.762, 0.631, -2.304, -3.705], [7.24, 0.711, -1.412, -1.022], [6.558, -3.017, 2.314, -0.286], [1.752, 5.448, -3.078, 0.738]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, -100, 3]> : tensor<5xi64>},
    %cotangent: tensor<f64> {nn.value = dense<-1.502> : tensor<f64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[1.5009053670025987, -1.497300568607007, -0.003541035310209127, -6.376308538270888e-05], [0.0, 0.0, 0.0, 0.0], [-1.4991615105030855, 1.4998105262069799, -0.00026201886809022984, -0.00038699683580413924], [0.0, 0.0, 0.0, 0.0], [-0.03605672010876337, -1.4525751955714226, -0.0002879677619292443, 1.4889198834421151]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_2(%x, %l) cotangents(%cotangent) wrt(0) : (tensor<5x4xf64>, tensor<5xi64>), (tensor<f64>) -> (tensor<f64>, tensor<5x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

// Ignored rows.
func.func private @f_3(%x: tensor<5x4xf64>, %l: tensor<5xi64>) -> tensor<f64> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.1 reduction = sum : tensor<5x4xf64>, tensor<5xi64>
  return %result : tensor<f64>
}
func.func @cross_entropy_gradient_3(%x: tensor<5x4xf64> {nn.value = dense<[[-4.011, 3.21, -2.837, -6.854], [0.762, 0.631, -2.304, -3.705], [7.24, 0.711, -1.412, -1.022], [6.558, -3.017, 2.314, -0.286], [1.752, 5.448, -3.078, 0.738]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, -100, 3]> : tensor<5xi64>},
    %cotangent: tensor<f64> {nn.value = dense<-1.328> : tensor<f64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[1.2274321753524973, -1.2906449767710417, 0.030069177834914966, 0.03314362358362967], [0.0, 0.0, 0.0, 0.0], [-1.2922903368495984, 1.2264641669792737, 0.03296833484898547, 0.03285783502133962], [0.0, 0.0, 0.0, 0.0], [0.0013202900769389177, -1.2511008386943068, 0.03294539201874698, 1.216835156598621]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_3(%x, %l) cotangents(%cotangent) wrt(0) : (tensor<5x4xf64>, tensor<5xi64>), (tensor<f64>) -> (tensor<f64>, tensor<5x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

// Ignored rows.
func.func private @f_4(%x: tensor<5x4xf64>, %l: tensor<5xi64>) -> tensor<5xf64> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.0 reduction = none : tensor<5x4xf64>, tensor<5xi64>
  return %result : tensor<5xf64>
}
func.func @cross_entropy_gradient_4(%x: tensor<5x4xf64> {nn.value = dense<[[-4.011, 3.21, -2.837, -6.854], [0.762, 0.631, -2.304, -3.705], [7.24, 0.711, -1.412, -1.022], [6.558, -3.017, 2.314, -0.286], [1.752, 5.448, -3.078, 0.738]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, -100, 3]> : tensor<5xi64>},
    %cotangent: tensor<5xf64> {nn.value = dense<[-0.674, 0.248, 1.013, -1.902, -1.149]> : tensor<5xf64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[0.6735087998400476, -0.6718912005600018, -0.0015889865506530973, -2.8612729392773498e-05], [0.0, 0.0, 0.0, 0.0], [1.0110856259251833, -1.0115233442394609, 0.00017671445630852383, 0.0002610038579691032], [0.0, 0.0, 0.0, 0.0], [-0.027582670709034026, -1.111191011791987, -0.0002202895861895484, 1.1389939720872106]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_4(%x, %l) cotangents(%cotangent) wrt(0) : (tensor<5x4xf64>, tensor<5xi64>), (tensor<5xf64>) -> (tensor<5xf64>, tensor<5x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

// Ignored rows.
func.func private @f_5(%x: tensor<5x4xf64>, %l: tensor<5xi64>) -> tensor<5xf64> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.1 reduction = none : tensor<5x4xf64>, tensor<5xi64>
  return %result : tensor<5xf64>
}
func.func @cross_entropy_gradient_5(%x: tensor<5x4xf64> {nn.value = dense<[[-4.011, 3.21, -2.837, -6.854], [0.762, 0.631, -2.304, -3.705], [7.24, 0.711, -1.412, -1.022], [6.558, -3.017, 2.314, -0.286], [1.752, 5.448, -3.078, 0.738]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, -100, 3]> : tensor<5xi64>},
    %cotangent: tensor<5xf64> {nn.value = dense<[-0.104, 0.555, 0.769, -1.218, -0.134]> : tensor<5xf64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[0.09612420650350884, -0.10107460661459972, 0.002354815131649967, 0.0025955849794408775], [0.0, 0.0, 0.0, 0.0], [0.7483217387329382, -0.7102040244029079, -0.0190908505262574, -0.019026863803772717], [0.0, 0.0, 0.0, 0.0], [0.00013322204089594495, -0.12624059667547977, 0.003324309134421759, 0.12278306550016208]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_5(%x, %l) cotangents(%cotangent) wrt(0) : (tensor<5x4xf64>, tensor<5xi64>), (tensor<5xf64>) -> (tensor<5xf64>, tensor<5x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

// Logits whose exponentials overflow.
func.func private @f_6(%x: tensor<2x2xf64>, %l: tensor<2xi64>) -> tensor<f64> {
  %result = nn.cross_entropy %x, %l : tensor<2x2xf64>, tensor<2xi64>
  return %result : tensor<f64>
}
func.func @cross_entropy_gradient_6(%x: tensor<2x2xf64> {nn.value = dense<[[1000.0, -1000.0], [-1000.0, 1000.0]]> : tensor<2x2xf64>},
    %l: tensor<2xi64> {nn.value = dense<[1, 1]> : tensor<2xi64>},
    %cotangent: tensor<f64> {nn.value = dense<-1.545> : tensor<f64>},
    %expected_x: tensor<2x2xf64> {nn.value = dense<[[-0.7725, 0.7725], [0.0, 0.0]]> : tensor<2x2xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_6(%x, %l) cotangents(%cotangent) wrt(0) : (tensor<2x2xf64>, tensor<2xi64>), (tensor<f64>) -> (tensor<f64>, tensor<2x2xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x2xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x2xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}
