// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from torch.nn.LSTM, PyTorch 1.13. Both sides compute in double precision.
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

func.func @lstm_0(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.449, -0.305], [0.843, -1.427], [-0.536, -0.076]], [[-0.162, -0.487], [-1.066, 1.036], [0.101, -1.438]], [[2.618, -0.416], [-0.623, -0.142], [0.943, -0.289]], [[-0.141, -0.481], [0.875, 0.563], [0.413, -0.521]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x8xf64> {nn.value = dense<[[-1.334, 1.59, -0.201, 0.633, -1.099, 0.364, -0.033, 0.447], [0.162, 0.433, -0.984, -1.431, -0.295, -0.047, 0.287, -0.557]]> : tensor<2x8xf64>},
    %u: tensor<2x8xf64> {nn.value = dense<[[-0.371, 0.392, -1.004, -1.329, 0.376, 1.516, -1.36, -0.163], [-0.28, 1.211, 0.636, 0.249, 1.108, -1.393, 0.736, 0.439]]> : tensor<2x8xf64>},
    %b: tensor<8xf64> {nn.value = dense<[-0.457, -1.187, -0.169, -2.643, -0.107, 1.179, 0.881, 1.004]> : tensor<8xf64>},
    %c: tensor<8xf64> {nn.value = dense<[-2.032, 0.196, 0.529, -2.481, -0.763, -2.749, -0.279, 0.09]> : tensor<8xf64>},
    %expected: tensor<36xf64> {nn.value = dense<[-0.022061113997873038, -0.09525208559767827, -0.009970395383095415, -0.3133022329178179, -0.02340897288179649, -0.0884772274629936, -0.0461949576428516, -0.1202148025567017, -0.07460866075863956, -0.029762961104750848, -0.03405140204244808, -0.13613457979669308, -0.026466537415470805, -0.38458390501074347, -0.07007231768164529, -0.07319999240316058, -0.03651826365656643, -0.34452755082436964, -0.05620453566383612, -0.08202064562006485, -0.04931419285312629, -0.3742803871722356, -0.04561898592968384, -0.16638301038527373, -0.05620453566383612, -0.08202064562006485, -0.04931419285312629, -0.3742803871722356, -0.04561898592968384, -0.16638301038527373, -0.10158805087356271, -0.10882807572621077, -0.07213263385207556, -0.5396118077331793, -0.08186873345211189, -0.2094699366258238]> : tensor<36xf64>}) -> tensor<i1> {
  %y, %h, %s = nn.lstm %x, %w, %u bias = %b hidden_bias = %c : tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %sf = nn.reshape %s : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf, %sf dim = 0 : tensor<24xf64>, tensor<6xf64>, tensor<6xf64>
  %flatResult = nn.reshape %result : tensor<36xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<36xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @lstm_1(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.449, -0.305], [0.843, -1.427], [-0.536, -0.076]], [[-0.162, -0.487], [-1.066, 1.036], [0.101, -1.438]], [[2.618, -0.416], [-0.623, -0.142], [0.943, -0.289]], [[-0.141, -0.481], [0.875, 0.563], [0.413, -0.521]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x8xf64> {nn.value = dense<[[-1.334, 1.59, -0.201, 0.633, -1.099, 0.364, -0.033, 0.447], [0.162, 0.433, -0.984, -1.431, -0.295, -0.047, 0.287, -0.557]]> : tensor<2x8xf64>},
    %u: tensor<2x8xf64> {nn.value = dense<[[-0.371, 0.392, -1.004, -1.329, 0.376, 1.516, -1.36, -0.163], [-0.28, 1.211, 0.636, 0.249, 1.108, -1.393, 0.736, 0.439]]> : tensor<2x8xf64>},
    %b: tensor<8xf64> {nn.value = dense<[-0.457, -1.187, -0.169, -2.643, -0.107, 1.179, 0.881, 1.004]> : tensor<8xf64>},
    %c: tensor<8xf64> {nn.value = dense<[-2.032, 0.196, 0.529, -2.481, -0.763, -2.749, -0.279, 0.09]> : tensor<8xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[1.283, 0.413], [-0.357, 0.85], [-0.852, -0.085]]> : tensor<3x2xf64>},
    %s0: tensor<3x2xf64> {nn.value = dense<[[1.642, 0.75], [1.317, 1.371], [0.49, -1.567]]> : tensor<3x2xf64>},
    %expected: tensor<36xf64> {nn.value = dense<[0.18226168457421096, -0.07402540593590255, 0.6533044915152127, -0.40470668351193, 0.22801649818439138, -0.08129939535156179, 0.22818239536520485, -0.12065843342947397, 0.08340060159790645, -0.014558042940893011, 0.0892561915146646, -0.1270008742335752, 0.10597875800685903, -0.07798586856969199, 0.06228181755692145, -0.07596333323842332, 0.05236441977086615, -0.32180657769671184, 0.05550532074409762, -0.12507297929911737, 0.007990366356092734, -0.3537093097932512, 0.00927925926712606, -0.1618951037428643, 0.05550532074409762, -0.12507297929911737, 0.007990366356092734, -0.3537093097932512, 0.00927925926712606, -0.1618951037428643, 0.09831652591884435, -0.16241417245975745, 0.012402185142481079, -0.5077548182860032, 0.017422754297403045, -0.2038438333093021]> : tensor<36xf64>}) -> tensor<i1> {
  %y, %h, %s = nn.lstm %x, %w, %u bias = %b hidden_bias = %c initial = %h0, %s0 : tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %sf = nn.reshape %s : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf, %sf dim = 0 : tensor<24xf64>, tensor<6xf64>, tensor<6xf64>
  %flatResult = nn.reshape %result : tensor<36xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<36xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @lstm_2(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.449, -0.305], [0.843, -1.427], [-0.536, -0.076]], [[-0.162, -0.487], [-1.066, 1.036], [0.101, -1.438]], [[2.618, -0.416], [-0.623, -0.142], [0.943, -0.289]], [[-0.141, -0.481], [0.875, 0.563], [0.413, -0.521]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x8xf64> {nn.value = dense<[[-1.334, 1.59, -0.201, 0.633, -1.099, 0.364, -0.033, 0.447], [0.162, 0.433, -0.984, -1.431, -0.295, -0.047, 0.287, -0.557]]> : tensor<2x8xf64>},
    %u: tensor<2x8xf64> {nn.value = dense<[[-0.371, 0.392, -1.004, -1.329, 0.376, 1.516, -1.36, -0.163], [-0.28, 1.211, 0.636, 0.249, 1.108, -1.393, 0.736, 0.439]]> : tensor<2x8xf64>},
    %b: tensor<8xf64> {nn.value = dense<[-0.457, -1.187, -0.169, -2.643, -0.107, 1.179, 0.881, 1.004]> : tensor<8xf64>},
    %c: tensor<8xf64> {nn.value = dense<[-2.032, 0.196, 0.529, -2.481, -0.763, -2.749, -0.279, 0.09]> : tensor<8xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[1.283, 0.413], [-0.357, 0.85], [-0.852, -0.085]]> : tensor<3x2xf64>},
    %s0: tensor<3x2xf64> {nn.value = dense<[[1.642, 0.75], [1.317, 1.371], [0.49, -1.567]]> : tensor<3x2xf64>},
    %expected: tensor<36xf64> {nn.value = dense<[0.04740051172547075, -0.08389766165268378, 0.03413556589565226, -0.2912016064087764, 0.0031577808828808004, -0.07544099248302027, 0.09846101255681752, -0.0980590494274713, 0.0721689356402046, -0.047422119230281445, 0.0464577427484611, -0.12092358980555791, 0.19416974638368922, -0.20046228102833774, 0.09217220747574738, -0.007831954282141758, 0.07369338493185956, -0.170332640171163, 0.17769622865298343, -0.06822906278907609, 0.5773989671093223, -0.5555304306297395, 0.2793669847542937, -0.27584951194461516, 0.04740051172547075, -0.08389766165268378, 0.03413556589565226, -0.2912016064087764, 0.0031577808828808004, -0.07544099248302027, 0.08189283795650501, -0.11514222295780473, 0.06731146388068679, -0.33434309067431717, 0.005180006573107056, -0.10856201182464154]> : tensor<36xf64>}) -> tensor<i1> {
  %y, %h, %s = nn.lstm %x, %w, %u bias = %b hidden_bias = %c initial = %h0, %s0 reverse : tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %sf = nn.reshape %s : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf, %sf dim = 0 : tensor<24xf64>, tensor<6xf64>, tensor<6xf64>
  %flatResult = nn.reshape %result : tensor<36xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<36xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @lstm_3(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.449, -0.305], [0.843, -1.427], [-0.536, -0.076]], [[-0.162, -0.487], [-1.066, 1.036], [0.101, -1.438]], [[2.618, -0.416], [-0.623, -0.142], [0.943, -0.289]], [[-0.141, -0.481], [0.875, 0.563], [0.413, -0.521]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x8xf64> {nn.value = dense<[[-1.334, 1.59, -0.201, 0.633, -1.099, 0.364, -0.033, 0.447], [0.162, 0.433, -0.984, -1.431, -0.295, -0.047, 0.287, -0.557]]> : tensor<2x8xf64>},
    %u: tensor<2x8xf64> {nn.value = dense<[[-0.371, 0.392, -1.004, -1.329, 0.376, 1.516, -1.36, -0.163], [-0.28, 1.211, 0.636, 0.249, 1.108, -1.393, 0.736, 0.439]]> : tensor<2x8xf64>},
    %b: tensor<8xf64> {nn.value = dense<[-0.457, -1.187, -0.169, -2.643, -0.107, 1.179, 0.881, 1.004]> : tensor<8xf64>},
    %c: tensor<8xf64> {nn.value = dense<[-2.032, 0.196, 0.529, -2.481, -0.763, -2.749, -0.279, 0.09]> : tensor<8xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[1.283, 0.413], [-0.357, 0.85], [-0.852, -0.085]]> : tensor<3x2xf64>},
    %s0: tensor<3x2xf64> {nn.value = dense<[[1.642, 0.75], [1.317, 1.371], [0.49, -1.567]]> : tensor<3x2xf64>},
    %n: tensor<3xi64> {nn.value = dense<[4, 1, 3]> : tensor<3xi64>},
    %expected: tensor<36xf64> {nn.value = dense<[0.18226168457421096, -0.07402540593590255, 0.6533044915152127, -0.40470668351193, 0.22801649818439138, -0.08129939535156179, 0.22818239536520485, -0.12065843342947397, 0.0, 0.0, 0.0892561915146646, -0.1270008742335752, 0.10597875800685903, -0.07798586856969199, 0.0, 0.0, 0.05236441977086615, -0.32180657769671184, 0.05550532074409762, -0.12507297929911737, 0.0, 0.0, 0.0, 0.0, 0.05550532074409762, -0.12507297929911737, 0.6533044915152127, -0.40470668351193, 0.05236441977086615, -0.32180657769671184, 0.09831652591884435, -0.16241417245975745, 1.2068124341092639, -0.4623368520161464, 0.09247826895010257, -0.4075343876902478]> : tensor<36xf64>}) -> tensor<i1> {
  %y, %h, %s = nn.lstm %x, %w, %u bias = %b hidden_bias = %c initial = %h0, %s0 lengths = %n : tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>, tensor<3xi64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %sf = nn.reshape %s : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf, %sf dim = 0 : tensor<24xf64>, tensor<6xf64>, tensor<6xf64>
  %flatResult = nn.reshape %result : tensor<36xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<36xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @lstm_4(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.449, -0.305], [0.843, -1.427], [-0.536, -0.076]], [[-0.162, -0.487], [-1.066, 1.036], [0.101, -1.438]], [[2.618, -0.416], [-0.623, -0.142], [0.943, -0.289]], [[-0.141, -0.481], [0.875, 0.563], [0.413, -0.521]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x8xf64> {nn.value = dense<[[-1.334, 1.59, -0.201, 0.633, -1.099, 0.364, -0.033, 0.447], [0.162, 0.433, -0.984, -1.431, -0.295, -0.047, 0.287, -0.557]]> : tensor<2x8xf64>},
    %u: tensor<2x8xf64> {nn.value = dense<[[-0.371, 0.392, -1.004, -1.329, 0.376, 1.516, -1.36, -0.163], [-0.28, 1.211, 0.636, 0.249, 1.108, -1.393, 0.736, 0.439]]> : tensor<2x8xf64>},
    %b: tensor<8xf64> {nn.value = dense<[-0.457, -1.187, -0.169, -2.643, -0.107, 1.179, 0.881, 1.004]> : tensor<8xf64>},
    %c: tensor<8xf64> {nn.value = dense<[-2.032, 0.196, 0.529, -2.481, -0.763, -2.749, -0.279, 0.09]> : tensor<8xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[1.283, 0.413], [-0.357, 0.85], [-0.852, -0.085]]> : tensor<3x2xf64>},
    %s0: tensor<3x2xf64> {nn.value = dense<[[1.642, 0.75], [1.317, 1.371], [0.49, -1.567]]> : tensor<3x2xf64>},
    %n: tensor<3xi64> {nn.value = dense<[4, 1, 3]> : tensor<3xi64>},
    %expected: tensor<36xf64> {nn.value = dense<[0.04740051172547075, -0.08389766165268378, 0.6533044915152127, -0.40470668351193, 0.05940648375098883, -0.08203131178289494, 0.09846101255681752, -0.0980590494274713, 0.0, 0.0, 0.08466958895844531, -0.06105228895140353, 0.19416974638368922, -0.20046228102833774, 0.0, 0.0, 0.2801783840178837, -0.4298182694456627, 0.17769622865298343, -0.06822906278907609, 0.0, 0.0, 0.0, 0.0, 0.04740051172547075, -0.08389766165268378, 0.6533044915152127, -0.40470668351193, 0.05940648375098883, -0.08203131178289494, 0.08189283795650501, -0.11514222295780473, 1.2068124341092639, -0.4623368520161464, 0.09806418034313552, -0.11741482047496508]> : tensor<36xf64>}) -> tensor<i1> {
  %y, %h, %s = nn.lstm %x, %w, %u bias = %b hidden_bias = %c initial = %h0, %s0 lengths = %n reverse : tensor<4x3x2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<8xf64>, tensor<8xf64>, tensor<3x2xf64>, tensor<3x2xf64>, tensor<3xi64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %sf = nn.reshape %s : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf, %sf dim = 0 : tensor<24xf64>, tensor<6xf64>, tensor<6xf64>
  %flatResult = nn.reshape %result : tensor<36xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<36xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
