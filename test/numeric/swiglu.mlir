// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from swiglu, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-4: = dense<true> : tensor<i1>
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

func.func @swiglu_0(%a: tensor<11xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, 1.0e-300]> : tensor<11xf64>},
    %b: tensor<11xf64> {nn.value = dense<[1.0e-300, -800.0, 800.0, -40.0, 40.0, -3.25, 0.5, -1.0, 1.0, -0.0, 0.0]> : tensor<11xf64>},
    %expected: tensor<11xf64> {nn.value = dense<[0.0, 0.0, 584.846862904004, 10.757656854799805, 12.449186624037091, 0.3942652475723674, 20.0, 1.6993417021166355e-16, 800.0, 0.0, 0.0]> : tensor<11xf64>}) -> tensor<i1> {
  %result = nn.swiglu %a, %b : tensor<11xf64>
  %flatResult = nn.reshape %result : tensor<11xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<11xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @swiglu_1(%a: tensor<3x4xf64> {nn.value = dense<[[-1.916, -0.7, -1.847, 4.162], [2.06, -0.367, -2.995, 4.21], [-1.627, 3.848, 2.733, -4.028]]> : tensor<3x4xf64>},
    %b: tensor<3x4xf64> {nn.value = dense<[[1.65, -1.776, -1.827, 0.977], [1.58, -1.294, 0.976, -2.173], [-0.106, -0.194, 0.503, -0.566]]> : tensor<3x4xf64>},
    %expected: tensor<3x4xf64> {nn.value = dense<[[-0.4056338047045911, 0.41250896164053585, 0.4596887817564355, 4.003907637187875], [2.8868584322813975, 0.19435966458217077, -0.1392932985348912, -9.014497450467612], [0.028325459950647117, -0.7309269286100586, 1.2907681862728806, 0.03989339922028296]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result = nn.swiglu %a, %b : tensor<3x4xf64>
  %flatResult = nn.reshape %result : tensor<3x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @swiglu_2(%x: tensor<2x6x3xf64> {nn.value = dense<[[[1.277, 2.78, 4.425], [-3.494, -0.985, -3.341], [-2.564, 0.093, 2.686], [-2.115, 1.022, 0.922], [2.667, 0.532, 0.483], [2.101, 1.318, -3.029]], [[-1.045, -1.233, 1.762], [0.901, 1.779, -0.249], [-2.928, 1.735, -2.494], [0.677, 2.407, 1.121], [0.695, -1.268, 0.109], [0.275, -2.309, -0.096]]]> : tensor<2x6x3xf64>},
    %expected: tensor<1x6x3xf64> {nn.value = dense<[[[-1.043469797077326, -3.2275100913851067, 7.704593568622501], [-0.09281661498409091, -0.4764558533900774, 0.028443900629838467], [0.5367152004493053, 0.08442630219022719, -6.2714648151689545], [-0.15413550572106566, 1.8089566739107306, 0.7394613584058501], [1.7331779501461175, -0.42494878645080086, 0.0325598546325021], [0.5147977188563515, -2.40067347389748, 0.013414683501606232]]]> : tensor<1x6x3xf64>}) -> tensor<i1> {
  %result = nn.swiglu %x dim = 0 : tensor<2x6x3xf64>
  %flatResult = nn.reshape %result : tensor<1x6x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<1x6x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @swiglu_3(%x: tensor<2x6x3xf64> {nn.value = dense<[[[1.277, 2.78, 4.425], [-3.494, -0.985, -3.341], [-2.564, 0.093, 2.686], [-2.115, 1.022, 0.922], [2.667, 0.532, 0.483], [2.101, 1.318, -3.029]], [[-1.045, -1.233, 1.762], [0.901, 1.779, -0.249], [-2.928, 1.735, -2.494], [0.677, 2.407, 1.121], [0.695, -1.268, 0.109], [0.275, -2.309, -0.096]]]> : tensor<2x6x3xf64>},
    %expected: tensor<2x3x3xf64> {nn.value = dense<[[[-2.1119029864292296, 2.6751949013751655, 4.031575068257631], [-0.27474130095734783, -0.14248145812452007, -0.05517431326992763], [-0.3851224850218547, 0.06413479324882965, -7.616787059000305]], [[-0.18407276675742928, -0.6697112076006185, 1.6857558380126254], [0.4453216799105559, -1.9299783893786542, -0.01188964832942644], [-0.0408934130707017, -3.4054014943425694, 0.018263232601481216]]]> : tensor<2x3x3xf64>}) -> tensor<i1> {
  %result = nn.swiglu %x dim = 1 : tensor<2x6x3xf64>
  %flatResult = nn.reshape %result : tensor<2x3x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x3x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
