// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from geglu, PyTorch 1.13. Both sides compute in double precision.
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

func.func @geglu_0(%a: tensor<11xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, 1.0e-300]> : tensor<11xf64>},
    %b: tensor<11xf64> {nn.value = dense<[1.0e-300, -800.0, 800.0, -40.0, 40.0, -3.25, 0.5, -1.0, 1.0, -0.0, 0.0]> : tensor<11xf64>},
    %expected: tensor<11xf64> {nn.value = dense<[0.0, 0.0, 673.0757968548344, 6.34621015725828, 13.829249225480263, 0.00609482701025247, 20.0, 0.0, 800.0, 0.0, 0.0]> : tensor<11xf64>}) -> tensor<i1> {
  %result = nn.geglu %a, %b : tensor<11xf64>
  %flatResult = nn.reshape %result : tensor<11xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<11xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @geglu_1(%a: tensor<3x4xf64> {nn.value = dense<[[-1.916, -0.7, -1.847, 4.162], [2.06, -0.367, -2.995, 4.21], [-1.627, 3.848, 2.733, -4.028]]> : tensor<3x4xf64>},
    %b: tensor<3x4xf64> {nn.value = dense<[[1.65, -1.776, -1.827, 0.977], [1.58, -1.294, 0.976, -2.173], [-0.106, -0.194, 0.503, -0.566]]> : tensor<3x4xf64>},
    %expected: tensor<3x4xf64> {nn.value = dense<[[-0.08751560675716127, 0.3008092124437243, 0.10924360887189914, 4.066209860149053], [3.1906828146715602, 0.1694481222061075, -0.004011176029015567, -9.148213189233568], [0.008945353679570193, -0.7464675504160481, 1.370385171696358, 6.412453654738475e-05]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result = nn.geglu %a, %b : tensor<3x4xf64>
  %flatResult = nn.reshape %result : tensor<3x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @geglu_2(%x: tensor<2x6x3xf64> {nn.value = dense<[[[1.277, 2.78, 4.425], [-3.494, -0.985, -3.341], [-2.564, 0.093, 2.686], [-2.115, 1.022, 0.922], [2.667, 0.532, 0.483], [2.101, 1.318, -3.029]], [[-1.045, -1.233, 1.762], [0.901, 1.779, -0.249], [-2.928, 1.735, -2.494], [0.677, 2.407, 1.121], [0.695, -1.268, 0.109], [0.275, -2.309, -0.096]]]> : tensor<2x6x3xf64>},
    %expected: tensor<1x6x3xf64> {nn.value = dense<[[[-1.1999494285541947, -3.41842359147066, 7.796812402699206], [-0.0007489961274336003, -0.28442181445546433, 0.000347227265734653], [0.03884082303613509, 0.08665541543938113, -6.674663150317527], [-0.024649346106278624, 2.0826205484569287, 0.8493148061399548], [1.8464721785816136, -0.47398205842841906, 0.0360869983875786], [0.5674787703626727, -2.757950636724606, 0.0003567406198834283]]]> : tensor<1x6x3xf64>}) -> tensor<i1> {
  %result = nn.geglu %x dim = 0 : tensor<2x6x3xf64>
  %flatResult = nn.reshape %result : tensor<1x6x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<1x6x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @geglu_3(%x: tensor<2x6x3xf64> {nn.value = dense<[[[1.277, 2.78, 4.425], [-3.494, -0.985, -3.341], [-2.564, 0.093, 2.686], [-2.115, 1.022, 0.922], [2.667, 0.532, 0.483], [2.101, 1.318, -3.029]], [[-1.045, -1.233, 1.762], [0.901, 1.779, -0.249], [-2.928, 1.735, -2.494], [0.677, 2.407, 1.121], [0.695, -1.268, 0.109], [0.275, -2.309, -0.096]]]> : tensor<2x6x3xf64>},
    %expected: tensor<2x3x3xf64> {nn.value = dense<[[[-2.4286057812364805, 2.833437883603418, 4.079830326497541], [-0.00221706178897382, -0.08505475283322486, -0.0006735372263045678], [-0.02787041297777317, 0.0658281484432878, -8.106477418729666]], [[-0.10471294506669984, -0.3228640488789267, 1.8981006837383372], [0.5111040160767197, -2.1709101258401717, -0.010902007484177736], [-0.0013734700819457016, -3.840380409567486, 0.0015121127321926886]]]> : tensor<2x3x3xf64>}) -> tensor<i1> {
  %result = nn.geglu %x dim = 1 : tensor<2x6x3xf64>
  %flatResult = nn.reshape %result : tensor<2x3x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x3x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @geglu_4(%a: tensor<11xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, 1.0e-300]> : tensor<11xf64>},
    %b: tensor<11xf64> {nn.value = dense<[1.0e-300, -800.0, 800.0, -40.0, 40.0, -3.25, 0.5, -1.0, 1.0, -0.0, 0.0]> : tensor<11xf64>},
    %expected: tensor<11xf64> {nn.value = dense<[0.0, 0.0, 672.9535924866215, 6.352320375668931, 13.828560393005757, 0.005098038220429358, 20.0, 0.0, 800.0, 0.0, 0.0]> : tensor<11xf64>}) -> tensor<i1> {
  %result = nn.geglu %a, %b approximate = tanh : tensor<11xf64>
  %flatResult = nn.reshape %result : tensor<11xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<11xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @geglu_5(%a: tensor<3x4xf64> {nn.value = dense<[[-1.916, -0.7, -1.847, 4.162], [2.06, -0.367, -2.995, 4.21], [-1.627, 3.848, 2.733, -4.028]]> : tensor<3x4xf64>},
    %b: tensor<3x4xf64> {nn.value = dense<[[1.65, -1.776, -1.827, 0.977], [1.58, -1.294, 0.976, -2.173], [-0.106, -0.194, 0.503, -0.566]]> : tensor<3x4xf64>},
    %expected: tensor<3x4xf64> {nn.value = dense<[[-0.08747265165440332, 0.3009074407637126, 0.10929865099864756, 4.066243052238361], [3.190919801660457, 0.16945515031837338, -0.003607014389772333, -9.148276133894392], [0.008963586064531116, -0.7464844232079356, 1.3706227511827058, 3.476336404738815e-05]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result = nn.geglu %a, %b approximate = tanh : tensor<3x4xf64>
  %flatResult = nn.reshape %result : tensor<3x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @geglu_6(%x: tensor<2x6x3xf64> {nn.value = dense<[[[1.277, 2.78, 4.425], [-3.494, -0.985, -3.341], [-2.564, 0.093, 2.686], [-2.115, 1.022, 0.922], [2.667, 0.532, 0.483], [2.101, 1.318, -3.029]], [[-1.045, -1.233, 1.762], [0.901, 1.779, -0.249], [-2.928, 1.735, -2.494], [0.677, 2.407, 1.121], [0.695, -1.268, 0.109], [0.275, -2.309, -0.096]]]> : tensor<2x6x3xf64>},
    %expected: tensor<1x6x3xf64> {nn.value = dense<[[[-1.1997115183822742, -3.4190008696419874, 7.796836189011068], [-0.0005684304068741476, -0.2846841583159725, 0.0002810767352325222], [0.03749952801384576, 0.08665537298224253, -6.675843065418471], [-0.024515990491040522, 2.08223438015301, 0.849174537299174], [1.8468005057199064, -0.47395473993420884, 0.03608534388694257], [0.5675296832226251, -2.757415111694834, 0.00031819480305818885]]]> : tensor<1x6x3xf64>}) -> tensor<i1> {
  %result = nn.geglu %x dim = 0 approximate = tanh : tensor<2x6x3xf64>
  %flatResult = nn.reshape %result : tensor<1x6x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<1x6x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @geglu_7(%x: tensor<2x6x3xf64> {nn.value = dense<[[[1.277, 2.78, 4.425], [-3.494, -0.985, -3.341], [-2.564, 0.093, 2.686], [-2.115, 1.022, 0.922], [2.667, 0.532, 0.483], [2.101, 1.318, -3.029]], [[-1.045, -1.233, 1.762], [0.901, 1.779, -0.249], [-2.928, 1.735, -2.494], [0.677, 2.407, 1.121], [0.695, -1.268, 0.109], [0.275, -2.309, -0.096]]]> : tensor<2x6x3xf64>},
    %expected: tensor<2x3x3xf64> {nn.value = dense<[[[-2.4281242692617324, 2.833916373701631, 4.07984277313746], [-0.0016825792398816335, -0.0851332052974128, -0.0005452211370173022], [-0.026907960504470613, 0.06582811619054504, -8.107910443124517]], [[-0.1048269000995171, -0.3233948579337144, 1.8979964932979598], [0.5110221812347195, -2.17080732824131, -0.010902139545251455], [-0.0012535154244385442, -3.840124117612628, 0.0014700817434776014]]]> : tensor<2x3x3xf64>}) -> tensor<i1> {
  %result = nn.geglu %x dim = 1 approximate = tanh : tensor<2x6x3xf64>
  %flatResult = nn.reshape %result : tensor<2x3x3xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<2x3x3xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
