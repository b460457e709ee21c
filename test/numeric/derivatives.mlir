// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s

// f(x) = sum w x^3 / 6 with w = (1, 2). Values by hand.
nn.parameter @w : tensor<2xf64> init(#nn.ones) {nn.value = dense<[1.0, 2.0]> : tensor<2xf64>}
func.func private @f(%x: tensor<2xf64>) -> tensor<f64> {
  %w = nn.param @w : tensor<2xf64>
  %six = nn.constant dense<6.0> : tensor<2xf64>
  %a = nn.mul %x, %x : tensor<2xf64>
  %b = nn.mul %a, %x : tensor<2xf64>
  %c = nn.mul %b, %w : tensor<2xf64>
  %d = nn.div %c, %six : tensor<2xf64>
  %l = nn.reduce sum %d dims = [0] : tensor<2xf64>
  return %l : tensor<f64>
}
func.func private @gradient(%x: tensor<2xf64>) -> tensor<2xf64> {
  %l, %dx = nn.grad @f(%x) wrt(0) : (tensor<2xf64>) -> (tensor<f64>, tensor<2xf64>)
  return %dx : tensor<2xf64>
}
func.func private @hessian_times(%x: tensor<2xf64>, %v: tensor<2xf64>) -> tensor<2xf64> {
  %g, %h = nn.jvp @gradient(%x) tangents(%v) wrt(0) : (tensor<2xf64>), (tensor<2xf64>) -> (tensor<2xf64>, tensor<2xf64>)
  return %h : tensor<2xf64>
}

// f = (27 + 2 * 216) / 6, df/dw = x^3 / 6, df/dx = w x^2 / 2
// CHECK: @first[0] = dense<76.5> : tensor<f64>
// CHECK-NEXT: @first[1] = dense<[4.5, 36]> : tensor<2xf64>
// CHECK-NEXT: @first[2] = dense<[4.5, 36]> : tensor<2xf64>
func.func @first(%x: tensor<2xf64> {nn.value = dense<[3.0, 6.0]> : tensor<2xf64>}) -> (tensor<f64>, tensor<2xf64>, tensor<2xf64>) {
  %l, %dw, %dx = nn.grad @f(%x) wrt(@w, 0) : (tensor<2xf64>) -> (tensor<f64>, tensor<2xf64>, tensor<2xf64>)
  return %l, %dw, %dx : tensor<f64>, tensor<2xf64>, tensor<2xf64>
}
// H v = w x v
// CHECK-NEXT: @second[0] = dense<[3, 24]> : tensor<2xf64>
func.func @second(%x: tensor<2xf64> {nn.value = dense<[3.0, 6.0]> : tensor<2xf64>},
                  %v: tensor<2xf64> {nn.value = dense<[1.0, 2.0]> : tensor<2xf64>}) -> tensor<2xf64> {
  %h = call @hessian_times(%x, %v) : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
  return %h : tensor<2xf64>
}
// d/dx <u, H v> = w v u, and by v: w x u
// CHECK-NEXT: @third[0] = dense<[-1, 4]> : tensor<2xf64>
// CHECK-NEXT: @third[1] = dense<[-3, 12]> : tensor<2xf64>
func.func @third(%x: tensor<2xf64> {nn.value = dense<[3.0, 6.0]> : tensor<2xf64>},
                 %v: tensor<2xf64> {nn.value = dense<[1.0, 2.0]> : tensor<2xf64>},
                 %u: tensor<2xf64> {nn.value = dense<[-1.0, 1.0]> : tensor<2xf64>}) -> (tensor<2xf64>, tensor<2xf64>) {
  %h, %dx, %dv = nn.vjp @hessian_times(%x, %v) cotangents(%u) wrt(0, 1)
    : (tensor<2xf64>, tensor<2xf64>), (tensor<2xf64>) -> (tensor<2xf64>, tensor<2xf64>, tensor<2xf64>)
  return %dx, %dv : tensor<2xf64>, tensor<2xf64>
}
// A function of several results, one of them an integer that has no tangent.
// CHECK-NEXT: @several[0] = dense<[2, 3]> : tensor<2xi32>
// CHECK-NEXT: @several[1] = dense<[2, 4]> : tensor<2xf64>
// CHECK-NEXT: @several[2] = dense<[0, 0]> : tensor<2xf64>
func.func private @results(%x: tensor<2xf64>) -> (tensor<2xf64>, tensor<2xi32>, tensor<2xf64>) {
  %y = nn.add %x, %x : tensor<2xf64>
  %i = nn.cast %x : tensor<2xf64> -> tensor<2xi32>
  %z = nn.constant dense<1.0> : tensor<2xf64>
  return %y, %i, %z : tensor<2xf64>, tensor<2xi32>, tensor<2xf64>
}
func.func @several(%x: tensor<2xf64> {nn.value = dense<[2.0, 3.0]> : tensor<2xf64>},
                   %v: tensor<2xf64> {nn.value = dense<[1.0, 2.0]> : tensor<2xf64>}) -> (tensor<2xi32>, tensor<2xf64>, tensor<2xf64>) {
  %y, %i, %z, %dy, %dz = nn.jvp @results(%x) tangents(%v) wrt(0)
    : (tensor<2xf64>), (tensor<2xf64>) -> (tensor<2xf64>, tensor<2xi32>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>)
  return %i, %dy, %dz : tensor<2xi32>, tensor<2xf64>, tensor<2xf64>
}
