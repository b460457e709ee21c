// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --decompose-composites | FileCheck %s --check-prefix=PARTS

// CHECK-LABEL: func.func @pools
func.func @pools(%x: tensor<?x8x6x6xf32>, %i: tensor<1x2x9xi8>) {
  // CHECK: nn.max_pool %{{.*}} window = [3, 3] strides = [2] padding = [1] : tensor<?x8x6x6xf32>
  // PARTS: %[[LOWEST:.*]] = nn.constant {{.*}}0xFF800000
  // PARTS: nn.pad %{{.*}}, %[[LOWEST]]
  // PARTS: nn.reduce max %{{.*}} dims = [3, 4] : tensor<?x3x3x3x3x8xf32>
  %0 = nn.max_pool %x window = [3, 3] strides = 2 padding = 1 : tensor<?x8x6x6xf32>
  // CHECK: nn.avg_pool %{{.*}} window = [2] exclude_padding ceil : tensor<?x8x6x6xf32>
  // PARTS: nn.reduce sum
  %1 = nn.avg_pool %x window = 2 exclude_padding ceil : tensor<?x8x6x6xf32>
  // CHECK: nn.lp_pool %{{.*}} window = [2] norm = {{3.*}} layout = "nhwc"
  // PARTS: nn.pow
  %2 = nn.lp_pool %x window = 2 norm = 3 layout = nhwc : tensor<?x8x6x6xf32>
  // CHECK: nn.max_pool %{{.*}} window = [3] : tensor<1x2x9xi8>
  %3 = nn.max_pool %i window = 3 : tensor<1x2x9xi8>
  // One window of all elements: x is reduced where it is.
  // PARTS: nn.reduce max %{{.*}} dims = [2, 3] : tensor<?x8x6x6xf32>
  %4 = nn.max_pool %x window = 6 : tensor<?x8x6x6xf32>
  return
}

// CHECK-LABEL: func.func @adaptive_pools
// PARTS-LABEL: func.func @adaptive_pools
func.func @adaptive_pools(%x: tensor<?x8x6x10xf32>, %y: tensor<2x?x?x3xf32>, %i: tensor<1x2x9xi8>) {
  // What divides is a plain pool.
  // CHECK: nn.adaptive_max_pool %{{.*}} sizes = [3, 5] : tensor<?x8x6x10xf32>
  // PARTS: nn.windows %{{.*}} dims = [1, 2] sizes = [2, 2] strides = [2, 2]
  // PARTS: nn.reduce max
  %0 = nn.adaptive_max_pool %x sizes = [3, 5] : tensor<?x8x6x10xf32>
  // Two elements are in two windows.
  // PARTS: nn.gather %{{.*}} axis = 3 : tensor<?x8x6x10xf32>, tensor<4x3xi64>
  // PARTS: nn.windows %{{.*}} dims = [1, 2] sizes = [6, 3] strides = [6, 3]
  %1 = nn.adaptive_max_pool %x sizes = [1, 4] : tensor<?x8x6x10xf32>
  // CHECK: nn.adaptive_max_pool %{{.*}} sizes = [4] : tensor<1x2x9xi8>
  // PARTS: nn.gather %{{.*}} axis = 2 : tensor<1x2x9xi8>, tensor<4x3xi64>
  %2 = nn.adaptive_max_pool %i sizes = 4 : tensor<1x2x9xi8>
  // CHECK: nn.adaptive_max_pool %{{.*}} sizes = [1] layout = "nhwc" : tensor<2x?x?x3xf32>
  // PARTS: nn.argmax %{{.*}} dim = 2
  // PARTS: nn.argmax %{{.*}} dim = 1
  %3 = nn.adaptive_max_pool %y sizes = 1 layout = nhwc : tensor<2x?x?x3xf32>
  // CHECK: nn.adaptive_avg_pool %{{.*}} sizes = [1] layout = "nhwc" : tensor<2x?x?x3xf32>
  // PARTS: nn.reduce sum %{{.*}} dims = [1, 2] : tensor<2x?x?x3xf32>
  // PARTS-NOT: nn.gather
  %4 = nn.adaptive_avg_pool %y sizes = 1 layout = nhwc : tensor<2x?x?x3xf32>
  // PARTS: nn.windows %{{.*}} dims = [1, 2] sizes = [3, 5] strides = [3, 5]
  %5 = nn.adaptive_avg_pool %x sizes = 2 : tensor<?x8x6x10xf32>
  // What is not there counts as nothing, whatever x has.
  // PARTS: nn.gather %{{.*}} axis = 3
  // PARTS: nn.select
  // PARTS: nn.reduce sum
  %6 = nn.adaptive_avg_pool %x sizes = [6, 7] : tensor<?x8x6x10xf32>
  return
}
