// RUN: mlc-opt %s --inline-calls --expand-derivatives --evaluate -o %t | FileCheck %s

// The derivative where there is none: the table of conventions. PyTorch's, except where a line says otherwise.

func.func private @relu(%x: tensor<5xf32>) -> tensor<5xf32> {
  %y = nn.relu %x : tensor<5xf32>
  return %y : tensor<5xf32>
}
// relu'(0) = 0 and relu'(-0) = 0; NaN passes the gradient.
// CHECK: @at_relu[0] = dense<[0, 0, 0, 1, 1]> : tensor<5xf32>
func.func @at_relu(%x: tensor<5xf32> {nn.value = dense<[-1.0, -0.0, 0.0, 1.0, 0x7FC00000]> : tensor<5xf32>},
                   %u: tensor<5xf32> {nn.value = dense<1.0> : tensor<5xf32>}) -> tensor<5xf32> {
  %y, %dx = nn.vjp @relu(%x) cotangents(%u) wrt(0) : (tensor<5xf32>), (tensor<5xf32>) -> (tensor<5xf32>, tensor<5xf32>)
  return %dx : tensor<5xf32>
}

func.func private @abs(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y = nn.abs %x : tensor<3xf32>
  return %y : tensor<3xf32>
}
// CHECK-NEXT: @at_abs[0] = dense<[-1, 0, 1]> : tensor<3xf32>
func.func @at_abs(%x: tensor<3xf32> {nn.value = dense<[-2.0, 0.0, 2.0]> : tensor<3xf32>},
                  %u: tensor<3xf32> {nn.value = dense<1.0> : tensor<3xf32>}) -> tensor<3xf32> {
  %y, %dx = nn.vjp @abs(%x) cotangents(%u) wrt(0) : (tensor<3xf32>), (tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %dx : tensor<3xf32>
}

func.func private @max(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  %z = nn.max %x, %y : tensor<3xf32>
  return %z : tensor<3xf32>
}
// Ties share evenly.
// CHECK-NEXT: @at_max[0] = dense<[0, 0.5, 1]> : tensor<3xf32>
// CHECK-NEXT: @at_max[1] = dense<[1, 0.5, 0]> : tensor<3xf32>
func.func @at_max(%x: tensor<3xf32> {nn.value = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>},
                  %y: tensor<3xf32> {nn.value = dense<2.0> : tensor<3xf32>},
                  %u: tensor<3xf32> {nn.value = dense<1.0> : tensor<3xf32>}) -> (tensor<3xf32>, tensor<3xf32>) {
  %z, %dx, %dy = nn.vjp @max(%x, %y) cotangents(%u) wrt(0, 1)
    : (tensor<3xf32>, tensor<3xf32>), (tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
  return %dx, %dy : tensor<3xf32>, tensor<3xf32>
}

func.func private @reduce_max(%x: tensor<4xf32>) -> tensor<f32> {
  %y = nn.reduce max %x dims = [0] : tensor<4xf32>
  return %y : tensor<f32>
}
// CHECK-NEXT: @at_reduce_max[0] = dense<[0.5, 0, 0.5, 0]> : tensor<4xf32>
func.func @at_reduce_max(%x: tensor<4xf32> {nn.value = dense<[3.0, 1.0, 3.0, 2.0]> : tensor<4xf32>}) -> tensor<4xf32> {
  %y, %dx = nn.grad @reduce_max(%x) wrt(0) : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %dx : tensor<4xf32>
}

func.func private @reduce_prod(%x: tensor<3xf32>) -> tensor<f32> {
  %y = nn.reduce prod %x dims = [0] : tensor<3xf32>
  return %y : tensor<f32>
}
// The product of the others, with one zero and with two.
// CHECK-NEXT: @at_reduce_prod[0] = dense<[0, 6, 0]> : tensor<3xf32>
// CHECK-NEXT: @at_reduce_prod[1] = dense<[0, 0, 0]> : tensor<3xf32>
func.func @at_reduce_prod(%x: tensor<3xf32> {nn.value = dense<[2.0, 0.0, 3.0]> : tensor<3xf32>},
                          %y: tensor<3xf32> {nn.value = dense<[0.0, 0.0, 3.0]> : tensor<3xf32>}) -> (tensor<3xf32>, tensor<3xf32>) {
  %0, %dx = nn.grad @reduce_prod(%x) wrt(0) : (tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>)
  %1, %dy = nn.grad @reduce_prod(%y) wrt(0) : (tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>)
  return %dx, %dy : tensor<3xf32>, tensor<3xf32>
}

func.func private @clamp(%x: tensor<5xf32>) -> tensor<5xf32> {
  %y = nn.clamp %x low = 0.0 high = 1.0 : tensor<5xf32>
  return %y : tensor<5xf32>
}
// The bounds are inside.
// CHECK-NEXT: @at_clamp[0] = dense<[0, 1, 1, 1, 0]> : tensor<5xf32>
func.func @at_clamp(%x: tensor<5xf32> {nn.value = dense<[-1.0, 0.0, 0.5, 1.0, 2.0]> : tensor<5xf32>},
                    %u: tensor<5xf32> {nn.value = dense<1.0> : tensor<5xf32>}) -> tensor<5xf32> {
  %y, %dx = nn.vjp @clamp(%x) cotangents(%u) wrt(0) : (tensor<5xf32>), (tensor<5xf32>) -> (tensor<5xf32>, tensor<5xf32>)
  return %dx : tensor<5xf32>
}

func.func private @pow(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  %z = nn.pow %x, %y : tensor<3xf32>
  return %z : tensor<3xf32>
}
// d x^0 / dx = 0 at 0 too, and d 0^y / dy = 0.
// CHECK-NEXT: @at_pow[0] = dense<[0, 0, 4]> : tensor<3xf32>
// CHECK-NEXT: @at_pow[1] = dense<[0, 0, {{2.77258.*}}]> : tensor<3xf32>
func.func @at_pow(%x: tensor<3xf32> {nn.value = dense<[0.0, 0.0, 2.0]> : tensor<3xf32>},
                  %y: tensor<3xf32> {nn.value = dense<[0.0, 2.0, 2.0]> : tensor<3xf32>},
                  %u: tensor<3xf32> {nn.value = dense<1.0> : tensor<3xf32>}) -> (tensor<3xf32>, tensor<3xf32>) {
  %z, %dx, %dy = nn.vjp @pow(%x, %y) cotangents(%u) wrt(0, 1)
    : (tensor<3xf32>, tensor<3xf32>), (tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
  return %dx, %dy : tensor<3xf32>, tensor<3xf32>
}

func.func private @sqrt(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = nn.sqrt %x : tensor<2xf32>
  return %y : tensor<2xf32>
}
// Infinity at 0: that is the mathematics; nothing is masked.
// CHECK-NEXT: @at_sqrt[0] = dense<[inf, 0.25]> : tensor<2xf32>
func.func @at_sqrt(%x: tensor<2xf32> {nn.value = dense<[0.0, 4.0]> : tensor<2xf32>},
                   %u: tensor<2xf32> {nn.value = dense<1.0> : tensor<2xf32>}) -> tensor<2xf32> {
  %y, %dx = nn.vjp @sqrt(%x) cotangents(%u) wrt(0) : (tensor<2xf32>), (tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  return %dx : tensor<2xf32>
}

func.func private @steps(%x: tensor<2xf32>) -> tensor<2xf32> {
  %a = nn.floor %x : tensor<2xf32>
  %b = nn.ceil %x : tensor<2xf32>
  %c = nn.round_even %x : tensor<2xf32>
  %d = nn.sign %x : tensor<2xf32>
  %ab = nn.add %a, %b : tensor<2xf32>
  %cd = nn.add %c, %d : tensor<2xf32>
  %y = nn.add %ab, %cd : tensor<2xf32>
  return %y : tensor<2xf32>
}
// Zero almost everywhere, and at the steps.
// CHECK-NEXT: @at_steps[0] = dense<[0, 0]> : tensor<2xf32>
func.func @at_steps(%x: tensor<2xf32> {nn.value = dense<[0.0, 0.5]> : tensor<2xf32>},
                    %u: tensor<2xf32> {nn.value = dense<1.0> : tensor<2xf32>}) -> tensor<2xf32> {
  %y, %dx = nn.vjp @steps(%x) cotangents(%u) wrt(0) : (tensor<2xf32>), (tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  return %dx : tensor<2xf32>
}

func.func private @huber(%x: tensor<5xf32>, %target: tensor<5xf32>) -> tensor<f32> {
  %l = nn.huber %x, %target delta = 1.0 reduction = sum : tensor<5xf32>, tensor<5xf32>
  return %l : tensor<f32>
}
// CHECK-NEXT: @at_huber[0] = dense<[-1, -1, 0, 1, 1]> : tensor<5xf32>
func.func @at_huber(%x: tensor<5xf32> {nn.value = dense<[-2.0, -1.0, 0.0, 1.0, 2.0]> : tensor<5xf32>},
                    %t: tensor<5xf32> {nn.value = dense<0.0> : tensor<5xf32>}) -> tensor<5xf32> {
  %l, %dx = nn.grad @huber(%x, %t) wrt(0) : (tensor<5xf32>, tensor<5xf32>) -> (tensor<f32>, tensor<5xf32>)
  return %dx : tensor<5xf32>
}

func.func private @mae(%x: tensor<3xf32>, %target: tensor<3xf32>) -> tensor<f32> {
  %l = nn.mae %x, %target reduction = sum : tensor<3xf32>, tensor<3xf32>
  return %l : tensor<f32>
}
// CHECK-NEXT: @at_mae[0] = dense<[-1, 0, 1]> : tensor<3xf32>
func.func @at_mae(%x: tensor<3xf32> {nn.value = dense<[-1.0, 0.0, 1.0]> : tensor<3xf32>},
                  %t: tensor<3xf32> {nn.value = dense<0.0> : tensor<3xf32>}) -> tensor<3xf32> {
  %l, %dx = nn.grad @mae(%x, %t) wrt(0) : (tensor<3xf32>, tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>)
  return %dx : tensor<3xf32>
}

func.func private @last_wins(%x: tensor<2xf32>, %u: tensor<3xf32>) -> tensor<2xf32> {
  %i = nn.constant dense<[0, 0, 1]> : tensor<3xi32>
  %y = nn.scatter set %x, %i, %u axis = 0 : tensor<2xf32>, tensor<3xi32>, tensor<3xf32>
  return %y : tensor<2xf32>
}
// Of two updates of one place the last one counts.
// CHECK-NEXT: @at_scatter[0] = dense<[0, 1, 1]> : tensor<3xf32>
func.func @at_scatter(%x: tensor<2xf32> {nn.value = dense<0.0> : tensor<2xf32>},
                      %u: tensor<3xf32> {nn.value = dense<[5.0, 6.0, 7.0]> : tensor<3xf32>},
                      %c: tensor<2xf32> {nn.value = dense<1.0> : tensor<2xf32>}) -> tensor<3xf32> {
  %y, %du = nn.vjp @last_wins(%x, %u) cotangents(%c) wrt(1)
    : (tensor<2xf32>, tensor<3xf32>), (tensor<2xf32>) -> (tensor<2xf32>, tensor<3xf32>)
  return %du : tensor<3xf32>
}
