// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @complement
// CHECK: nn.not %{{.*}} : tensor<?x4xi32>
// CHECK: nn.not %{{.*}} : tensor<i8>
func.func @complement(%x: tensor<?x4xi32>, %s: tensor<i8>) -> (tensor<?x4xi32>, tensor<i8>) {
  %y = nn.not %x : tensor<?x4xi32>
  %t = nn.not %s : tensor<i8>
  return %y, %t : tensor<?x4xi32>, tensor<i8>
}
