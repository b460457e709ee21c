// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of torch.nn.GRU, PyTorch 1.13. Both sides compute in double precision.
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

func.func private @f_0(%x: tensor<4x3x2xf64>, %w: tensor<2x6xf64>, %u: tensor<2x6xf64>, %b: tensor<6xf64>, %c: tensor<6xf64>) -> tensor<30xf64> {
  %y, %h = nn.gru %x, %w, %u bias = %b hidden_bias = %c : tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf dim = 0 : tensor<24xf64>, tensor<6xf64>
  return %result : tensor<30xf64>
}
func.func @gru_gradient_0(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.105, 0.524], [-1.24, 1.086], [-0.822, -1.906]], [[0.08, -1.712], [0.562, 1.123], [0.333, 0.637]], [[-0.662, -0.354], [0.152, -0.154], [0.052, -0.547]], [[1.729, 0.945], [-0.083, 1.182], [-0.803, -1.195]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x6xf64> {nn.value = dense<[[-1.366, 0.669, -0.432, 0.133, -0.157, 0.384], [0.449, 1.608, 0.495, 0.029, -0.373, 1.005]]> : tensor<2x6xf64>},
    %u: tensor<2x6xf64> {nn.value = dense<[[-0.55, -0.602, 1.601, 0.809, 1.396, -0.646], [-0.202, 0.653, 0.809, 0.595, -0.18, -0.752]]> : tensor<2x6xf64>},
    %b: tensor<6xf64> {nn.value = dense<[1.567, -1.783, 0.293, 1.322, -1.527, 1.409]> : tensor<6xf64>},
    %c: tensor<6xf64> {nn.value = dense<[1.636, -0.378, 1.299, -0.503, 0.874, -0.0]> : tensor<6xf64>},
    %cotangent: tensor<30xf64> {nn.value = dense<[-0.718, -1.632, -0.788, 0.97, 0.437, 1.158, -0.664, 0.835, -0.049, 2.949, -1.071, -0.952, 1.163, 0.246, 1.62, -0.062, -0.983, -1.498, 2.248, 0.379, -0.026, -0.8, 0.412, -0.176, -0.138, 0.741, -2.579, 0.066, -0.834, -1.114]> : tensor<30xf64>},
    %expected_x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.10283601289862442, 0.02521721704441185], [0.0007572670225012581, 0.022856848740012797], [0.035312986609855865, 0.13469511063838466]], [[-0.025572224705186497, 0.2319506386264775], [0.0063856917694457005, -0.02916193420662615], [0.22735182377167554, -0.07535232563277516]], [[-0.07837564580187287, 0.18509672935187238], [0.03864581636324935, -0.05683501775926043], [-0.0027540925697180437, -0.3429722162843975]], [[-0.1499530056958639, 0.11356284661097613], [0.07450452438768239, -0.060201222060203556], [-0.15665560083238994, -0.4018986908099032]]]> : tensor<4x3x2xf64>},
    %expected_w: tensor<2x6xf64> {nn.value = dense<[[0.015481237296456762, -0.0011332208005492667, 0.26491362314695793, 0.7294547513695764, 0.3373627869273525, 0.17796026806015403], [-0.047192080337808764, -0.0013759026928104757, -0.42295564408976055, -0.742938831555969, -0.447183731499153, 0.03804205905430551]]> : tensor<2x6xf64>},
    %expected_u: tensor<2x6xf64> {nn.value = dense<[[-0.0046550179554162045, -0.00046077425195477297, -0.045322496597695966, 0.056569957622530684, -0.08105996142444087, 0.0011429332081951994], [0.013401561923811804, 0.0011997110595466565, 0.019961763776841536, -0.19643288777531592, 0.18247413048625138, -0.0021348732132178243]]> : tensor<2x6xf64>},
    %expected_b: tensor<6xf64> {nn.value = dense<[0.021969991774138428, 0.0013464482985001771, 0.0030284613341260633, 0.009005913138528346, 0.13908620035629798, -0.2138833214130524]> : tensor<6xf64>},
    %expected_c: tensor<6xf64> {nn.value = dense<[0.02196999177413842, 0.0013464482985001774, 0.00302846133412607, 0.009005913138528387, 0.09187722077064364, -0.009950238280049848]> : tensor<6xf64>}) -> tensor<i1> {
  %result, %d_x, %d_w, %d_u, %d_b, %d_c = nn.vjp @f_0(%x, %w, %u, %b, %c) cotangents(%cotangent) wrt(0, 1, 2, 3, 4) : (tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>), (tensor<30xf64>) -> (tensor<30xf64>, tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>)
  %flat_x = nn.reshape %d_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_w = nn.reshape %d_w : tensor<2x6xf64> -> tensor<?xf64>
  %want_w = nn.reshape %expected_w : tensor<2x6xf64> -> tensor<?xf64>
  %close_w = call @close(%flat_w, %want_w) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_w : tensor<i1>
  %flat_u = nn.reshape %d_u : tensor<2x6xf64> -> tensor<?xf64>
  %want_u = nn.reshape %expected_u : tensor<2x6xf64> -> tensor<?xf64>
  %close_u = call @close(%flat_u, %want_u) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_2 = nn.and %ok_1, %close_u : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<6xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<6xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_3 = nn.and %ok_2, %close_b : tensor<i1>
  %flat_c = nn.reshape %d_c : tensor<6xf64> -> tensor<?xf64>
  %want_c = nn.reshape %expected_c : tensor<6xf64> -> tensor<?xf64>
  %close_c = call @close(%flat_c, %want_c) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_4 = nn.and %ok_3, %close_c : tensor<i1>
  return %ok_4 : tensor<i1>
}

func.func private @f_1(%x: tensor<4x3x2xf64>, %w: tensor<2x6xf64>, %u: tensor<2x6xf64>, %b: tensor<6xf64>, %c: tensor<6xf64>, %h0: tensor<3x2xf64>) -> tensor<30xf64> {
  %y, %h = nn.gru %x, %w, %u bias = %b hidden_bias = %c initial = %h0 : tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf dim = 0 : tensor<24xf64>, tensor<6xf64>
  return %result : tensor<30xf64>
}
func.func @gru_gradient_1(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.105, 0.524], [-1.24, 1.086], [-0.822, -1.906]], [[0.08, -1.712], [0.562, 1.123], [0.333, 0.637]], [[-0.662, -0.354], [0.152, -0.154], [0.052, -0.547]], [[1.729, 0.945], [-0.083, 1.182], [-0.803, -1.195]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x6xf64> {nn.value = dense<[[-1.366, 0.669, -0.432, 0.133, -0.157, 0.384], [0.449, 1.608, 0.495, 0.029, -0.373, 1.005]]> : tensor<2x6xf64>},
    %u: tensor<2x6xf64> {nn.value = dense<[[-0.55, -0.602, 1.601, 0.809, 1.396, -0.646], [-0.202, 0.653, 0.809, 0.595, -0.18, -0.752]]> : tensor<2x6xf64>},
    %b: tensor<6xf64> {nn.value = dense<[1.567, -1.783, 0.293, 1.322, -1.527, 1.409]> : tensor<6xf64>},
    %c: tensor<6xf64> {nn.value = dense<[1.636, -0.378, 1.299, -0.503, 0.874, -0.0]> : tensor<6xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[-1.237, -0.387], [-2.898, -0.063], [-1.265, 1.048]]> : tensor<3x2xf64>},
    %cotangent: tensor<30xf64> {nn.value = dense<[0.57, -0.247, -0.131, 0.767, -1.103, -0.213, 1.346, -0.924, 0.535, -1.698, -1.386, -1.338, 1.434, 0.0, -0.105, -0.736, -1.859, -0.281, -1.558, 0.728, 1.005, -1.17, -0.457, 0.825, -1.083, -0.252, -0.781, 1.47, 0.298, -1.037]> : tensor<30xf64>},
    %expected_x: tensor<4x3x2xf64> {nn.value = dense<[[[0.04703635611422089, -0.05983435669559114], [0.028813195087237294, -0.028210917104258264], [-0.1806639946835402, -0.06699675837123355]], [[-0.14892365123524057, -0.43640355055613067], [0.018846243664476632, -0.023544352397135693], [0.0015012235777342132, 0.022511194125335726]], [[0.02256255588509353, 0.07085766375784014], [-0.020555542458375885, -0.05618598853181947], [-0.04114729030397644, -0.04275890456842241]], [[0.000870473656060841, 0.001316370200228336], [0.0013390093344940108, 0.0003874390741722275], [-0.04065657649654282, -0.0883998251337294]]]> : tensor<4x3x2xf64>},
    %expected_w: tensor<2x6xf64> {nn.value = dense<[[0.0007591438488945536, -0.0007132587128970744, -0.10641899637426908, 0.24446685463484732, 0.07352229171091011, 0.14434093607967446], [0.0042893655484290225, -0.0007132483932298364, -0.383776418828757, 1.3571067953355855, 0.05417248455738705, 1.0796678340721702]]> : tensor<2x6xf64>},
    %expected_u: tensor<2x6xf64> {nn.value = dense<[[-0.001843931748612835, 0.01645563936956319, -0.0017127518834950698, -0.15437055018297863, 0.14280642967776708, 0.06621511549877784], [0.002600745009067239, -0.0017895379423837178, 0.19972438704231193, -0.45501686523226104, -0.1535761005748233, -0.03050546837353284]]> : tensor<2x6xf64>},
    %expected_b: tensor<6xf64> {nn.value = dense<[0.0015631784348838279, -0.012312174423918885, 0.07069014506307132, 0.03690933875473254, -0.12038533706333793, -0.7653050748249532]> : tensor<6xf64>},
    %expected_c: tensor<6xf64> {nn.value = dense<[0.0015631784348838279, -0.012312174423918885, 0.07069014506307134, 0.036909338754732485, -0.1180625947923947, -0.055331769461119715]> : tensor<6xf64>},
    %expected_h0: tensor<3x2xf64> {nn.value = dense<[[0.5519859051674544, -0.2193412751387851], [-0.001313886390232135, -0.07329675020556974], [-1.1945379628046933, -0.5048346872421359]]> : tensor<3x2xf64>}) -> tensor<i1> {
  %result, %d_x, %d_w, %d_u, %d_b, %d_c, %d_h0 = nn.vjp @f_1(%x, %w, %u, %b, %c, %h0) cotangents(%cotangent) wrt(0, 1, 2, 3, 4, 5) : (tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>), (tensor<30xf64>) -> (tensor<30xf64>, tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>)
  %flat_x = nn.reshape %d_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_w = nn.reshape %d_w : tensor<2x6xf64> -> tensor<?xf64>
  %want_w = nn.reshape %expected_w : tensor<2x6xf64> -> tensor<?xf64>
  %close_w = call @close(%flat_w, %want_w) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_w : tensor<i1>
  %flat_u = nn.reshape %d_u : tensor<2x6xf64> -> tensor<?xf64>
  %want_u = nn.reshape %expected_u : tensor<2x6xf64> -> tensor<?xf64>
  %close_u = call @close(%flat_u, %want_u) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_2 = nn.and %ok_1, %close_u : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<6xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<6xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_3 = nn.and %ok_2, %close_b : tensor<i1>
  %flat_c = nn.reshape %d_c : tensor<6xf64> -> tensor<?xf64>
  %want_c = nn.reshape %expected_c : tensor<6xf64> -> tensor<?xf64>
  %close_c = call @close(%flat_c, %want_c) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_4 = nn.and %ok_3, %close_c : tensor<i1>
  %flat_h0 = nn.reshape %d_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %want_h0 = nn.reshape %expected_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %close_h0 = call @close(%flat_h0, %want_h0) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_5 = nn.and %ok_4, %close_h0 : tensor<i1>
  return %ok_5 : tensor<i1>
}

func.func private @f_2(%x: tensor<4x3x2xf64>, %w: tensor<2x6xf64>, %u: tensor<2x6xf64>, %b: tensor<6xf64>, %c: tensor<6xf64>, %h0: tensor<3x2xf64>) -> tensor<30xf64> {
  %y, %h = nn.gru %x, %w, %u bias = %b hidden_bias = %c initial = %h0 reverse : tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf dim = 0 : tensor<24xf64>, tensor<6xf64>
  return %result : tensor<30xf64>
}
func.func @gru_gradient_2(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.105, 0.524], [-1.24, 1.086], [-0.822, -1.906]], [[0.08, -1.712], [0.562, 1.123], [0.333, 0.637]], [[-0.662, -0.354], [0.152, -0.154], [0.052, -0.547]], [[1.729, 0.945], [-0.083, 1.182], [-0.803, -1.195]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x6xf64> {nn.value = dense<[[-1.366, 0.669, -0.432, 0.133, -0.157, 0.384], [0.449, 1.608, 0.495, 0.029, -0.373, 1.005]]> : tensor<2x6xf64>},
    %u: tensor<2x6xf64> {nn.value = dense<[[-0.55, -0.602, 1.601, 0.809, 1.396, -0.646], [-0.202, 0.653, 0.809, 0.595, -0.18, -0.752]]> : tensor<2x6xf64>},
    %b: tensor<6xf64> {nn.value = dense<[1.567, -1.783, 0.293, 1.322, -1.527, 1.409]> : tensor<6xf64>},
    %c: tensor<6xf64> {nn.value = dense<[1.636, -0.378, 1.299, -0.503, 0.874, -0.0]> : tensor<6xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[-1.237, -0.387], [-2.898, -0.063], [-1.265, 1.048]]> : tensor<3x2xf64>},
    %cotangent: tensor<30xf64> {nn.value = dense<[-0.431, -0.194, -0.699, 0.622, -0.512, -1.765, -0.644, -0.482, -0.474, 1.581, 0.88, 0.341, -0.494, 1.474, -0.779, 2.082, 1.174, -1.443, 1.596, -1.675, -0.158, -0.307, 1.033, -1.011, 1.435, 0.613, 0.035, -0.48, 1.872, -0.472]> : tensor<30xf64>},
    %expected_x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.010847415509667571, 0.008126596800411163], [-0.000806848093130273, 0.007640743276964671], [-0.30625594222311814, -0.6327323558511561]], [[-0.05550951213898534, -0.12376541346788102], [-0.011723061787152331, 0.01797352444424996], [0.011462942649826412, -0.033321575076115655]], [[0.115259497253014, 0.3549475555360294], [0.0896700645950362, 0.3514214732782835], [-0.15455283500927552, -0.5608174939224879]], [[0.07248043497977753, -0.023159246175530782], [-0.09221502981271626, 0.06598069142395667], [-0.39599029555350546, -1.0849120764860665]]]> : tensor<4x3x2xf64>},
    %expected_w: tensor<2x6xf64> {nn.value = dense<[[0.0009149155070913626, -0.006868973744936897, 0.04951180569540414, 1.9007578397611344, -0.14700295246429657, 0.9850726482605622], [0.004651610747460591, 0.007152990104928533, 0.4396689647478745, 2.395068218612152, -0.36829478184324044, 2.4586086213792924]]> : tensor<2x6xf64>},
    %expected_u: tensor<2x6xf64> {nn.value = dense<[[0.005316731722876925, -0.0007887057203353769, -0.11614226677971914, 1.9670384082815398, -0.2805031174417769, 0.0021060805621060316], [-0.002479871193347079, -0.0010259678723766655, -0.16065532407570457, -1.442312845934168, 0.18598594275329944, -0.005447607679544837]]> : tensor<2x6xf64>},
    %expected_b: tensor<6xf64> {nn.value = dense<[-0.004723688192588426, 0.0007674317144304131, -0.10058340877686223, -1.4235467046202848, 0.26261223628658575, -1.4554275268698937]> : tensor<6xf64>},
    %expected_c: tensor<6xf64> {nn.value = dense<[-0.0047236881925884254, 0.0007674317144304117, -0.10058340877686225, -1.4235467046202848, 0.25620497485232613, 0.0011928113528501191]> : tensor<6xf64>},
    %expected_h0: tensor<3x2xf64> {nn.value = dense<[[0.5420942183826987, -0.3229174433086744], [-0.044736663923405556, 0.24418564489392477], [0.4749232470230095, -1.7628452264037238]]> : tensor<3x2xf64>}) -> tensor<i1> {
  %result, %d_x, %d_w, %d_u, %d_b, %d_c, %d_h0 = nn.vjp @f_2(%x, %w, %u, %b, %c, %h0) cotangents(%cotangent) wrt(0, 1, 2, 3, 4, 5) : (tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>), (tensor<30xf64>) -> (tensor<30xf64>, tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>)
  %flat_x = nn.reshape %d_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_w = nn.reshape %d_w : tensor<2x6xf64> -> tensor<?xf64>
  %want_w = nn.reshape %expected_w : tensor<2x6xf64> -> tensor<?xf64>
  %close_w = call @close(%flat_w, %want_w) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_w : tensor<i1>
  %flat_u = nn.reshape %d_u : tensor<2x6xf64> -> tensor<?xf64>
  %want_u = nn.reshape %expected_u : tensor<2x6xf64> -> tensor<?xf64>
  %close_u = call @close(%flat_u, %want_u) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_2 = nn.and %ok_1, %close_u : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<6xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<6xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_3 = nn.and %ok_2, %close_b : tensor<i1>
  %flat_c = nn.reshape %d_c : tensor<6xf64> -> tensor<?xf64>
  %want_c = nn.reshape %expected_c : tensor<6xf64> -> tensor<?xf64>
  %close_c = call @close(%flat_c, %want_c) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_4 = nn.and %ok_3, %close_c : tensor<i1>
  %flat_h0 = nn.reshape %d_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %want_h0 = nn.reshape %expected_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %close_h0 = call @close(%flat_h0, %want_h0) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_5 = nn.and %ok_4, %close_h0 : tensor<i1>
  return %ok_5 : tensor<i1>
}

func.func private @f_3(%x: tensor<4x3x2xf64>, %w: tensor<2x6xf64>, %u: tensor<2x6xf64>, %b: tensor<6xf64>, %c: tensor<6xf64>, %h0: tensor<3x2xf64>, %n: tensor<3xi64>) -> tensor<30xf64> {
  %y, %h = nn.gru %x, %w, %u bias = %b hidden_bias = %c initial = %h0 lengths = %n : tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>, tensor<3xi64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf dim = 0 : tensor<24xf64>, tensor<6xf64>
  return %result : tensor<30xf64>
}
func.func @gru_gradient_3(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.105, 0.524], [-1.24, 1.086], [-0.822, -1.906]], [[0.08, -1.712], [0.562, 1.123], [0.333, 0.637]], [[-0.662, -0.354], [0.152, -0.154], [0.052, -0.547]], [[1.729, 0.945], [-0.083, 1.182], [-0.803, -1.195]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x6xf64> {nn.value = dense<[[-1.366, 0.669, -0.432, 0.133, -0.157, 0.384], [0.449, 1.608, 0.495, 0.029, -0.373, 1.005]]> : tensor<2x6xf64>},
    %u: tensor<2x6xf64> {nn.value = dense<[[-0.55, -0.602, 1.601, 0.809, 1.396, -0.646], [-0.202, 0.653, 0.809, 0.595, -0.18, -0.752]]> : tensor<2x6xf64>},
    %b: tensor<6xf64> {nn.value = dense<[1.567, -1.783, 0.293, 1.322, -1.527, 1.409]> : tensor<6xf64>},
    %c: tensor<6xf64> {nn.value = dense<[1.636, -0.378, 1.299, -0.503, 0.874, -0.0]> : tensor<6xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[-1.237, -0.387], [-2.898, -0.063], [-1.265, 1.048]]> : tensor<3x2xf64>},
    %n: tensor<3xi64> {nn.value = dense<[4, 1, 3]> : tensor<3xi64>},
    %cotangent: tensor<30xf64> {nn.value = dense<[-2.043, 0.46, -2.761, -0.02, -0.944, 0.105, 0.663, -0.656, 0.812, -0.002, 0.973, 0.802, -0.85, -0.008, 0.192, -0.631, -0.578, -0.167, -0.774, -0.247, -1.345, -1.46, -0.139, 1.676, -0.253, -0.116, -0.494, -0.312, 0.386, -0.306]> : tensor<30xf64>},
    %expected_x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.05225392644335712, 0.07959683137977111], [-0.2698958827423948, 0.3132756240780693], [0.03337605080908249, 0.11584950022511173]], [[-0.1375355836966097, -0.30909638572085824], [0.0, 0.0], [-0.0004392062714436764, -0.008243357230216665]], [[-0.013615432178344959, -0.02979338373849015], [0.0, 0.0], [-0.03740407744329295, -0.09502052346926342]], [[0.01002306651490572, 0.001479370959866641], [0.0, 0.0], [0.0, 0.0]]]> : tensor<4x3x2xf64>},
    %expected_w: tensor<2x6xf64> {nn.value = dense<[[0.0004215106934197171, 0.0023774817873456902, -0.8639787457478209, -0.1429990652347643, 0.058330722830022164, -0.052357145582871474], [-0.0016936624278556978, 0.005359581864519969, 0.6416191669921598, -0.027569316920180064, 0.0927798737962911, 0.4566240455193134]]> : tensor<2x6xf64>},
    %expected_u: tensor<2x6xf64> {nn.value = dense<[[-0.0029223226952551865, 0.008148342726001765, -2.051708542770947, -0.15863905697723824, 0.16896882911678268, 0.021110218361587083], [0.0011739704043285508, -0.002203187556603944, -0.049231981664293295, 0.09137795087383967, -0.03811643194323967, -0.00814140395372605]]> : tensor<2x6xf64>},
    %expected_b: tensor<6xf64> {nn.value = dense<[0.00265254137021193, -0.006407487481465242, 0.802503122989234, 0.05649242926684028, -0.15591228291920936, -0.37798276873463993]> : tensor<6xf64>},
    %expected_c: tensor<6xf64> {nn.value = dense<[0.00265254137021193, -0.006407487481465242, 0.802503122989234, 0.05649242926684028, -0.15172070204167715, -0.01865668640207329]> : tensor<6xf64>},
    %expected_h0: tensor<3x2xf64> {nn.value = dense<[[-0.7238009353118361, 0.11489118157192556], [0.6767775186059701, 0.4910813218858638], [-0.11412652302515308, 0.30502003410674905]]> : tensor<3x2xf64>}) -> tensor<i1> {
  %result, %d_x, %d_w, %d_u, %d_b, %d_c, %d_h0 = nn.vjp @f_3(%x, %w, %u, %b, %c, %h0, %n) cotangents(%cotangent) wrt(0, 1, 2, 3, 4, 5) : (tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>, tensor<3xi64>), (tensor<30xf64>) -> (tensor<30xf64>, tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>)
  %flat_x = nn.reshape %d_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_w = nn.reshape %d_w : tensor<2x6xf64> -> tensor<?xf64>
  %want_w = nn.reshape %expected_w : tensor<2x6xf64> -> tensor<?xf64>
  %close_w = call @close(%flat_w, %want_w) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_w : tensor<i1>
  %flat_u = nn.reshape %d_u : tensor<2x6xf64> -> tensor<?xf64>
  %want_u = nn.reshape %expected_u : tensor<2x6xf64> -> tensor<?xf64>
  %close_u = call @close(%flat_u, %want_u) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_2 = nn.and %ok_1, %close_u : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<6xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<6xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_3 = nn.and %ok_2, %close_b : tensor<i1>
  %flat_c = nn.reshape %d_c : tensor<6xf64> -> tensor<?xf64>
  %want_c = nn.reshape %expected_c : tensor<6xf64> -> tensor<?xf64>
  %close_c = call @close(%flat_c, %want_c) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_4 = nn.and %ok_3, %close_c : tensor<i1>
  %flat_h0 = nn.reshape %d_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %want_h0 = nn.reshape %expected_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %close_h0 = call @close(%flat_h0, %want_h0) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_5 = nn.and %ok_4, %close_h0 : tensor<i1>
  return %ok_5 : tensor<i1>
}

func.func private @f_4(%x: tensor<4x3x2xf64>, %w: tensor<2x6xf64>, %u: tensor<2x6xf64>, %b: tensor<6xf64>, %c: tensor<6xf64>, %h0: tensor<3x2xf64>, %n: tensor<3xi64>) -> tensor<30xf64> {
  %y, %h = nn.gru %x, %w, %u bias = %b hidden_bias = %c initial = %h0 lengths = %n reverse : tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>, tensor<3xi64>
  %yf = nn.reshape %y : tensor<4x3x2xf64> -> tensor<24xf64>
  %hf = nn.reshape %h : tensor<3x2xf64> -> tensor<6xf64>
  %result = nn.concat %yf, %hf dim = 0 : tensor<24xf64>, tensor<6xf64>
  return %result : tensor<30xf64>
}
func.func @gru_gradient_4(%x: tensor<4x3x2xf64> {nn.value = dense<[[[-0.105, 0.524], [-1.24, 1.086], [-0.822, -1.906]], [[0.08, -1.712], [0.562, 1.123], [0.333, 0.637]], [[-0.662, -0.354], [0.152, -0.154], [0.052, -0.547]], [[1.729, 0.945], [-0.083, 1.182], [-0.803, -1.195]]]> : tensor<4x3x2xf64>},
    %w: tensor<2x6xf64> {nn.value = dense<[[-1.366, 0.669, -0.432, 0.133, -0.157, 0.384], [0.449, 1.608, 0.495, 0.029, -0.373, 1.005]]> : tensor<2x6xf64>},
    %u: tensor<2x6xf64> {nn.value = dense<[[-0.55, -0.602, 1.601, 0.809, 1.396, -0.646], [-0.202, 0.653, 0.809, 0.595, -0.18, -0.752]]> : tensor<2x6xf64>},
    %b: tensor<6xf64> {nn.value = dense<[1.567, -1.783, 0.293, 1.322, -1.527, 1.409]> : tensor<6xf64>},
    %c: tensor<6xf64> {nn.value = dense<[1.636, -0.378, 1.299, -0.503, 0.874, -0.0]> : tensor<6xf64>},
    %h0: tensor<3x2xf64> {nn.value = dense<[[-1.237, -0.387], [-2.898, -0.063], [-1.265, 1.048]]> : tensor<3x2xf64>},
    %n: tensor<3xi64> {nn.value = dense<[4, 1, 3]> : tensor<3xi64>},
    %cotangent: tensor<30xf64> {nn.value = dense<[-0.638, 0.474, -0.348, -0.683, 0.062, 0.434, -2.114, -0.249, -0.338, -0.264, 0.306, 2.33, -0.499, -0.428, -0.52, -0.353, 1.12, 0.297, 0.621, 1.188, -0.285, 1.236, -0.039, 0.137, -1.11, -0.744, -0.994, 0.815, 0.105, 1.081]> : tensor<30xf64>},
    %expected_x: tensor<4x3x2xf64> {nn.value = dense<[[[0.012975272867436403, -0.0009376614100250505], [-0.11520135012897167, 0.13069015344056292], [0.21196978514581058, 0.35233236661672457]], [[-0.06352984921931684, 0.03147571634031926], [0.0, 0.0], [0.02913736159786268, 0.047480715885806185]], [[-0.06299200690755603, -0.09539264832846875], [0.0, 0.0], [0.25912781753126585, 0.4292745524886488]], [[-0.056299465983888096, 0.007163245514123367], [0.0, 0.0], [0.0, 0.0]]]> : tensor<4x3x2xf64>},
    %expected_w: tensor<2x6xf64> {nn.value = dense<[[0.001516300887843756, 0.0035117622938344714, -0.31320235205918917, -1.1033680703915374, 0.0019908813292792314, -0.1531743680436537], [-0.02050963237469091, 0.002496582244307837, 0.19987216517247094, -1.4841252969551415, 0.5811337986079574, -0.5790679655143581]]> : tensor<2x6xf64>},
    %expected_u: tensor<2x6xf64> {nn.value = dense<[[-0.012727143095836764, 0.0020868863778328744, -0.7419143971417009, -0.3861649564863535, 0.40260430580146805, -0.13598880504297262], [0.005318395594061484, 0.00036788536634099907, -0.11716431634323173, 0.8379497907015147, -0.15887906091558254, 0.11882036116921846]]> : tensor<2x6xf64>},
    %expected_b: tensor<6xf64> {nn.value = dense<[0.012655604236189081, -0.003146771434234377, 0.2666489838884761, 0.4071679035484697, -0.42287430893695044, 0.5969481087071717]> : tensor<6xf64>},
    %expected_c: tensor<6xf64> {nn.value = dense<[0.012655604236189081, -0.0031467714342343764, 0.26664898388847613, 0.40716790354846977, -0.40111353015994566, 0.10809956560563619]> : tensor<6xf64>},
    %expected_h0: tensor<3x2xf64> {nn.value = dense<[[-0.39324297313774864, 0.2763513298596518], [0.24783976626794282, 0.22168390639722346], [0.8083336443417949, 1.4241189507422338]]> : tensor<3x2xf64>}) -> tensor<i1> {
  %result, %d_x, %d_w, %d_u, %d_b, %d_c, %d_h0 = nn.vjp @f_4(%x, %w, %u, %b, %c, %h0, %n) cotangents(%cotangent) wrt(0, 1, 2, 3, 4, 5) : (tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>, tensor<3xi64>), (tensor<30xf64>) -> (tensor<30xf64>, tensor<4x3x2xf64>, tensor<2x6xf64>, tensor<2x6xf64>, tensor<6xf64>, tensor<6xf64>, tensor<3x2xf64>)
  %flat_x = nn.reshape %d_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<4x3x2xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  %flat_w = nn.reshape %d_w : tensor<2x6xf64> -> tensor<?xf64>
  %want_w = nn.reshape %expected_w : tensor<2x6xf64> -> tensor<?xf64>
  %close_w = call @close(%flat_w, %want_w) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_w : tensor<i1>
  %flat_u = nn.reshape %d_u : tensor<2x6xf64> -> tensor<?xf64>
  %want_u = nn.reshape %expected_u : tensor<2x6xf64> -> tensor<?xf64>
  %close_u = call @close(%flat_u, %want_u) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_2 = nn.and %ok_1, %close_u : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<6xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<6xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_3 = nn.and %ok_2, %close_b : tensor<i1>
  %flat_c = nn.reshape %d_c : tensor<6xf64> -> tensor<?xf64>
  %want_c = nn.reshape %expected_c : tensor<6xf64> -> tensor<?xf64>
  %close_c = call @close(%flat_c, %want_c) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_4 = nn.and %ok_3, %close_c : tensor<i1>
  %flat_h0 = nn.reshape %d_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %want_h0 = nn.reshape %expected_h0 : tensor<3x2xf64> -> tensor<?xf64>
  %close_h0 = call @close(%flat_h0, %want_h0) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_5 = nn.and %ok_4, %close_h0 : tensor<i1>
  return %ok_5 : tensor<i1>
}
