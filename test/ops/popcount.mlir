// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @popcount
// CHECK: nn.popcount %{{.*}} : tensor<?x4xi32>
// CHECK: nn.popcount %{{.*}} : tensor<i8>
func.func @popcount(%x: tensor<?x4xi32>, %s: tensor<i8>) -> (tensor<?x4xi32>, tensor<i8>) {
  %y = nn.popcount %x : tensor<?x4xi32>
  %t = nn.popcount %s : tensor<i8>
  return %y, %t : tensor<?x4xi32>, tensor<i8>
}
