// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of cross_entropy, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-9: = dense<true> : tensor<i1>
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

func.func private @f_0(%x: tensor<5x4xf64>, %l: tensor<5xi64>, %w: tensor<4xf64>) -> tensor<f64> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.0 reduction = mean weights = %w : tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>
  return %result : tensor<f64>
}
func.func @cross_entropy_gradient_0(%x: tensor<5x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %cotangent: tensor<f64> {nn.value = dense<0.296> : tensor<f64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[-0.03632480048710796, 0.03277994672479808, 0.002577492296303288, 0.0009673614660066042], [0.0, 0.0, 0.0, 0.0], [0.15227645462590486, -0.15776743542227917, 0.005488734117818197, 2.246678556119941e-06], [0.0, 0.0, -0.0, 0.0], [0.0012005979136898116, 0.00193831626988914, 0.04633138967448511, -0.049470303858064044]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_0(%x, %l, %w) cotangents(%cotangent) wrt(0) : (tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>), (tensor<f64>) -> (tensor<f64>, tensor<5x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_1(%x: tensor<5x4xf64>, %l: tensor<5xi64>, %w: tensor<4xf64>) -> tensor<f64> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.1 reduction = mean weights = %w : tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>
  return %result : tensor<f64>
}
func.func @cross_entropy_gradient_1(%x: tensor<5x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %cotangent: tensor<f64> {nn.value = dense<-1.541> : tensor<f64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[0.17226863570826734, -0.16504071160839687, -0.01459276434495325, 0.00736484024508274], [0.0, 0.0, 0.0, 0.0], [-0.7455113382245008, 0.7597375054512621, -0.027056758873458892, 0.012830591646697715], [0.00404911325103336, 0.0022278163690169594, -0.0018147189379438973, -0.004462210682106419], [-0.0009574831656681314, 0.010707910796390701, -0.23517484696341903, 0.22542441933269633]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_1(%x, %l, %w) cotangents(%cotangent) wrt(0) : (tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>), (tensor<f64>) -> (tensor<f64>, tensor<5x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_2(%x: tensor<5x4xf64>, %l: tensor<5xi64>, %w: tensor<4xf64>) -> tensor<f64> {
  %result = nn.cross_entropy %x, %l label_smoothing = 1.0 reduction = mean weights = %w : tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>
  return %result : tensor<f64>
}
func.func @cross_entropy_gradient_2(%x: tensor<5x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %cotangent: tensor<f64> {nn.value = dense<0.211> : tensor<f64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[-0.002834006281684986, 0.015679391068687747, 0.003445001316638474, -0.016290386103641228], [0.0, 0.0, 0.0, 0.0], [0.043848737917826806, -0.028100175933788742, 0.0018340206379745137, -0.017582582622012587], [-0.005544210875847105, -0.0030504169621192643, 0.0024847871246344083, 0.006109840713331956], [-0.006391459617652885, -0.027097054449178076, 0.02477007572968672, 0.008718438337144247]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_2(%x, %l, %w) cotangents(%cotangent) wrt(0) : (tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>), (tensor<f64>) -> (tensor<f64>, tensor<5x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_3(%x: tensor<5x4xf64>, %l: tensor<5xi64>, %w: tensor<4xf64>) -> tensor<f64> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.0 reduction = sum weights = %w : tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>
  return %result : tensor<f64>
}
func.func @cross_entropy_gradient_3(%x: tensor<5x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %cotangent: tensor<f64> {nn.value = dense<0.26> : tensor<f64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[-0.11965094755044009, 0.10797448667796665, 0.008490050638161169, 0.0031864102343122946], [0.0, 0.0, 0.0, 0.0], [0.5015862947981664, -0.5196731403267643, 0.018079445151597102, 7.400377000732914e-06], [0.0, 0.0, -0.0, 0.0], [0.003954672181917454, 0.006384656632236189, 0.15261184098859118, -0.16295116980274477]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_3(%x, %l, %w) cotangents(%cotangent) wrt(0) : (tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>), (tensor<f64>) -> (tensor<f64>, tensor<5x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_4(%x: tensor<5x4xf64>, %l: tensor<5xi64>, %w: tensor<4xf64>) -> tensor<f64> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.1 reduction = sum weights = %w : tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>
  return %result : tensor<f64>
}
func.func @cross_entropy_gradient_4(%x: tensor<5x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %cotangent: tensor<f64> {nn.value = dense<1.814> : tensor<f64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[-0.7604525596401613, 0.7285460355068913, 0.06441744286602498, -0.03251091873275492], [0.0, 0.0, 0.0, 0.0], [3.2909415173732426, -3.3537406754264825, 0.1194377691347853, -0.056638611081545234], [-0.017874168001398072, -0.009834341888538527, 0.008010788822429176, 0.019697721067507407], [0.004226657517493482, -0.047268373259213334, 1.0381420483248913, -0.9951003325831712]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_4(%x, %l, %w) cotangents(%cotangent) wrt(0) : (tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>), (tensor<f64>) -> (tensor<f64>, tensor<5x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_5(%x: tensor<5x4xf64>, %l: tensor<5xi64>, %w: tensor<4xf64>) -> tensor<f64> {
  %result = nn.cross_entropy %x, %l label_smoothing = 1.0 reduction = sum weights = %w : tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>
  return %result : tensor<f64>
}
func.func @cross_entropy_gradient_5(%x: tensor<5x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %cotangent: tensor<f64> {nn.value = dense<-0.72> : tensor<f64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[0.03626453535805432, -0.20063675775098064, -0.04408295523660607, 0.2084551776295323], [0.0, 0.0, 0.0, 0.0], [-0.5610975942091582, 0.35957571100108815, -0.02346851053332316, 0.22499039374139326], [0.0709448785061004, 0.03903377155318491, -0.03179585420148295, -0.07818279585780227], [0.0817864500837099, 0.3467395593022787, -0.3169630543609201, -0.11156295502506855]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_5(%x, %l, %w) cotangents(%cotangent) wrt(0) : (tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>), (tensor<f64>) -> (tensor<f64>, tensor<5x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_6(%x: tensor<5x4xf64>, %l: tensor<5xi64>, %w: tensor<4xf64>) -> tensor<5xf64> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.0 reduction = none weights = %w : tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>
  return %result : tensor<5xf64>
}
func.func @cross_entropy_gradient_6(%x: tensor<5x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %cotangent: tensor<5xf64> {nn.value = dense<[0.063, -0.245, 0.353, 0.994, 0.581]> : tensor<5xf64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[-0.02899234498337587, 0.026163048695045765, 0.002057204577708283, 0.0007720917106218252], [0.0, 0.0, 0.0, 0.0], [0.6809998540913565, -0.705556225135953, 0.024546323609668373, 1.0047434927918147e-05], [0.0, 0.0, -0.0, 0.0], [0.008837171298823235, 0.014267251935881636, 0.34102876774758256, -0.3641331909822873]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_6(%x, %l, %w) cotangents(%cotangent) wrt(0) : (tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>), (tensor<5xf64>) -> (tensor<5xf64>, tensor<5x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_7(%x: tensor<5x4xf64>, %l: tensor<5xi64>, %w: tensor<4xf64>) -> tensor<5xf64> {
  %result = nn.cross_entropy %x, %l label_smoothing = 0.1 reduction = none weights = %w : tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>
  return %result : tensor<5xf64>
}
func.func @cross_entropy_gradient_7(%x: tensor<5x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %cotangent: tensor<5xf64> {nn.value = dense<[-1.917, -2.233, 0.62, 0.292, -0.208]> : tensor<5xf64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[0.8036315087266754, -0.769913313156952, -0.06807510362412893, 0.03435690805440528], [0.0, 0.0, 0.0, 0.0], [1.1247980930382635, -1.146261972858004, 0.0408221702665749, -0.019358290446834642], [-0.002877208961636294, -0.0015830362907680556, 0.001289498531504586, 0.003170746720899758], [-0.00048464430189561474, 0.005419967826855773, -0.11903723597110112, 0.11410191244614093]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_7(%x, %l, %w) cotangents(%cotangent) wrt(0) : (tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>), (tensor<5xf64>) -> (tensor<5xf64>, tensor<5x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_8(%x: tensor<5x4xf64>, %l: tensor<5xi64>, %w: tensor<4xf64>) -> tensor<5xf64> {
  %result = nn.cross_entropy %x, %l label_smoothing = 1.0 reduction = none weights = %w : tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>
  return %result : tensor<5xf64>
}
func.func @cross_entropy_gradient_8(%x: tensor<5x4xf64> {nn.value = dense<[[-1.3, 1.045, -1.498, -2.478], [4.294, 0.391, -3.483, 0.139], [5.846, -1.49, 2.523, -5.278], [-3.334, -0.51, -2.822, -0.567], [-2.014, -1.535, 1.639, 1.699]]> : tensor<5x4xf64>},
    %l: tensor<5xi64> {nn.value = dense<[0, -100, 1, 2, 3]> : tensor<5xi64>},
    %w: tensor<4xf64> {nn.value = dense<[0.5, 2.0, 0.0, 1.25]> : tensor<4xf64>},
    %cotangent: tensor<5xf64> {nn.value = dense<[2.612, 0.361, -0.817, -1.463, -1.724]> : tensor<5xf64>},
    %expected_x: tensor<5x4xf64> {nn.value = dense<[[-0.13155967549338599, 0.7278655711743909, 0.15992316538613202, -0.7562290610671367], [0.0, 0.0, 0.0, 0.0], [-0.6366899089845587, 0.4080185498442903, -0.026630240424618087, 0.2553015995648865], [0.1441560517422568, 0.07931445525320766, -0.06460740930106883, -0.15886309769439544], [0.19583311103377204, 0.8302486114404561, -0.7589504246086476, -0.2671312978655809]]> : tensor<5x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_8(%x, %l, %w) cotangents(%cotangent) wrt(0) : (tensor<5x4xf64>, tensor<5xi64>, tensor<4xf64>), (tensor<5xf64>) -> (tensor<5xf64>, tensor<5x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<5x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<5x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}
