// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from torch.nn.GRU, PyTorch 1.13. Both sides compute in double precision.
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

func.func @gru_0(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.105, 0.524], [-1.24, 1.086], [-0.822, -1.906]], [[0.08, -1.712], [0.562, 1.123], [0.333, 0.637]], [[-0.662, -0.354], [0.152, -0.154], [0.052, -0.547]], [[1.729, 0.945], [-0.083, 1.182], [-0.803, -1.195]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x6xf64> {nn.value = dense<[[-1.366, 0.669, -0.432, 0.133, -0.157, 0.384], [0.449, 1.608, 0.495, 0.029, -0.373, 1.005]]> : tensor<2x6xf64>},
    %u: tensor<2x6xf64> {nn.value = dense<[[-0.55, -0.602, 1.601, 0.809, 1.396, -0.646], [-0.202, 0.653, 0.809, 0.595, -0.18, -0.752]]> : tensor<2x6xf64>},
    %b: tensor<6xf64> {nn.value = dense<[1.567, -1.783, 0.293, 1.322, -1.527, 1.409]> : tensor<6xf64>},
    %c: tensor<6xf64> {nn.value = dense<[1.636, -0.378, 1.299, -0.503, 0.874, -0.0]> : tensor<6xf64>},
    %expected: tensor<30xf64> {nn.value = dense<[-0.09055158183487488, 0.29221221423720967, -0.04554163365933628, 0.32352817290882785, 0.04271545473190487, -0.23127783941802493, -0.14369975004919483, 0.125946677074178, -0.13565498243326735, 0.49216325803876815, -0.07894710193138232, 0.1486550363609328, -0.2173526768428904, 0.30676005295465425, -0.2329158614693504, 0.5885856922812844, -0.18252697459224188, 0.3168545619398742, -0.3831147520220338, 0.4807451717341392, -0.293611206201276, 0.6945623193090631, -0.22539533549575622, 0.1797148454217345, -0.3831147520220338, 0.4807451717341392, -0.293611206201276, 0.6945623193090631, -0.22539533549575622, 0.1797148454217345]> : tensor<30xf64>}) -> tensor<i1> {
  %y, %h = nn.gru %x, %w, %u bias = %b hidden_bias = %c : tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf dim = 0 : tensor<24xf64>, tensor<6xf64>
  %flatResult = nn.reshape %result : tensor<30xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<30xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @gru_1(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.105, 0.524], [-1.24, 1.086], [-0.822, -1.906]], [[0.08, -1.712], [0.562, 1.123], [0.333, 0.637]], [[-0.662, -0.354], [0.152, -0.154], [0.052, -0.547]], [[1.729, 0.945], [-0.083, 1.182], [-0.803, -1.195]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x6xf64> {nn.value = dense<[[-1.366, 0.669, -0.432, 0.133, -0.157, 0.384], [0.449, 1.608, 0.495, 0.029, -0.373, 1.005]]> : tensor<2x6xf64>},
    %u: tensor<2x6xf64> {nn.value = dense<[[-0.55, -0.602, 1.601, 0.809, 1.396, -0.646], [-0.202, 0.653, 0.809, 0.595, -0.18, -0.752]]> : tensor<2x6xf64>},
    %b: tensor<6xf64> {nn.value = dense<[1.567, -1.783, 0.293, 1.322, -1.527, 1.409]> : tensor<6xf64>},
    %c: tensor<6xf64> {nn.value = dense<[1.636, -0.378, 1.299, -0.503, 0.874, -0.0]> : tensor<6xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[-1.237, -0.387], [-2.898, -0.063], [-1.265, 1.048]]> : tensor<3x2xf64>},
    %expected: tensor<30xf64> {nn.value = dense<[-1.0869513978815406, 0.432696628700562, -1.2211323103459994, 0.8325016295240814, -1.0889915930199394, 0.2951119711130705, -0.9754399690057607, 0.11048795825471008, -1.1421826753889235, 0.8959032109666483, -1.0443551022837463, 0.609258566788297, -0.9624349560919466, 0.3985361372723806, -1.0757494011375877, 0.8854300272696799, -1.0066220726301944, 0.6552074191033784, -0.9752032171858565, 0.6196570281409985, -1.0563628326874033, 0.9244528174002902, -0.9694061922270729, 0.3269670236321009, -0.9752032171858565, 0.6196570281409985, -1.0563628326874033, 0.9244528174002902, -0.9694061922270729, 0.3269670236321009]> : tensor<30xf64>}) -> tensor<i1> {
  %y, %h = nn.gru %x, %w, %u bias = %b hidden_bias = %c initial = %h0 : tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf dim = 0 : tensor<24xf64>, tensor<6xf64>
  %flatResult = nn.reshape %result : tensor<30xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<30xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @gru_2(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.105, 0.524], [-1.24, 1.086], [-0.822, -1.906]], [[0.08, -1.712], [0.562, 1.123], [0.333, 0.637]], [[-0.662, -0.354], [0.152, -0.154], [0.052, -0.547]], [[1.729, 0.945], [-0.083, 1.182], [-0.803, -1.195]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x6xf64> {nn.value = dense<[[-1.366, 0.669, -0.432, 0.133, -0.157, 0.384], [0.449, 1.608, 0.495, 0.029, -0.373, 1.005]]> : tensor<2x6xf64>},
    %u: tensor<2x6xf64> {nn.value = dense<[[-0.55, -0.602, 1.601, 0.809, 1.396, -0.646], [-0.202, 0.653, 0.809, 0.595, -0.18, -0.752]]> : tensor<2x6xf64>},
    %b: tensor<6xf64> {nn.value = dense<[1.567, -1.783, 0.293, 1.322, -1.527, 1.409]> : tensor<6xf64>},
    %c: tensor<6xf64> {nn.value = dense<[1.636, -0.378, 1.299, -0.503, 0.874, -0.0]> : tensor<6xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[-1.237, -0.387], [-2.898, -0.063], [-1.265, 1.048]]> : tensor<3x2xf64>},
    %expected: tensor<30xf64> {nn.value = dense<[-0.9578338659850341, 0.5400770153759649, -1.0407991708359807, 0.9231488509844011, -0.9514170869319726, 0.14804981145090645, -0.9478189661915446, 0.1747607227195021, -1.0506944608513296, 0.8935165502502103, -1.0255396343813543, 0.7692145048646413, -1.0174606962075996, 0.5155242508324489, -1.0753483808850473, 0.8365320733934655, -1.0470220601806066, 0.6295651736130838, -1.0597224673157157, 0.3594969489262867, -1.1469032694022752, 0.8118497010453642, -1.1279208053028922, 0.5536997323000382, -0.9578338659850341, 0.5400770153759649, -1.0407991708359807, 0.9231488509844011, -0.9514170869319726, 0.14804981145090645]> : tensor<30xf64>}) -> tensor<i1> {
  %y, %h = nn.gru %x, %w, %u bias = %b hidden_bias = %c initial = %h0 reverse : tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf dim = 0 : tensor<24xf64>, tensor<6xf64>
  %flatResult = nn.reshape %result : tensor<30xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<30xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @gru_3(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.105, 0.524], [-1.24, 1.086], [-0.822, -1.906]], [[0.08, -1.712], [0.562, 1.123], [0.333, 0.637]], [[-0.662, -0.354], [0.152, -0.154], [0.052, -0.547]], [[1.729, 0.945], [-0.083, 1.182], [-0.803, -1.195]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x6xf64> {nn.value = dense<[[-1.366, 0.669, -0.432, 0.133, -0.157, 0.384], [0.449, 1.608, 0.495, 0.029, -0.373, 1.005]]> : tensor<2x6xf64>},
    %u: tensor<2x6xf64> {nn.value = dense<[[-0.55, -0.602, 1.601, 0.809, 1.396, -0.646], [-0.202, 0.653, 0.809, 0.595, -0.18, -0.752]]> : tensor<2x6xf64>},
    %b: tensor<6xf64> {nn.value = dense<[1.567, -1.783, 0.293, 1.322, -1.527, 1.409]> : tensor<6xf64>},
    %c: tensor<6xf64> {nn.value = dense<[1.636, -0.378, 1.299, -0.503, 0.874, -0.0]> : tensor<6xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[-1.237, -0.387], [-2.898, -0.063], [-1.265, 1.048]]> : tensor<3x2xf64>},
    %n: tensor<3xi64> {nn.value = dense<[4, 1, 3]> : tensor<3xi64>},
    %expected: tensor<30xf64> {nn.value = dense<[-1.0869513978815406, 0.432696628700562, -1.2211323103459994, 0.8325016295240814, -1.0889915930199394, 0.2951119711130705, -0.9754399690057607, 0.11048795825471008, 0.0, 0.0, -1.0443551022837463, 0.609258566788297, -0.9624349560919466, 0.3985361372723806, 0.0, 0.0, -1.0066220726301944, 0.6552074191033784, -0.9752032171858565, 0.6196570281409985, 0.0, 0.0, 0.0, 0.0, -0.9752032171858565, 0.6196570281409985, -1.2211323103459994, 0.8325016295240814, -1.0066220726301944, 0.6552074191033784]> : tensor<30xf64>}) -> tensor<i1> {
  %y, %h = nn.gru %x, %w, %u bias = %b hidden_bias = %c initial = %h0 lengths = %n : tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>, tensor<3xi64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf dim = 0 : tensor<24xf64>, tensor<6xf64>
  %flatResult = nn.reshape %result : tensor<30xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<30xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @gru_4(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.105, 0.524], [-1.24, 1.086], [-0.822, -1.906]], [[0.08, -1.712], [0.562, 1.123], [0.333, 0.637]], [[-0.662, -0.354], [0.152, -0.154], [0.052, -0.547]], [[1.729, 0.945], [-0.083, 1.182], [-0.803, -1.195]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x6xf64> {nn.value = dense<[[-1.366, 0.669, -0.432, 0.133, -0.157, 0.384], [0.449, 1.608, 0.495, 0.029, -0.373, 1.005]]> : tensor<2x6xf64>},
    %u: tensor<2x6xf64> {nn.value = dense<[[-0.55, -0.602, 1.601, 0.809, 1.396, -0.646], [-0.202, 0.653, 0.809, 0.595, -0.18, -0.752]]> : tensor<2x6xf64>},
    %b: tensor<6xf64> {nn.value = dense<[1.567, -1.783, 0.293, 1.322, -1.527, 1.409]> : tensor<6xf64>},
    %c: tensor<6xf64> {nn.value = dense<[1.636, -0.378, 1.299, -0.503, 0.874, -0.0]> : tensor<6xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[-1.237, -0.387], [-2.898, -0.063], [-1.265, 1.048]]> : tensor<3x2xf64>},
    %n: tensor<3xi64> {nn.value = dense<[4, 1, 3]> : tensor<3xi64>},
    %expected: tensor<30xf64> {nn.value = dense<[-0.9578338659850341, 0.5400770153759649, -1.2211323103459994, 0.8325016295240814, -0.9942913824209404, 0.2634087872459362, -0.9478189661915446, 0.1747607227195021, 0.0, 0.0, -1.0849466797635199, 0.936386949759847, -1.0174606962075996, 0.5155242508324489, 0.0, 0.0, -1.132483866521963, 0.9126117104494176, -1.0597224673157157, 0.3594969489262867, 0.0, 0.0, 0.0, 0.0, -0.9578338659850341, 0.5400770153759649, -1.2211323103459994, 0.8325016295240814, -0.9942913824209404, 0.2634087872459362]> : tensor<30xf64>}) -> tensor<i1> {
  %y, %h = nn.gru %x, %w, %u bias = %b hidden_bias = %c initial = %h0 lengths = %n reverse : tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>, tensor<3xi64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf dim = 0 : tensor<24xf64>, tensor<6xf64>
  %flatResult = nn.reshape %result : tensor<30xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<30xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
