// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from batch_norm, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-4: = dense<true> : tensor<i1>
// CHECK-NOT: dense<false>

func.func private @close(%y: tensor<?xf64>, %expected: tensor<?xf64>) -> tensor<i1> {
  %n = nn.dim %y, 0 : tensor<?xf64>
  %tolerance = nn.constant dense<1.0e-11> : tensor<f64>
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

func.func @batch_norm_0(%x: tensor<?x4x3x2xf64> {nn.value = dense<[[[[-0.565, 6.432], [-2.213, 1.908], [1.168, 1.785]], [[1.68, 4.227], [1.665, -0.892], [-2.51, -0.201]], [[0.1, -6.141], [0.825, 4.001], [-3.453, 0.059]], [[3.347, -11.175], [0.241, 1.794], [1.446, -0.073]]], [[[0.86, -4.226], [-3.478, -2.818], [0.942, -2.182]], [[2.146, -3.954], [-0.904, 0.048], [-0.191, 0.694]], [[-2.882, -4.589], [-3.226, -4.835], [2.881, 2.907]], [[-3.188, -1.591], [2.778, 4.125], [1.604, 2.233]]]]> : tensor<2x4x3x2xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-0.352, 0.938, 1.457, 0.954]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[1.354, -1.059, -1.323, 0.045]> : tensor<4xf64>},
    %m: tensor<4xf64> {nn.value = dense<[0.481, -0.304, -0.475, 0.635]> : tensor<4xf64>},
    %v: tensor<4xf64> {nn.value = dense<[1.3639999999999999, 1.537, 1.784, 0.909]> : tensor<4xf64>},
    %expected: tensor<2x4x3x2xf64> {nn.value = dense<[[[[1.6692576042399403, -0.4395927369329682], [2.16595409734455, 0.9239114710799285], [1.146942663372047, 0.9609828719609159]], [[0.44208802253775326, 2.3691400353420162], [0.4307390707544536, -1.503878909905342], [-2.7280525089305865, -0.9810705310880098]], [[-0.6957672096207475, -7.503697374415383], [0.09509152607483151, 3.55959820823919], [-4.571520434346806, -0.7404916346738767]], [[2.7586493548937923, -11.77218247835387], [-0.34923961866819847, 1.2047048681127968], [0.8564932252281953, -0.6634305837997069]]], [[[1.2397718623260638, 2.7726592190797312], [2.5472168787628333, 2.3482971667185115], [1.2150575950720723, 2.1566108987485286]], [[0.794662124605592, -3.820578267269556], [-1.512958071331982, -0.7926779314852374], [-0.9735045632324767, -0.3039164080178036]], [[-3.9486510025093233, -5.810714260209123], [-4.3238998371014326, -6.079060810527897], [2.3378578165439503, 2.366219647065447]], [[-3.7803250308845757, -2.1823537846584005], [2.1893033066140846, 3.5371225105381034], [1.0145893159631583, 1.6439718543953836]]]]> : tensor<2x4x3x2xf64>}) -> tensor<i1> {
  %result, %newMean, %newVariance = nn.batch_norm %x, %s, %b, %m, %v : tensor<?x4x3x2xf64>, tensor<4xf64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<?x4x3x2xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x4x3x2xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @batch_norm_1(%x: tensor<?x4x3x2xf64> {nn.value = dense<[[[[-0.565, 6.432], [-2.213, 1.908], [1.168, 1.785]], [[1.68, 4.227], [1.665, -0.892], [-2.51, -0.201]], [[0.1, -6.141], [0.825, 4.001], [-3.453, 0.059]], [[3.347, -11.175], [0.241, 1.794], [1.446, -0.073]]], [[[0.86, -4.226], [-3.478, -2.818], [0.942, -2.182]], [[2.146, -3.954], [-0.904, 0.048], [-0.191, 0.694]], [[-2.882, -4.589], [-3.226, -4.835], [2.881, 2.907]], [[-3.188, -1.591], [2.778, 4.125], [1.604, 2.233]]]]> : tensor<2x4x3x2xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-0.352, 0.938, 1.457, 0.954]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[1.354, -1.059, -1.323, 0.045]> : tensor<4xf64>},
    %m: tensor<4xf64> {nn.value = dense<[0.481, -0.304, -0.475, 0.635]> : tensor<4xf64>},
    %v: tensor<4xf64> {nn.value = dense<[1.3639999999999999, 1.537, 1.784, 0.909]> : tensor<4xf64>},
    %expected: tensor<56xf64> {nn.value = dense<[1.3989573553235584, 0.5396813748120087, 1.6013422082438147, 1.0952572696003824, 1.1861339632660315, 1.1103624497637268, -0.36923849046393553, 0.7795120967995931, -0.37600380605441563, -1.5292646037115976, -2.2590166454047225, -1.2176090655101455, -0.7472013628684835, -3.519831179113165, -0.425112496216121, 0.9858588699740904, -2.3256589397179233, -0.7654160436033067, 0.8244025732232371, -2.692201782217153, 0.07226284536220888, 0.44833270929272295, 0.3640620636727494, -0.0037744613178821757, 1.2239583168457882, 1.8485513762829384, 1.756692231874958, 1.6756400456326224, 1.2138881967368917, 1.5975352116172807, -0.15906268611968574, -2.9102910262482777, -1.5346768561839816, -1.105304826708175, -1.213098855116492, -0.8139452352781636, -2.07198619094758, -2.8303388742242457, -2.2248118049178043, -2.9396269586331853, 0.48828710355940613, 0.49983787670831853, -0.7580936024277029, -0.37136882928087017, 0.6866152244940275, 1.0128007407299595, 0.4023228740404386, 0.5546396444282643, 0.31102083333333336, -0.1903333333333333, -0.6552708333333332, 0.5083541666666667, 3.2636383844696972, 2.3323632424242424, 4.271403839015152, 4.914580566287878]> : tensor<56xf64>}) -> tensor<i1> {
  %y, %newMean, %newVariance = nn.batch_norm %x, %s, %b, %m, %v momentum = 0.25 training : tensor<?x4x3x2xf64>, tensor<4xf64>, tensor<4xf64>
  %flat = nn.reshape %y : tensor<?x4x3x2xf64> -> tensor<48xf64>
  %result = nn.concat %flat, %newMean, %newVariance dim = 0 : tensor<48xf64>, tensor<4xf64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<56xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<56xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @batch_norm_2(%x: tensor<?x4xf64> {nn.value = dense<[[0.336, 0.228, -0.087, -3.041], [0.064, 0.887, -1.389, 1.581], [0.199, -0.067, 0.708, -0.005], [0.163, -1.791, -1.607, -0.465], [-0.556, 1.056, 0.191, -0.335]]> : tensor<5x4xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-0.352, 0.938, 1.457, 0.954]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[1.354, -1.059, -1.323, 0.045]> : tensor<4xf64>},
    %m: tensor<4xf64> {nn.value = dense<[0.481, -0.304, -0.475, 0.635]> : tensor<4xf64>},
    %v: tensor<4xf64> {nn.value = dense<[1.3639999999999999, 1.537, 1.784, 0.909]> : tensor<4xf64>},
    %expected: tensor<5x4xf64> {nn.value = dense<[[1.3977020579491313, -0.6564905100856427, -0.8997542214484349, -3.633235630010908], [1.4796810907916398, -0.15789322840601605, -2.3200274267941507, 0.9915753280713597], [1.438992967873483, -0.8796865618238672, -0.032536711271903274, -0.5953892282935204], [1.4498431339849915, -2.1840594201177614, -2.557830467320546, -1.0556689861294883], [1.6665450627120633, -0.030028371647507823, -0.5965008027955093, -0.9255899241323667]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %newMean, %newVariance = nn.batch_norm %x, %s, %b, %m, %v : tensor<?x4xf64>, tensor<4xf64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<?x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<5x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @batch_norm_3(%x: tensor<?x4xf64> {nn.value = dense<[[0.336, 0.228, -0.087, -3.041], [0.064, 0.887, -1.389, 1.581], [0.199, -0.067, 0.708, -0.005], [0.163, -1.791, -1.607, -0.465], [-0.556, 1.056, 0.191, -0.335]]> : tensor<5x4xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-0.352, 0.938, 1.457, 0.954]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[1.354, -1.059, -1.323, 0.045]> : tensor<4xf64>},
    %m: tensor<4xf64> {nn.value = dense<[0.481, -0.304, -0.475, 0.635]> : tensor<4xf64>},
    %v: tensor<4xf64> {nn.value = dense<[1.3639999999999999, 1.537, 1.784, 0.909]> : tensor<4xf64>},
    %expected: tensor<28xf64> {nn.value = dense<[1.0204239012060654, -0.9060791455906486, -0.7603931899781511, -1.6158177319485514, 1.3282010344216362, -0.2967995624240065, -2.8544871483785146, 1.3502949253413268, 1.1754440013918492, -1.1788219028503746, 0.5182586509805961, 0.332498587292485, 1.2161792101997924, -2.7727490673106034, -3.205111175207454, 0.03729914498323701, 2.0297518527806577, -0.14055032182436686, -0.31326713741647594, 0.12072507433150274, 0.37105, -0.21234999999999998, -0.46545, 0.363, 1.053238175, 1.474404075, 1.59444455, 1.3723545]> : tensor<28xf64>}) -> tensor<i1> {
  %y, %newMean, %newVariance = nn.batch_norm %x, %s, %b, %m, %v momentum = 0.25 training : tensor<?x4xf64>, tensor<4xf64>, tensor<4xf64>
  %flat = nn.reshape %y : tensor<?x4xf64> -> tensor<20xf64>
  %result = nn.concat %flat, %newMean, %newVariance dim = 0 : tensor<20xf64>, tensor<4xf64>, tensor<4xf64>
  %flatResult = nn.reshape %result : tensor<28xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<28xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
