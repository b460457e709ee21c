// RUN: mlc-opt %s --decompose-composites --canonicalize --cse | FileCheck %s

// At temperature 0 nothing is drawn, and nothing is looked for that no clause asks for.
// CHECK-LABEL: func.func @likeliest
// CHECK-NEXT: nn.argmax
// CHECK-NEXT: nn.cast
// CHECK-NEXT: return
func.func @likeliest(%x: tensor<3x7xf32>, %bits: tensor<3xi32>) -> tensor<3xi32> {
  %0 = nn.sample %x, %bits temperature = 0 top_k = 3 : tensor<3x7xf32>, tensor<3xi32>
  return %0 : tensor<3xi32>
}

// CHECK-LABEL: func.func @all
// CHECK-NOT: nn.scan
// CHECK: nn.cumsum {{.*}} : tensor<3x7xf64>
// CHECK-NOT: nn.scan
// CHECK: return
func.func @all(%x: tensor<3x7xf32>, %bits: tensor<3xi32>) -> tensor<3xi32> {
  %0 = nn.sample %x, %bits top_k = 7 : tensor<3x7xf32>, tensor<3xi32>
  return %0 : tensor<3xi32>
}

// The smallest logit that is kept, then the smallest weight: as many passes as numbers have bits, none where data switch the clause off.
// CHECK-LABEL: func.func @kept
// CHECK-NOT: nn.argsort
// CHECK: nn.scan {{.*}} limit = %
// CHECK: nn.reduce sum {{.*}} : tensor<3x7xi32>
// CHECK: nn.scan {{.*}} limit = %
// CHECK: nn.reduce sum {{.*}} : tensor<3x7xf32>
// CHECK: nn.cumsum {{.*}} : tensor<3x7xf64>
func.func @kept(%x: tensor<3x7xbf16>, %bits: tensor<3xi32>, %k: tensor<i32>, %p: tensor<f32>) -> tensor<3xi32> {
  %0 = nn.sample %x, %bits top_k = %k top_p = %p : tensor<3x7xbf16>, tensor<3xi32>, tensor<i32>, tensor<f32>
  return %0 : tensor<3xi32>
}
