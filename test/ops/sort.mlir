// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @sort
// CHECK: %{{.*}}:3 = nn.sort %{{.*}}, %{{.*}}, %{{.*}} dim = 1 descending : tensor<?x8xf32>, tensor<?x8xi1>, tensor<4x8xf64>
// CHECK: nn.sort %{{.*}} dim = 0 : tensor<4x8xf32>
func.func @sort(%x: tensor<?x8xf32>, %p: tensor<?x8xi1>, %q: tensor<4x8xf64>) -> (tensor<4x8xf32>, tensor<4x8xi1>, tensor<4x8xf64>) {
  %y:3 = nn.sort %x, %p, %q dim = 1 descending : tensor<?x8xf32>, tensor<?x8xi1>, tensor<4x8xf64>
  %z = nn.sort %y#0 dim = 0 : tensor<4x8xf32>
  return %z, %y#1, %y#2 : tensor<4x8xf32>, tensor<4x8xi1>, tensor<4x8xf64>
}
