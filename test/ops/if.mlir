// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --canonicalize | FileCheck %s --check-prefix=FOLD
// RUN: mlc-opt %s --evaluate -o /dev/null | FileCheck %s --check-prefix=VALUE

// CHECK-LABEL: func.func @choose
// CHECK: nn.if %{{.*}} {
// CHECK: nn.yield %{{.*}} : tensor<2xf32>
// CHECK: } else {
// CHECK: nn.yield %{{.*}} : tensor<2xf32>
// VALUE: @choose[0] = dense<[-1, 2]> : tensor<2xf32>
// VALUE: @choose[1] = dense<[1, -2]> : tensor<2xf32>
func.func @choose(%x: tensor<2xf32> {nn.value = dense<[1.0, -2.0]> : tensor<2xf32>}, %yes: tensor<i1> {nn.value = dense<true> : tensor<i1>},
                  %no: tensor<i1> {nn.value = dense<false> : tensor<i1>}) -> (tensor<2xf32>, tensor<2xf32>) {
  %a = nn.if %yes {
    %0 = nn.neg %x : tensor<2xf32>
    nn.yield %0 : tensor<2xf32>
  } else {
    nn.yield %x : tensor<2xf32>
  }
  %b = nn.if %no {
    %0 = nn.neg %x : tensor<2xf32>
    nn.yield %0 : tensor<2xf32>
  } else {
    nn.yield %x : tensor<2xf32>
  }
  return %a, %b : tensor<2xf32>, tensor<2xf32>
}

// FOLD-LABEL: func.func @unread
// FOLD: nn.if %{{.*}} {
// FOLD-NEXT: %[[EXP:.*]] = nn.exp
// FOLD-NEXT: nn.yield %[[EXP]] : tensor<2xf32>
// FOLD-NEXT: } else {
// FOLD-NEXT: nn.yield %{{.*}} : tensor<2xf32>
func.func @unread(%x: tensor<2xf32> {nn.value = dense<[0.0, 0.0]> : tensor<2xf32>}, %yes: tensor<i1> {nn.value = dense<true> : tensor<i1>}) -> tensor<2xf32> {
  %a, %b = nn.if %yes {
    %0 = nn.neg %x : tensor<2xf32>
    %1 = nn.exp %x : tensor<2xf32>
    nn.yield %0, %1 : tensor<2xf32>, tensor<2xf32>
  } else {
    %0 = nn.sin %x : tensor<2xf32>
    nn.yield %0, %x : tensor<2xf32>, tensor<2xf32>
  }
  return %b : tensor<2xf32>
}
