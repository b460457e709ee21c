// RUN: mlc-opt %s --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from kl_div, PyTorch 1.13. Both sides compute in double precision.
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

func.func @kl_0(%y: tensor<?x4xf64> {nn.value = dense<[[-1.8361714601481318, -2.2481714601481317, -2.779171460148132, -0.39617146014813176], [-1.8362269764886583, -0.2632269764886583, -3.0492269764886584, -3.704226976488658], [-1.5906561457140218, -0.8226561457140218, -1.4816561457140218, -2.042656145714022]]> : tensor<3x4xf64>},
    %t: tensor<?x4xf64> {nn.value = dense<[[0.04601844524507872, 0.16834952089312122, 0.18736194852713753, 0.5982700853346625], [0.09894100065934346, 0.36816224330183156, 0.28758651006486, 0.24531024597396514], [0.1673795491457087, 0.2552552393048498, 0.3228745904617171, 0.25449062108772447]]> : tensor<3x4xf64>},
    %expected: tensor<f64> {nn.value = dense<0.08631026471335194> : tensor<f64>}) -> tensor<i1> {
  %result = nn.kl %y, %t reduction = mean : tensor<?x4xf64>, tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @kl_1(%y: tensor<?x4xf64> {nn.value = dense<[[-1.8361714601481318, -2.2481714601481317, -2.779171460148132, -0.39617146014813176], [-1.8362269764886583, -0.2632269764886583, -3.0492269764886584, -3.704226976488658], [-1.5906561457140218, -0.8226561457140218, -1.4816561457140218, -2.042656145714022]]> : tensor<3x4xf64>},
    %t: tensor<?x4xf64> {nn.value = dense<[[0.04601844524507872, 0.16834952089312122, 0.18736194852713753, 0.5982700853346625], [0.09894100065934346, 0.36816224330183156, 0.28758651006486, 0.24531024597396514], [0.1673795491457087, 0.2552552393048498, 0.3228745904617171, 0.25449062108772447]]> : tensor<3x4xf64>},
    %expected: tensor<f64> {nn.value = dense<1.0357231765602233> : tensor<f64>}) -> tensor<i1> {
  %result = nn.kl %y, %t reduction = sum : tensor<?x4xf64>, tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<f64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<f64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}

func.func @kl_2(%y: tensor<?x4xf64> {nn.value = dense<[[-1.8361714601481318, -2.2481714601481317, -2.779171460148132, -0.39617146014813176], [-1.8362269764886583, -0.2632269764886583, -3.0492269764886584, -3.704226976488658], [-1.5906561457140218, -0.8226561457140218, -1.4816561457140218, -2.042656145714022]]> : tensor<3x4xf64>},
    %t: tensor<?x4xf64> {nn.value = dense<[[0.04601844524507872, 0.16834952089312122, 0.18736194852713753, 0.5982700853346625], [0.09894100065934346, 0.36816224330183156, 0.28758651006486, 0.24531024597396514], [0.1673795491457087, 0.2552552393048498, 0.3228745904617171, 0.25449062108772447]]> : tensor<3x4xf64>},
    %expected: tensor<3x4xf64> {nn.value = dense<[[-0.05717982886275996, 0.07852806177122035, 0.20693349304337327, -0.07032157467947953], [-0.04719531075570563, -0.2709690983375886, 0.518517159653684, 0.5639671312506951], [-0.032946178707244145, -0.13856151618376394, 0.11338220704300761, 0.17156863132478473]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result = nn.kl %y, %t reduction = none : tensor<?x4xf64>, tensor<?x4xf64>
  %flatResult = nn.reshape %result : tensor<?x4xf64> -> tensor<?xf64>
  %flatExpected = nn.reshape %expected : tensor<3x4xf64> -> tensor<?xf64>
  %ok = call @close(%flatResult, %flatExpected) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  return %ok : tensor<i1>
}
