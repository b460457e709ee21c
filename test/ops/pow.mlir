// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// One type stands for both; a static size wins over `?`.
// CHECK-LABEL: func @pow
// CHECK: nn.pow %{{.*}}, %{{.*}} : tensor<?x4xf32>
// CHECK: nn.pow %{{.*}}, %{{.*}} : tensor<?xf16>, tensor<4xf16>
func.func @pow(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>, %s: tensor<?xf16>, %t: tensor<4xf16>) -> (tensor<?x4xf32>, tensor<4xf16>) {
  %z = nn.pow %x, %y : tensor<?x4xf32>
  %u = nn.pow %s, %t : tensor<?xf16>, tensor<4xf16>
  return %z, %u : tensor<?x4xf32>, tensor<4xf16>
}
