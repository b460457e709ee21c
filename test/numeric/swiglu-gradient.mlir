// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of swiglu, PyTorch 1.13. Both sides compute in double precision.
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

func.func private @f_0(%a: tensor<11xf64>, %b: tensor<11xf64>) -> tensor<11xf64> {
  %result = nn.swiglu %a, %b : tensor<11xf64>
  return %result : tensor<11xf64>
}
func.func @swiglu_gradient_0(%a: tensor<11xf64> {nn.value = dense<[0.0, -0.0, 1.0, -1.0, 0.5, -3.25, 40.0, -40.0, 800.0, -800.0, 1.0e-300]> : tensor<11xf64>},
    %b: tensor<11xf64> {nn.value = dense<[1.0e-300, -800.0, 800.0, -40.0, 40.0, -3.25, 0.5, -1.0, 1.0, -0.0, 0.0]> : tensor<11xf64>},
    %cotangent: tensor<11xf64> {nn.value = dense<[-1.068, 2.113, -1.494, 0.224, -1.317, 0.247, 1.34, -0.773, 0.266, 0.194, 0.609]> : tensor<11xf64>},
    %expected_a: tensor<11xf64> {nn.value = dense<[-5.34e-301, -845.2, -1108.751795788801, -0.6480722136314788, -38.981155347103694, 0.06378433379835458, 0.67, -1.2807513573427552e-16, 0.266, 0.0, 0.0]> : tensor<11xf64>},
    %expected_b: tensor<11xf64> {nn.value = dense<[-0.0, -0.0, -1.0922015164732273, -0.060242878386878904, -0.40988946959642125, -0.029964158815499926, 53.6, 1.3135911357361594e-16, 212.8, -0.0, 3.045e-301]> : tensor<11xf64>}) -> tensor<i1> {
  %result, %d_a, %d_b = nn.vjp @f_0(%a, %b) cotangents(%cotangent) wrt(0, 1) : (tensor<11xf64>, tensor<11xf64>), (tensor<11xf64>) -> (tensor<11xf64>, tensor<11xf64>, tensor<11xf64>)
  %flat_a = nn.reshape %d_a : tensor<11xf64> -> tensor<?xf64>
  %want_a = nn.reshape %expected_a : tensor<11xf64> -> tensor<?xf64>
  %close_a = call @close(%flat_a, %want_a) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_a, %close_a : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<11xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<11xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_b : tensor<i1>
  return %ok_1 : tensor<i1>
}

func.func private @f_1(%a: tensor<3x4xf64>, %b: tensor<3x4xf64>) -> tensor<3x4xf64> {
  %result = nn.swiglu %a, %b : tensor<3x4xf64>
  return %result : tensor<3x4xf64>
}
func.func @swiglu_gradient_1(%a: tensor<3x4xf64> {nn.value = dense<[[-1.916, -0.7, -1.847, 4.162], [2.06, -0.367, -2.995, 4.21], [-1.627, 3.848, 2.733, -4.028]]> : tensor<3x4xf64>},
    %b: tensor<3x4xf64> {nn.value = dense<[[1.65, -1.776, -1.827, 0.977], [1.58, -1.294, 0.976, -2.173], [-0.106, -0.194, 0.503, -0.566]]> : tensor<3x4xf64>},
    %cotangent: tensor<3x4xf64> {nn.value = dense<[[-1.133, -1.16, 1.502, -0.448], [-1.029, -1.941, 0.896, 0.849], [0.811, -0.498, -0.984, 0.104]]> : tensor<3x4xf64>},
    %expected_a: tensor<3x4xf64> {nn.value = dense<[[0.16074886338856592, 0.36385148415955876, 0.22257149961709138, -0.4584944495179233], [-1.777839208255601, 0.8050793018872446, -0.07718775055631251, -1.9298495768972783], [0.0050797892618398375, 0.10219434317433305, -0.5422788231836819, 0.0030462964518755647]]> : tensor<3x4xf64>},
    %expected_b: tensor<3x4xf64> {nn.value = dense<[[0.27853521256381925, 0.26943152899944905, -0.3779160099606821, -1.835978118178268], [-1.8801122321630113, 0.2915394968732562, -0.1278758150484247, 3.522001074757019], [-0.21671649075447938, -1.8762969610711815, -2.5250813027684185, -0.007330235899133265]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result, %d_a, %d_b = nn.vjp @f_1(%a, %b) cotangents(%cotangent) wrt(0, 1) : (tensor<3x4xf64>, tensor<3x4xf64>), (tensor<3x4xf64>) -> (tensor<3x4xf64>, tensor<3x4xf64>, tensor<3x4xf64>)
  %flat_a = nn.reshape %d_a : tensor<3x4xf64> -> tensor<?xf64>
  %want_a = nn.reshape %expected_a : tensor<3x4xf64> -> tensor<?xf64>
  %close_a = call @close(%flat_a, %want_a) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_a, %close_a : tensor<i1>
  %flat_b = nn.reshape %d_b : tensor<3x4xf64> -> tensor<?xf64>
  %want_b = nn.reshape %expected_b : tensor<3x4xf64> -> tensor<?xf64>
  %close_b = call @close(%flat_b, %want_b) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_b : tensor<i1>
  return %ok_1 : tensor<i1>
}

func.func private @f_2(%x: tensor<2x6x3xf64>) -> tensor<1x6x3xf64> {
  %result = nn.swiglu %x dim = 0 : tensor<2x6x3xf64>
  return %result : tensor<1x6x3xf64>
}
func.func @swiglu_gradient_2(%x: tensor<2x6x3xf64> {nn.value = dense<[[[1.277, 2.78, 4.425], [-3.494, -0.985, -3.341], [-2.564, 0.093, 2.686], [-2.115, 1.022, 0.922], [2.667, 0.532, 0.483], [2.101, 1.318, -3.029]], [[-1.045, -1.233, 1.762], [0.901, 1.779, -0.249], [-2.928, 1.735, -2.494], [0.677, 2.407, 1.121], [0.695, -1.268, 0.109], [0.275, -2.309, -0.096]]]> : tensor<2x6x3xf64>},
    %cotangent: tensor<1x6x3xf64> {nn.value = dense<[[[-0.872, 1.551, 1.225], [1.129, 0.6, 2.098], [0.393, -2.612, -2.045], [-0.931, -2.047, 1.565], [1.559, 1.302, -0.803], [-0.737, -0.886, -0.51]]]> : tensor<1x6x3xf64>},
    %expected_x: tensor<2x6x3xf64> {nn.value = dense<[[[0.9109490327201412, -2.0930875602157952, 2.2445869697782803], [-0.07170898879739808, 0.08208264085305933, 0.039773428460250115], [0.11358379486608461, -2.47633625687079, 5.593114651532433], [0.06020395992396611, -4.603160556350539, 1.5844575940753658], [1.188626092931733, -1.2447490322403116, -0.06410728297028492], [-0.22193861085173686, 2.0629242728691746, -0.004267209023335491]], [[-0.870723122537252, 4.059909287703406, 5.356485313032103], [-0.1163040602852815, -0.16069337382464668, -0.2396598534996028], [-0.07203861809309324, -0.12710172986793858, -5.142399978757221], [0.2119647796548185, -1.538402289777842, 1.0323434664631181], [3.887804927018413, 0.4363433122704596, -0.23986755293485493], [-1.3796578865350217, -0.921176569022593, 0.0712655061022831]]]> : tensor<2x6x3xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_2(%x) cotangents(%cotangent) wrt(0) : (tensor<2x6x3xf64>), (tensor<1x6x3xf64>) -> (tensor<1x6x3xf64>, tensor<2x6x3xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x6x3xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x6x3xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_3(%x: tensor<2x6x3xf64>) -> tensor<2x3x3xf64> {
  %result = nn.swiglu %x dim = 1 : tensor<2x6x3xf64>
  return %result : tensor<2x3x3xf64>
}
func.func @swiglu_gradient_3(%x: tensor<2x6x3xf64> {nn.value = dense<[[[1.277, 2.78, 4.425], [-3.494, -0.985, -3.341], [-2.564, 0.093, 2.686], [-2.115, 1.022, 0.922], [2.667, 0.532, 0.483], [2.101, 1.318, -3.029]], [[-1.045, -1.233, 1.762], [0.901, 1.779, -0.249], [-2.928, 1.735, -2.494], [0.677, 2.407, 1.121], [0.695, -1.268, 0.109], [0.275, -2.309, -0.096]]]> : tensor<2x6x3xf64>},
    %cotangent: tensor<2x3x3xf64> {nn.value = dense<[[[1.244, 0.017, 0.884], [0.04, -0.55, -1.864], [0.058, 0.045, -0.489]], [[-1.79, 0.082, 2.56], [0.139, 0.273, 1.938], [-1.275, -0.444, -0.959]]]> : tensor<2x3x3xf64>},
    %expected_x: tensor<2x6x3xf64> {nn.value = dense<[[[-2.630219878438891, 0.019015700971609362, 0.8475740093788819], [-0.0075203468687055, -0.02250082510174739, 0.06854586108763884], [-0.012028370523428563, 0.03240894461717512, 1.6243218742432124], [1.2421783995829605, 0.044499328105066356, 3.8654147075268392], [-0.004120604438805368, 0.14730225933925947, 0.21292944085951368], [-0.010631653560812743, 0.0021897311807263535, -1.2296496770720202]], [[-0.07154030496804943, 0.0020147037401770243, 3.081623905068017], [0.08658055012010371, -0.3722648000758544, 0.07959063171851274], [0.031684060955454084, 1.098191581570152, -0.00915581044117672], [0.4866916580440154, -0.022815255098982433, 3.8497189521073336], [0.08906433598211119, 0.41552373840723394, -0.21139576571035268], [0.18959673332779875, -0.6548281782105244, 0.18244208400854672]]]> : tensor<2x6x3xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_3(%x) cotangents(%cotangent) wrt(0) : (tensor<2x6x3xf64>), (tensor<2x3x3xf64>) -> (tensor<2x3x3xf64>, tensor<2x6x3xf64>)
  %flat_x = nn.reshape %d_x : tensor<2x6x3xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<2x6x3xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}
