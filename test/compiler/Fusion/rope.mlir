// RUN: mlc %s --compile-to=fuse -o %t.mlir && FileCheck %s < %t.mlir

// A rotation and its derivative are one pass over what they turn. The table of cosines and sines is made once, for queries, keys and their
// derivatives: it is small, and too costly to be made again for every head.
module @turning {
  func.func private @both(%q: tensor<?x32x8x8xf32>, %k: tensor<?x32x2x8xf32>) -> (tensor<?x32x8x8xf32>, tensor<?x32x2x8xf32>) {
    %0 = nn.rope %q layout = "bthd" : tensor<?x32x8x8xf32>
    %1 = nn.rope %k layout = "bthd" : tensor<?x32x2x8xf32>
    return %0, %1 : tensor<?x32x8x8xf32>, tensor<?x32x2x8xf32>
  }
  // CHECK-LABEL: func.func @halves
  // CHECK: %[[TABLE:.*]]:2 = kernel.launch @{{.*}} -> (tensor<32x4xf32>, tensor<32x4xf32>)
  // CHECK-COUNT-2: kernel.launch @{{.*}}(%{{.*}}, %[[TABLE]]#1, %[[TABLE]]#0, %{{.*}})
  // CHECK-NOT: kernel.launch
  // CHECK: return
  // CHECK: nn.cos
  // CHECK-NOT: nn.cos
  func.func @halves(%q: tensor<?x32x8x8xf32> {nn.dims = ["b", "", "", ""]}, %k: tensor<?x32x2x8xf32> {nn.dims = ["b", "", "", ""]},
                    %dq: tensor<?x32x8x8xf32> {nn.dims = ["b", "", "", ""]}, %dk: tensor<?x32x2x8xf32> {nn.dims = ["b", "", "", ""]})
      -> (tensor<?x32x8x8xf32>, tensor<?x32x2x8xf32>, tensor<?x32x8x8xf32>, tensor<?x32x2x8xf32>) {
    %0:4 = nn.vjp @both(%q, %k) cotangents(%dq, %dk) wrt(0, 1) : (tensor<?x32x8x8xf32>, tensor<?x32x2x8xf32>), (tensor<?x32x8x8xf32>, tensor<?x32x2x8xf32>)
      -> (tensor<?x32x8x8xf32>, tensor<?x32x2x8xf32>, tensor<?x32x8x8xf32>, tensor<?x32x2x8xf32>)
    return %0#0, %0#1, %0#2, %0#3 : tensor<?x32x8x8xf32>, tensor<?x32x2x8xf32>, tensor<?x32x8x8xf32>, tensor<?x32x2x8xf32>
  }
}
