// RUN: mlc %s --compile-to=fuse -o %t.mlir && FileCheck %s < %t.mlir

// Neighbours, and a part of the features: one pass too.
// CHECK-LABEL: func.func @features
// CHECK: %[[TABLE:.*]]:2 = kernel.launch @{{.*}} -> (tensor<32x8xf32>, tensor<32x8xf32>)
// CHECK-COUNT-1: kernel.launch @{{.*}}%[[TABLE]]#
// CHECK-NOT: kernel.launch
// CHECK: return
module @turning {
  func.func @features(%x: tensor<4x32x2x8xbf16>) -> tensor<4x32x2x8xbf16> {
    %0 = nn.rope %x layout = "bthd" interleaved rotary = 4 : tensor<4x32x2x8xbf16>
    return %0 : tensor<4x32x2x8xbf16>
  }
}
