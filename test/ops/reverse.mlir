// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @reverse
// CHECK: nn.reverse %{{.*}} dims = [1, 0] : tensor<?x4xf32>
func.func @reverse(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %y = nn.reverse %x dims = [1, 0] : tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}
