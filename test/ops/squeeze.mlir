// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --decompose-composites | FileCheck %s --check-prefix=PARTS

// CHECK-LABEL: func.func @squeeze
func.func @squeeze(%x: tensor<?x1x8x1xf32>, %y: tensor<?x?xi32>) {
  // CHECK: nn.squeeze %{{.*}} dim = 3 : tensor<?x1x8x1xf32>
  // PARTS: nn.reshape {{.*}} : tensor<?x1x8x1xf32> -> tensor<?x1x8xf32>
  %0 = nn.squeeze %x : tensor<?x1x8x1xf32>
  // CHECK: %[[Y:.*]] = nn.squeeze %{{.*}} dims = [1, 3] : tensor<?x1x8x1xf32>
  // PARTS: nn.reshape {{.*}} : tensor<?x1x8x1xf32> -> tensor<?x8xf32>
  %1 = nn.squeeze %x dims = [1, 3] : tensor<?x1x8x1xf32>
  // CHECK: nn.neg %[[Y]] : tensor<?x8xf32>
  %2 = nn.neg %1 : tensor<?x8xf32>
  // CHECK: nn.squeeze %{{.*}} dim = 0 : tensor<?x?xi32>
  // PARTS: %[[N:.*]] = nn.dim %arg1, 1
  // PARTS: nn.reshape %arg1[%[[N]]] : tensor<?x?xi32> -> tensor<?xi32>
  %3 = nn.squeeze %y dim = 0 : tensor<?x?xi32>
  return
}
