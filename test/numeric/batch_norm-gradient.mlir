// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of batch_norm, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-4: = dense<true> : tensor<i1>
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

func.func private @f_0(%x: tensor<2x4x3x2xf64>, %s: tensor<4xf64>, %b: tensor<4xf64>, %m: tensor<4xf64>, %v: tensor<4xf64>) -> tensor<2x4x3x2xf64> {
  %result, %newMean, %newVariance = nn.batch_norm %x, %s, %b, %m, %v : tensor<2x4x3x2xf64>, tensor<4xf64>, tensor<4xf64>
  return %result : tensor<2x4x3x2xf64>
}
func.func @batch_norm_gradient_0(%x: tensor<2x4x3x2xf64> {nn.value = dense<[[[[-0.565, 6.432], [-2.213, 1.908], [1.168, 1.785]], [[1.68, 4.227], [1.665, -0.892], [-2.51, -0.201]], [[0.1, -6.141], [0.825, 4.001], [-3.453, 0.059]], [[3.347, -11.175], [0.241, 1.794], [1.446, -0.073]]], [[[0.86, -4.226], [-3.478, -2.818], [0.942, -2.182]], [[2.146, -3.954], [-0.904, 0.048], [-0.191, 0.694]], [[-2.882, -4.589], [-3.226, -4.835], [2.881, 2.907]], [[-3.188, -1.591], [2.778, 4.125], [1.604, 2.233]]]]> : tensor<2x4x3x2xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-0.352, 0.938, 1.457, 0.954]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[1.354, -1.059, -1.323, 0.045]> : tensor<4xf64>},
    %m: tensor<4xf64> {nn.value = dense<[0.481, -0.304, -0.475, 0.635]> : tensor<4xf64>},
    %v: tensor<4xf64> {nn.value = dense<[1.3639999999999999, 1.537, 1.784, 0.909]> : tensor<4xf64>},
    %cotangent: tensor<2x4x3x2xf64> {nn.value = dense<[[[[-1.937, 0.636], [0.227, 1.054], [1.177, -1.003]], [[-0.148, 0.826], [0.012, 0.764], [-0.409, 0.125]], [[0.03, 2.566], [-1.144, -0.782], [1.686, -0.366]], [[1.646, 1.462], [0.564, 1.786], [0.444, -1.097]]], [[[-0.462, -0.842], [-1.045, 0.588], [-1.086, -2.31]], [[0.112, -0.001], [0.763, -0.343], [0.299, -1.303]], [[1.156, 0.675], [-0.387, 0.242], [-1.593, 1.114]], [[1.022, 1.21], [0.801, -0.865], [-0.767, -0.666]]]]> : tensor<2x4x3x2xf64>},
    %expected_x: tensor<2x4x3x2xf64> {nn.value = dense<[[[[0.5837992154997746, -0.19168626796998278], [-0.0684163252031228, -0.3176687522647199], [-0.35474015314570717, 0.3022976836067495]], [[-0.11197632426188883, 0.6249489448670282], [0.009079161426639636, 0.5780399441627234], [-0.30944808529130086, 0.09457459819416288]], [[0.032725189063265346, 2.7990945045446294], [-1.2479205429458518, -0.8530365949157834], [1.8391556253555124, -0.3992473065718372]], [[1.6470010465173974, 1.4628891433830105], [0.5643430074336648, 1.787086190206605], [0.4442700271286298, -1.0976671616218623]]], [[[0.13924379843102525, 0.253773329608059], [0.31495621073684277, -0.17721937982130484], [0.3273133443638386, 0.6962189921551262]], [[0.08473883998196993, -0.000756596785553303], [0.5772833473771701, -0.25951269744478295], [0.22622243888043758, -0.9858456115759537]], [[1.2610106185711578, 0.7363167539234704], [-0.42215493891612293, 0.26398319177700713], [-1.7377075392593897, 1.2151953538825866]], [[1.0226215489312154, 1.2107358847424368], [0.8014871435361091, -0.8655260663654611], [-0.7674664657830158, -0.6664050406929447]]]]> : tensor<2x4x3x2xf64>},
    %expected_s: tensor<4xf64> {nn.value = dense<[15.275657064682946, 1.9127912119848791, -23.84871549511617, -20.482170228131373]> : tensor<4xf64>},
    %expected_b: tensor<4xf64> {nn.value = dense<[-5.003, 0.6969999999999998, 3.196999999999999, 5.54]> : tensor<4xf64>},
    %expected_m: tensor<4xf64> {nn.value = dense<[-1.5078716959965786, -0.527347959530652, -3.4874143145086443, -5.543369257415785]> : tensor<4xf64>},
    %expected_v: tensor<4xf64> {nn.value = dense<[1.9710380740494557, -0.5836650889850478, 9.738616508983766, 10.74795128636502]> : tensor<4xf64>}) -> tensor<i1> {
  %result, %d_x, %d_s, %d_b, %d_m, %d_v = nn.vjp @f_0(%x, %s, %b, %m, %v) cotangents(%cotangent) wrt(0, 1, 2, 3, 4) : (tensor<2x4x3x2xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>), (tensor<2x4x3x2xf64>) -> (tensor<2x4x3x2xf64>, tensor<2x4x3x2xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>)
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
  %flat_m = nn.reshape %d_m : tensor<4xf64> -> tensor<?xf64>
  %want_m = nn.reshape %expected_m : tensor<4xf64> -> tensor<?xf64>
  %close_m = call @close(%flat_m, %want_m) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_3 = nn.and %ok_2, %close_m : tensor<i1>
  %flat_v = nn.reshape %d_v : tensor<4xf64> -> tensor<?xf64>
  %want_v = nn.reshape %expected_v : tensor<4xf64> -> tensor<?xf64>
  %close_v = call @close(%flat_v, %want_v) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_4 = nn.and %ok_3, %close_v : tensor<i1>
  return %ok_4 : tensor<i1>
}

func.func private @f_1(%x: tensor<2x4x3x2xf64>, %s: tensor<4xf64>, %b: tensor<4xf64>, %m: tensor<4xf64>, %v: tensor<4xf64>) -> tensor<56xf64> {
  %y, %newMean, %newVariance = nn.batch_norm %x, %s, %b, %m, %v momentum = 0.25 training : tensor<2x4x3x2xf64>, tensor<4xf64>, tensor<4xf64>
  %flat = nn.reshape %y : tensor<2x4x3x2xf64> -> tensor<48xf64>
  %result = nn.concat %flat, %newMean, %newVariance dim = 0 : tensor<48xf64>, tensor<4xf64>, tensor<4xf64>
  return %result : tensor<56xf64>
}
func.func @batch_norm_gradient_1(%x: tensor<2x4x3x2xf64> {nn.value = dense<[[[[-0.565, 6.432], [-2.213, 1.908], [1.168, 1.785]], [[1.68, 4.227], [1.665, -0.892], [-2.51, -0.201]], [[0.1, -6.141], [0.825, 4.001], [-3.453, 0.059]], [[3.347, -11.175], [0.241, 1.794], [1.446, -0.073]]], [[[0.86, -4.226], [-3.478, -2.818], [0.942, -2.182]], [[2.146, -3.954], [-0.904, 0.048], [-0.191, 0.694]], [[-2.882, -4.589], [-3.226, -4.835], [2.881, 2.907]], [[-3.188, -1.591], [2.778, 4.125], [1.604, 2.233]]]]> : tensor<2x4x3x2xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-0.352, 0.938, 1.457, 0.954]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[1.354, -1.059, -1.323, 0.045]> : tensor<4xf64>},
    %m: tensor<4xf64> {nn.value = dense<[0.481, -0.304, -0.475, 0.635]> : tensor<4xf64>},
    %v: tensor<4xf64> {nn.value = dense<[1.3639999999999999, 1.537, 1.784, 0.909]> : tensor<4xf64>},
    %cotangent: tensor<56xf64> {nn.value = dense<[1.11, -0.459, -0.709, 1.324, 1.664, 0.838, 0.402, 0.385, -0.469, 0.725, -0.563, 0.404, 0.132, -0.501, -1.215, 0.69, -0.09, -0.23, -0.132, 0.085, -0.188, -0.239, -0.136, 1.05, 1.55, -0.47, -0.27, 1.341, 2.256, -0.646, -1.413, 0.307, -1.444, 0.406, 1.439, -0.693, -1.113, -1.247, -1.035, 1.296, -1.455, -0.347, 0.515, 0.807, -0.954, 0.26, 0.232, -1.857, -0.044, -0.333, 1.778, -0.277, -0.696, -0.461, -1.331, -0.612]> : tensor<56xf64>},
    %expected_x: tensor<2x4x3x2xf64> {nn.value = dense<[[[[-0.05291641351390074, 0.0009184663337499788], [0.203171189858039, -0.12827111359477744], [-0.15534073087358047, -0.06614642244376423]], [[0.1801515631342722, 0.14993404694409254], [-0.21255495792136925, 0.34860285775620053], [-0.21798709116743392, 0.1977072558521636]], [[0.20739676300064225, 0.3001021456745975], [-0.4344596730690821, 0.22157023075646398], [0.32164480843886356, 0.04903092741567197]], [[-0.07273617776173574, 0.1884465477931705], [-0.041673694582901294, -0.07633534135616309], [-0.04639352156522979, 0.26262788042810703]]], [[[-0.13522886442340493, 0.21376638954044633], [0.17436182993598892, -0.03657620981231481], [-0.2235573481370686, 0.19481922713058694]], [[-0.6425774081080033, 0.18718583377310344], [-0.6295555332419706, 0.1964047476867948], [0.6644254954409122, -0.30498681014876217]], [[-0.1670444922335872, -0.12430247310816123], [-0.11178181142120491, 1.0201907978866918], [-0.6642650519080956, -0.17358217143279958]], [[0.17782644855385377, 0.2255925231200479], [-0.2636145460309478, 0.01101200769480433], [0.040450310414812694, -0.4744524367078187]]]]> : tensor<2x4x3x2xf64>},
    %expected_s: tensor<4xf64> {nn.value = dense<[3.3028146919547705, -0.6695904189798567, -0.05192550026628227, -2.626046481792032]> : tensor<4xf64>},
    %expected_b: tensor<4xf64> {nn.value = dense<[7.529, -0.5139999999999996, -5.115, -0.5569999999999996]> : tensor<4xf64>},
    %expected_m: tensor<4xf64> {nn.value = dense<[-0.033, -0.24975000000000003, 1.3335, -0.20775000000000002]> : tensor<4xf64>},
    %expected_v: tensor<4xf64> {nn.value = dense<[-0.522, -0.34575, -0.99825, -0.45899999999999996]> : tensor<4xf64>}) -> tensor<i1> {
  %result, %d_x, %d_s, %d_b, %d_m, %d_v = nn.vjp @f_1(%x, %s, %b, %m, %v) cotangents(%cotangent) wrt(0, 1, 2, 3, 4) : (tensor<2x4x3x2xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>), (tensor<56xf64>) -> (tensor<56xf64>, tensor<2x4x3x2xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>)
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
  %flat_m = nn.reshape %d_m : tensor<4xf64> -> tensor<?xf64>
  %want_m = nn.reshape %expected_m : tensor<4xf64> -> tensor<?xf64>
  %close_m = call @close(%flat_m, %want_m) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_3 = nn.and %ok_2, %close_m : tensor<i1>
  %flat_v = nn.reshape %d_v : tensor<4xf64> -> tensor<?xf64>
  %want_v = nn.reshape %expected_v : tensor<4xf64> -> tensor<?xf64>
  %close_v = call @close(%flat_v, %want_v) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_4 = nn.and %ok_3, %close_v : tensor<i1>
  return %ok_4 : tensor<i1>
}

func.func private @f_2(%x: tensor<5x4xf64>, %s: tensor<4xf64>, %b: tensor<4xf64>, %m: tensor<4xf64>, %v: tensor<4xf64>) -> tensor<5x4xf64> {
  %result, %newMean, %newVariance = nn.batch_norm %x, %s, %b, %m, %v : tensor<5x4xf64>, tensor<4xf64>, tensor<4xf64>
  return %result : tensor<5x4xf64>
}
func.func @batch_norm_gradient_2(%x: tensor<5x4xf64> {nn.value = dense<[[0.336, 0.228, -0.087, -3.041], [0.064, 0.887, -1.389, 1.581], [0.199, -0.067, 0.708, -0.005], [0.163, -1.791, -1.607, -0.465], [-0.556, 1.056, 0.191, -0.335]]> : tensor<5x4xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-0.352, 0.938, 1.457, 0.954]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[1.354, -1.059, -1.323, 0.045]> : tensor<4xf64>},
    %m: tensor<4xf64> {nn.value = dense<[0.481, -0.304, -0.475, 0.635]> : tensor<4xf64>},
    %v: tensor<4xf64> {nn.value = dense<[1.3639999999999999, 1.537, 1.784, 0.909]> : tensor<4xf64>},
    %cotangent: tensor<5x4xf64> {nn.value = dense<[[0.862, 1.138, -0.474, 1.98], [0.763, 0.6, -0.172, 0.758], [-0.102, -1.128, -1.591, -0.251], [0.581, -1.217, -1.694, 0.403], [-0.039, -0.249, 0.07, -0.986]]> : tensor<5x4xf64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[-0.25980119967000814, 0.8610071419596587, -0.5170579871995924, 1.9812041750330787], [-0.22996324286335987, 0.4539580713319818, -0.18762441729605464, 0.7584609922601382], [0.030742137315940637, -0.8534411741041257, -1.7355258599885057, -0.25115265047136504], [-0.17510962529962262, -0.9207782880183697, -1.8478823424390498, 0.4032450921910761], [0.011754346620800831, -0.18839259960277244, 0.07635877448095248, -0.9865996548397047]]> : tensor<5x4xf64>},
    %expected_s: tensor<4xf64> {nn.value = dense<[-0.478386837791439, 2.035647849722597, 0.04145564959098813, -6.175296319347488]> : tensor<4xf64>},
    %expected_b: tensor<4xf64> {nn.value = dense<[2.0649999999999995, -0.8560000000000001, -3.8609999999999998, 1.904]> : tensor<4xf64>},
    %expected_m: tensor<4xf64> {nn.value = dense<[0.6223775838962491, 0.6476468484336273, 4.211731832442251, -1.9051579541732233]> : tensor<4xf64>},
    %expected_v: tensor<4xf64> {nn.value = dense<[-0.06172688136545425, -0.6211533051313252, -0.016928403275225216, 3.24046638026947]> : tensor<4xf64>}) -> tensor<i1> {
  %result, %d_x, %d_s, %d_b, %d_m, %d_v = nn.vjp @f_2(%x, %s, %b, %m, %v) cotangents(%cotangent) wrt(0, 1, 2, 3, 4) : (tensor<5x4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>), (tensor<5x4xf64>) -> (tensor<5x4xf64>, tensor<5x4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>)
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
  %flat_m = nn.reshape %d_m : tensor<4xf64> -> tensor<?xf64>
  %want_m = nn.reshape %expected_m : tensor<4xf64> -> tensor<?xf64>
  %close_m = call @close(%flat_m, %want_m) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_3 = nn.and %ok_2, %close_m : tensor<i1>
  %flat_v = nn.reshape %d_v : tensor<4xf64> -> tensor<?xf64>
  %want_v = nn.reshape %expected_v : tensor<4xf64> -> tensor<?xf64>
  %close_v = call @close(%flat_v, %want_v) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_4 = nn.and %ok_3, %close_v : tensor<i1>
  return %ok_4 : tensor<i1>
}

func.func private @f_3(%x: tensor<5x4xf64>, %s: tensor<4xf64>, %b: tensor<4xf64>, %m: tensor<4xf64>, %v: tensor<4xf64>) -> tensor<28xf64> {
  %y, %newMean, %newVariance = nn.batch_norm %x, %s, %b, %m, %v momentum = 0.25 training : tensor<5x4xf64>, tensor<4xf64>, tensor<4xf64>
  %flat = nn.reshape %y : tensor<5x4xf64> -> tensor<20xf64>
  %result = nn.concat %flat, %newMean, %newVariance dim = 0 : tensor<20xf64>, tensor<4xf64>, tensor<4xf64>
  return %result : tensor<28xf64>
}
func.func @batch_norm_gradient_3(%x: tensor<5x4xf64> {nn.value = dense<[[0.336, 0.228, -0.087, -3.041], [0.064, 0.887, -1.389, 1.581], [0.199, -0.067, 0.708, -0.005], [0.163, -1.791, -1.607, -0.465], [-0.556, 1.056, 0.191, -0.335]]> : tensor<5x4xf64>},
    %s: tensor<4xf64> {nn.value = dense<[-0.352, 0.938, 1.457, 0.954]> : tensor<4xf64>},
    %b: tensor<4xf64> {nn.value = dense<[1.354, -1.059, -1.323, 0.045]> : tensor<4xf64>},
    %m: tensor<4xf64> {nn.value = dense<[0.481, -0.304, -0.475, 0.635]> : tensor<4xf64>},
    %v: tensor<4xf64> {nn.value = dense<[1.3639999999999999, 1.537, 1.784, 0.909]> : tensor<4xf64>},
    %cotangent: tensor<28xf64> {nn.value = dense<[-0.527, 0.167, -0.372, -1.788, 1.536, 0.192, 2.073, -0.777, -1.464, -0.712, 0.078, -1.58, 0.707, -0.827, 0.153, -0.547, -0.265, -1.61, -0.056, 1.383, 0.998, 1.785, 0.175, -0.416, 1.064, 0.485, -0.943, 2.015]> : tensor<28xf64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[0.6087269500830949, 0.7632859888748554, -0.9286326780286079, -1.0182883828947065], [-1.693749622427909, 0.8012850229313728, 2.019734650673268, 0.12121778329519195], [1.6850297077016765, -0.05605832025816107, 0.3960170962465917, -0.5624804308141919], [-0.7673106491020493, -0.2013228235451023, -1.2331010390874435, 0.05159749534499047], [0.4168036137451866, -0.8609398680029648, -0.21026802980380807, 1.303953535068715]]> : tensor<5x4xf64>},
    %expected_s: tensor<4xf64> {nn.value = dense<[-0.3439199872805351, 0.20869931592059554, -2.4605027228906793, 1.6876523326061954]> : tensor<4xf64>},
    %expected_b: tensor<4xf64> {nn.value = dense<[-0.013000000000000123, -2.79, 1.8760000000000001, -3.3089999999999993]> : tensor<4xf64>},
    %expected_m: tensor<4xf64> {nn.value = dense<[0.7484999999999999, 1.3387499999999999, 0.13124999999999998, -0.312]> : tensor<4xf64>},
    %expected_v: tensor<4xf64> {nn.value = dense<[0.798, 0.36375, -0.7072499999999999, 1.51125]> : tensor<4xf64>}) -> tensor<i1> {
  %result, %d_x, %d_s, %d_b, %d_m, %d_v = nn.vjp @f_3(%x, %s, %b, %m, %v) cotangents(%cotangent) wrt(0, 1, 2, 3, 4) : (tensor<5x4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>), (tensor<28xf64>) -> (tensor<28xf64>, tensor<5x4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>)
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
  %flat_m = nn.reshape %d_m : tensor<4xf64> -> tensor<?xf64>
  %want_m = nn.reshape %expected_m : tensor<4xf64> -> tensor<?xf64>
  %close_m = call @close(%flat_m, %want_m) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_3 = nn.and %ok_2, %close_m : tensor<i1>
  %flat_v = nn.reshape %d_v : tensor<4xf64> -> tensor<?xf64>
  %want_v = nn.reshape %expected_v : tensor<4xf64> -> tensor<?xf64>
  %close_v = call @close(%flat_v, %want_v) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_4 = nn.and %ok_3, %close_v : tensor<i1>
  return %ok_4 : tensor<i1>
}
