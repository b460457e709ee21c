// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of kl, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-3: = dense<true> : tensor<i1>
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

func.func private @f_0(%y: tensor<3x4xf64>, %t: tensor<3x4xf64>) -> tensor<f64> {
  %result = nn.kl %y, %t reduction = mean : tensor<3x4xf64>, tensor<3x4xf64>
  return %result : tensor<f64>
}
func.func @kl_gradient_0(%y: tensor<3x4xf64> {nn.value = dense<[[-1.8361714601481318, -2.2481714601481317, -2.779171460148132, -0.39617146014813176], [-1.8362269764886583, -0.2632269764886583, -3.0492269764886584, -3.704226976488658], [-1.5906561457140218, -0.8226561457140218, -1.4816561457140218, -2.042656145714022]]> : tensor<3x4xf64>},
    %t: tensor<3x4xf64> {nn.value = dense<[[0.04601844524507872, 0.16834952089312122, 0.18736194852713753, 0.5982700853346625], [0.09894100065934346, 0.36816224330183156, 0.28758651006486, 0.24531024597396514], [0.1673795491457087, 0.2552552393048498, 0.3228745904617171, 0.25449062108772447]]> : tensor<3x4xf64>},
    %cotangent: tensor<f64> {nn.value = dense<0.796> : tensor<f64>},
    %expected_y: tensor<3x4xf64> {nn.value = dense<[[-0.0030525568679235556, -0.011167184885910375, -0.012428342585633457, -0.039685248993865954], [-0.0065630863770697835, -0.024421428805688164, -0.019076571834302385, -0.016272246316273022], [-0.011102843426665347, -0.01693193087388837, -0.02141734783396057, -0.01688121119881906]]> : tensor<3x4xf64>},
    %expected_t: tensor<3x4xf64> {nn.value = dense<[[-0.016088587435535567, 0.0972750792311311, 0.13959574589779777, 0.058536412564464416], [0.03469202933129187, 0.017511695997958522, 0.18593202933129188, 0.21883336266462522], [0.0532766016991436, 0.030325268365810287, 0.0896272683658103, 0.11105293503247697]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result, %d_y, %d_t = nn.vjp @f_0(%y, %t) cotangents(%cotangent) wrt(0, 1) : (tensor<3x4xf64>, tensor<3x4xf64>), (tensor<f64>) -> (tensor<f64>, tensor<3x4xf64>, tensor<3x4xf64>)
  %flat_y = nn.reshape %d_y : tensor<3x4xf64> -> tensor<?xf64>
  %want_y = nn.reshape %expected_y : tensor<3x4xf64> -> tensor<?xf64>
  %close_y = call @close(%flat_y, %want_y) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_y, %close_y : tensor<i1>
  %flat_t = nn.reshape %d_t : tensor<3x4xf64> -> tensor<?xf64>
  %want_t = nn.reshape %expected_t : tensor<3x4xf64> -> tensor<?xf64>
  %close_t = call @close(%flat_t, %want_t) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_t : tensor<i1>
  return %ok_1 : tensor<i1>
}

func.func private @f_1(%y: tensor<3x4xf64>, %t: tensor<3x4xf64>) -> tensor<f64> {
  %result = nn.kl %y, %t reduction = sum : tensor<3x4xf64>, tensor<3x4xf64>
  return %result : tensor<f64>
}
func.func @kl_gradient_1(%y: tensor<3x4xf64> {nn.value = dense<[[-1.8361714601481318, -2.2481714601481317, -2.779171460148132, -0.39617146014813176], [-1.8362269764886583, -0.2632269764886583, -3.0492269764886584, -3.704226976488658], [-1.5906561457140218, -0.8226561457140218, -1.4816561457140218, -2.042656145714022]]> : tensor<3x4xf64>},
    %t: tensor<3x4xf64> {nn.value = dense<[[0.04601844524507872, 0.16834952089312122, 0.18736194852713753, 0.5982700853346625], [0.09894100065934346, 0.36816224330183156, 0.28758651006486, 0.24531024597396514], [0.1673795491457087, 0.2552552393048498, 0.3228745904617171, 0.25449062108772447]]> : tensor<3x4xf64>},
    %cotangent: tensor<f64> {nn.value = dense<-0.608> : tensor<f64>},
    %expected_y: tensor<3x4xf64> {nn.value = dense<[[0.02797921470900786, 0.1023565087030177, 0.11391606470449961, 0.3637482118834748], [0.06015612840088082, 0.22384264392751357, 0.17485259811943488, 0.1491486295521708], [0.1017667658805909, 0.15519518549734868, 0.196307751000724, 0.15473029762133647]]> : tensor<3x4xf64>},
    %expected_t: tensor<3x4xf64> {nn.value = dense<[[0.14746524363023572, -0.8916067563697644, -1.2795107563697643, -0.5365347563697642], [-0.3179812135692278, -0.16050921356922782, -1.7042212135692276, -2.0057892135692277], [-0.4883242286393866, -0.27795622863938674, -0.8215082286393867, -1.0178922286393868]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result, %d_y, %d_t = nn.vjp @f_1(%y, %t) cotangents(%cotangent) wrt(0, 1) : (tensor<3x4xf64>, tensor<3x4xf64>), (tensor<f64>) -> (tensor<f64>, tensor<3x4xf64>, tensor<3x4xf64>)
  %flat_y = nn.reshape %d_y : tensor<3x4xf64> -> tensor<?xf64>
  %want_y = nn.reshape %expected_y : tensor<3x4xf64> -> tensor<?xf64>
  %close_y = call @close(%flat_y, %want_y) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_y, %close_y : tensor<i1>
  %flat_t = nn.reshape %d_t : tensor<3x4xf64> -> tensor<?xf64>
  %want_t = nn.reshape %expected_t : tensor<3x4xf64> -> tensor<?xf64>
  %close_t = call @close(%flat_t, %want_t) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_t : tensor<i1>
  return %ok_1 : tensor<i1>
}

func.func private @f_2(%y: tensor<3x4xf64>, %t: tensor<3x4xf64>) -> tensor<3x4xf64> {
  %result = nn.kl %y, %t reduction = none : tensor<3x4xf64>, tensor<3x4xf64>
  return %result : tensor<3x4xf64>
}
func.func @kl_gradient_2(%y: tensor<3x4xf64> {nn.value = dense<[[-1.8361714601481318, -2.2481714601481317, -2.779171460148132, -0.39617146014813176], [-1.8362269764886583, -0.2632269764886583, -3.0492269764886584, -3.704226976488658], [-1.5906561457140218, -0.8226561457140218, -1.4816561457140218, -2.042656145714022]]> : tensor<3x4xf64>},
    %t: tensor<3x4xf64> {nn.value = dense<[[0.04601844524507872, 0.16834952089312122, 0.18736194852713753, 0.5982700853346625], [0.09894100065934346, 0.36816224330183156, 0.28758651006486, 0.24531024597396514], [0.1673795491457087, 0.2552552393048498, 0.3228745904617171, 0.25449062108772447]]> : tensor<3x4xf64>},
    %cotangent: tensor<3x4xf64> {nn.value = dense<[[2.088, -0.418, 0.428, 0.701], [-1.316, 0.16, 0.916, 0.028], [-1.126, 1.224, 1.839, -0.739]]> : tensor<3x4xf64>},
    %expected_y: tensor<3x4xf64> {nn.value = dense<[[-0.09608651367172437, 0.07037009973332467, -0.08019091396961486, -0.4193873298195984], [0.130206356867696, -0.05890595892829305, -0.2634292432194118, -0.006868686887271024], [0.188469372338068, -0.31243241290913615, -0.5937663718590978, 0.18806856898382837]]> : tensor<3x4xf64>},
    %expected_t: tensor<3x4xf64> {nn.value = dense<[[-0.5064266919406779, -0.6129796450042129, 0.9007082298129261, 0.6186033950907973], [-0.6882619688439207, 0.04223926672874418, 2.5675438020220605, 0.09237187167753023], [-0.9043636208025481, 0.5595697760766603, 2.4847921586641974, -1.237207823954781]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result, %d_y, %d_t = nn.vjp @f_2(%y, %t) cotangents(%cotangent) wrt(0, 1) : (tensor<3x4xf64>, tensor<3x4xf64>), (tensor<3x4xf64>) -> (tensor<3x4xf64>, tensor<3x4xf64>, tensor<3x4xf64>)
  %flat_y = nn.reshape %d_y : tensor<3x4xf64> -> tensor<?xf64>
  %want_y = nn.reshape %expected_y : tensor<3x4xf64> -> tensor<?xf64>
  %close_y = call @close(%flat_y, %want_y) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_y, %close_y : tensor<i1>
  %flat_t = nn.reshape %d_t : tensor<3x4xf64> -> tensor<?xf64>
  %want_t = nn.reshape %expected_t : tensor<3x4xf64> -> tensor<?xf64>
  %close_t = call @close(%flat_t, %want_t) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_1 = nn.and %ok_0, %close_t : tensor<i1>
  return %ok_1 : tensor<i1>
}
