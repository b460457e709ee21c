// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @iota
// CHECK: nn.iota{{ ?}}[%{{.*}}] dim = 1 : tensor<?x8xi32>
// CHECK: nn.iota dim = 0 : tensor<8xf32>
func.func @iota(%n: index) -> (tensor<?x8xi32>, tensor<8xf32>) {
  %i = nn.iota [%n] dim = 1 : tensor<?x8xi32>
  %j = nn.iota dim = 0 : tensor<8xf32>
  return %i, %j : tensor<?x8xi32>, tensor<8xf32>
}
