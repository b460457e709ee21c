// RUN: not mlc-opt %s --expand-derivatives --evaluate -o /dev/null 2>&1 | FileCheck %s
// RUN: mlc-opt %s --to-simplify | FileCheck %s --check-prefix=REFUSED

// A cotangent is as large as its operand, where types do not tell too: %da is of the sizes of %b here.
// CHECK: error: a size of nn.broadcast unlike that of its operand
// REFUSED: func.func @gradient
// REFUSED-SAME: #nn.requirement<{{.*}}a size of nn.broadcast unlike that of its operand
module @m {
func.func private @f(%x: tensor<?xf32>, %w: tensor<?xf32>) -> tensor<f32> {
  %y = nn.custom_vjp (%a = %x, %b = %w) : tensor<?xf32>, tensor<?xf32> {
    %0 = nn.reduce sum %a dims = [0] : tensor<?xf32>
    %1 = nn.reduce sum %b dims = [0] : tensor<?xf32>
    %2 = nn.mul %0, %1 : tensor<f32>
    nn.yield %2, %a, %b : tensor<f32>, tensor<?xf32>, tensor<?xf32>
  } backward (%dy) saved (%a, %b) {
    nn.yield %b, %a : tensor<?xf32>, tensor<?xf32>
  }
  return %y : tensor<f32>
}
func.func @gradient(%x: tensor<?xf32> {nn.value = dense<1.0> : tensor<3xf32>}, %w: tensor<?xf32> {nn.value = dense<1.0> : tensor<5xf32>}) -> tensor<?xf32> {
  %l, %dx = nn.grad @f(%x, %w) wrt(0) : (tensor<?xf32>, tensor<?xf32>) -> (tensor<f32>, tensor<?xf32>)
  return %dx : tensor<?xf32>
}
}
