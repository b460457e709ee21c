// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s
// Made by make_goldens.py from the derivatives of bce, PyTorch 1.13. Both sides compute in double precision.
// CHECK-COUNT-2: = dense<true> : tensor<i1>
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

func.func private @f_0(%x: tensor<3x4xf64>, %t: tensor<3x4xf64>) -> tensor<f64> {
  %result = nn.bce %x, %t reduction = mean : tensor<3x4xf64>, tensor<3x4xf64>
  return %result : tensor<f64>
}
func.func @bce_gradient_0(%x: tensor<3x4xf64> {nn.value = dense<[[-0.364, 0.722, -0.687, 1.593], [-1.634, 1.744, 2.444, 1.846], [-0.552, 0.241, -0.989, 2.7]]> : tensor<3x4xf64>},
    %t: tensor<3x4xf64> {nn.value = dense<[[-0.364, 0.222, -0.187, -0.407], [-1.634, 1.244, 2.944, -0.154], [-0.552, -0.259, -0.489, 0.7]]> : tensor<3x4xf64>},
    %cotangent: tensor<f64> {nn.value = dense<-0.626> : tensor<f64>},
    %expected_x: tensor<3x4xf64> {nn.value = dense<[[-0.04037656309222675, -0.02352963303216613, -0.027215390175213076, -0.06458430332944427], [-0.09375827036027279, 0.020491357369588455, 0.10557899123514713, -0.05308776164599172], [-0.04785772703829024, -0.042722416923033246, -0.03965238630438387, -0.012364889925693352]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_0(%x, %t) cotangents(%cotangent) wrt(0) : (tensor<3x4xf64>, tensor<3x4xf64>), (tensor<f64>) -> (tensor<f64>, tensor<3x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<3x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<3x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}

func.func private @f_1(%x: tensor<3x4xf64>, %t: tensor<3x4xf64>) -> tensor<3x4xf64> {
  %result = nn.bce %x, %t reduction = none : tensor<3x4xf64>, tensor<3x4xf64>
  return %result : tensor<3x4xf64>
}
func.func @bce_gradient_1(%x: tensor<3x4xf64> {nn.value = dense<[[-0.364, 0.722, -0.687, 1.593], [-1.634, 1.744, 2.444, 1.846], [-0.552, 0.241, -0.989, 2.7]]> : tensor<3x4xf64>},
    %t: tensor<3x4xf64> {nn.value = dense<[[-0.364, 0.222, -0.187, -0.407], [-1.634, 1.244, 2.944, -0.154], [-0.552, -0.259, -0.489, 0.7]]> : tensor<3x4xf64>},
    %cotangent: tensor<3x4xf64> {nn.value = dense<[[-0.206, 0.626, -2.332, -0.6], [0.485, 0.031, 0.275, 0.806], [0.641, -0.205, -0.246, -0.415]]> : tensor<3x4xf64>},
    %expected_x: tensor<3x4xf64> {nn.value = dense<[[-0.15944227470285066, 0.28235559638599356, -1.2166061959475443, -0.7428226581022345], [0.8716823218798524, -0.012176972749979082, -0.5565665672140344, 0.8202313588498914], [0.5880537322340711, -0.16788681410648845, -0.18698697183792523, -0.09836605723634646]]> : tensor<3x4xf64>}) -> tensor<i1> {
  %result, %d_x = nn.vjp @f_1(%x, %t) cotangents(%cotangent) wrt(0) : (tensor<3x4xf64>, tensor<3x4xf64>), (tensor<3x4xf64>) -> (tensor<3x4xf64>, tensor<3x4xf64>)
  %flat_x = nn.reshape %d_x : tensor<3x4xf64> -> tensor<?xf64>
  %want_x = nn.reshape %expected_x : tensor<3x4xf64> -> tensor<?xf64>
  %close_x = call @close(%flat_x, %want_x) : (tensor<?xf64>, tensor<?xf64>) -> tensor<i1>
  %ok_0 = nn.and %close_x, %close_x : tensor<i1>
  return %ok_0 : tensor<i1>
}
