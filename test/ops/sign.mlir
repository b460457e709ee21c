// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @sign
// CHECK: nn.sign %{{.*}} : tensor<?x4xf32>
// CHECK: nn.sign %{{.*}} : tensor<i32>
func.func @sign(%x: tensor<?x4xf32>, %s: tensor<i32>) -> (tensor<?x4xf32>, tensor<i32>) {
  %y = nn.sign %x : tensor<?x4xf32>
  %t = nn.sign %s : tensor<i32>
  return %y, %t : tensor<?x4xf32>, tensor<i32>
}
