// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// One type stands for both; a static size wins over `?`.
// CHECK-LABEL: func @nextafter
// CHECK: nn.nextafter %{{.*}}, %{{.*}} : tensor<?x4xf32>
// CHECK: nn.nextafter %{{.*}}, %{{.*}} : tensor<?xbf16>, tensor<4xbf16>
func.func @nextafter(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>, %s: tensor<?xbf16>, %t: tensor<4xbf16>) -> (tensor<?x4xf32>, tensor<4xbf16>) {
  %z = nn.nextafter %x, %y : tensor<?x4xf32>
  %u = nn.nextafter %s, %t : tensor<?xbf16>, tensor<4xbf16>
  return %z, %u : tensor<?x4xf32>, tensor<4xbf16>
}
