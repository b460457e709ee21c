// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @cast
// CHECK: nn.cast %{{.*}} : tensor<?x4xf32> -> tensor<?x4xbf16>
// CHECK: nn.cast %{{.*}} : tensor<?x4xbf16> -> tensor<?x4xi1>
func.func @cast(%x: tensor<?x4xf32>) -> tensor<?x4xi1> {
  %y = nn.cast %x : tensor<?x4xf32> -> tensor<?x4xbf16>
  %z = nn.cast %y : tensor<?x4xbf16> -> tensor<?x4xi1>
  return %z : tensor<?x4xi1>
}
