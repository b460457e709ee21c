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
  return
}
