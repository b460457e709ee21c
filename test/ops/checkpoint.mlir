// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --to-differentiate --evaluate -o /dev/null | FileCheck %s --check-prefix=VALUE
// RUN: mlc-opt %s --to-simplify | FileCheck %s --check-prefix=GRADIENT

// CHECK-LABEL: func.func private @f
// CHECK: nn.checkpoint {
// CHECK: nn.yield %{{.*}} : tensor<2xf32>
module @m {
  func.func private @f(%x: tensor<2xf32>) -> tensor<f32> {
    %y = nn.checkpoint {
      %0 = nn.exp %x : tensor<2xf32>
      %1 = nn.sin %0 : tensor<2xf32>
      nn.yield %1 : tensor<2xf32>
    }
    %z = nn.reduce sum %y dims = [0] : tensor<2xf32>
    return %z : tensor<f32>
  }
  // VALUE: @value[0] = dense<1.682941{{.*}}> : tensor<f32>
  func.func @value(%x: tensor<2xf32> {nn.value = dense<0.0> : tensor<2xf32>}) -> tensor<f32> {
    %y = call @f(%x) : (tensor<2xf32>) -> tensor<f32>
    return %y : tensor<f32>
  }
  // The derivative of sin(exp(x)) is cos(exp(x)) exp(x).
  // VALUE: @gradient[1] = dense<[0.54030{{[0-9]*}}, 0.54030{{[0-9]*}}]> : tensor<2xf32>
  // Between the bodies lives nothing but x, and exp is computed twice.
  // GRADIENT-LABEL: func.func @gradient(
  // GRADIENT-SAME: %[[X:[a-z0-9]+]]: tensor<2xf32>
  // GRADIENT: nn.checkpoint {
  // GRADIENT: nn.exp %[[X]]
  // GRADIENT: nn.sin
  // GRADIENT: nn.checkpoint {
  // GRADIENT: nn.exp %[[X]]
  // GRADIENT: nn.cos
  // GRADIENT: return
  func.func @gradient(%x: tensor<2xf32> {nn.value = dense<0.0> : tensor<2xf32>}) -> (tensor<f32>, tensor<2xf32>) {
    %l, %dx = nn.grad @f(%x) wrt(0) : (tensor<2xf32>) -> (tensor<f32>, tensor<2xf32>)
    return %l, %dx : tensor<f32>, tensor<2xf32>
  }
}
