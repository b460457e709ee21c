// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @clz
// CHECK: nn.clz %{{.*}} : tensor<?x4xi32>
// CHECK: nn.clz %{{.*}} : tensor<i8>
func.func @clz(%x: tensor<?x4xi32>, %s: tensor<i8>) -> (tensor<?x4xi32>, tensor<i8>) {
  %y = nn.clz %x : tensor<?x4xi32>
  %t = nn.clz %s : tensor<i8>
  return %y, %t : tensor<?x4xi32>, tensor<i8>
}
