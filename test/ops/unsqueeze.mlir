// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --decompose-composites | FileCheck %s --check-prefix=PARTS

// CHECK-LABEL: func.func @unsqueeze
func.func @unsqueeze(%x: tensor<?x8xf32>, %y: tensor<i64>) {
  // CHECK: nn.unsqueeze %{{.*}} dim = 2 : tensor<?x8xf32>
  // PARTS: nn.reshape {{.*}} : tensor<?x8xf32> -> tensor<?x8x1xf32>
  %0 = nn.unsqueeze %x : tensor<?x8xf32>
  // CHECK: %[[Y:.*]] = nn.unsqueeze %{{.*}} dims = [0, 2] : tensor<?x8xf32>
  // PARTS: nn.reshape {{.*}} : tensor<?x8xf32> -> tensor<1x?x1x8xf32>
  %1 = nn.unsqueeze %x dims = [0, 2] : tensor<?x8xf32>
  // CHECK: nn.neg %[[Y]] : tensor<1x?x1x8xf32>
  %2 = nn.neg %1 : tensor<1x?x1x8xf32>
  // CHECK: nn.unsqueeze %{{.*}} dim = 0 : tensor<i64>
  // PARTS: nn.reshape {{.*}} : tensor<i64> -> tensor<1xi64>
  %3 = nn.unsqueeze %y dim = 0 : tensor<i64>
  return
}
