// RUN: mlc-opt %s --decompose-composites --canonicalize --cse | FileCheck %s

// Halves are a dimension: the partner of an element is at the same place of the other one. The cosines and sines have the time and the pairs
// alone, are computed in f64 from turns in 64 bits, and serve queries and keys.
// CHECK-LABEL: func.func @halves
// CHECK: nn.constant dense<[2935890503282001408, 293589050328200128]> : tensor<2xi64>
// CHECK: nn.reshape %arg0[%{{.*}}] : tensor<?x8x3x4xf32> -> tensor<?x8x3x2x2xf32>
// CHECK: nn.reverse %{{.*}} dims = [3]
// CHECK: nn.mul {{.*}} : tensor<8x2xi64>
// CHECK: nn.cos {{.*}} : tensor<8x2xf64>
// CHECK: nn.sin {{.*}} : tensor<8x2xf64>
// CHECK-NOT: nn.cos
// CHECK: return
func.func @halves(%q: tensor<?x8x3x4xf32>, %k: tensor<?x8x1x4xf32>) -> (tensor<?x8x3x4xf32>, tensor<?x8x1x4xf32>) {
  %0 = nn.rope %q layout = "bthd" theta = 100 : tensor<?x8x3x4xf32>
  %1 = nn.rope %k layout = "bthd" theta = 100 : tensor<?x8x1x4xf32>
  return %0, %1 : tensor<?x8x3x4xf32>, tensor<?x8x1x4xf32>
}

// What is not rotated is chosen as it is. The first of a pair turns the other way.
// CHECK-LABEL: func.func @features
// CHECK-DAG: nn.constant dense<[-2935890503282001408, 2935890503282001408, 0]> : tensor<3xi64>
// CHECK-DAG: %[[PARTNERS:.*]] = nn.constant dense<[1, 0, 2]> : tensor<3xi32>
// CHECK: nn.gather %arg0, %[[PARTNERS]] axis = 1
// CHECK: nn.select
func.func @features(%x: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %0 = nn.rope %x interleaved rotary = 2 : tensor<8x3xf32>
  return %0 : tensor<8x3xf32>
}

// 16-bit numbers are computed in f32 and rounded once.
// CHECK-LABEL: func.func @narrow
// CHECK: nn.mul {{.*}} : tensor<8x2x2xf32>
// CHECK: nn.cast %{{.*}} : tensor<8x2x2xf32> -> tensor<8x2x2xbf16>
// CHECK-NEXT: nn.reshape
// CHECK-NEXT: return
func.func @narrow(%x: tensor<8x4xbf16>) -> tensor<8x4xbf16> {
  %0 = nn.rope %x : tensor<8x4xbf16>
  return %0 : tensor<8x4xbf16>
}
