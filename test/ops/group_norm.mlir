// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @group_norm
func.func @group_norm(%x: tensor<?x8x5x?xbf16>, %s: tensor<8xbf16>) {
  // CHECK: nn.group_norm %{{.*}}, %{{.*}}, %{{.*}} groups = 4 : tensor<?x8x5x?xbf16>, tensor<8xbf16>
  %0 = nn.group_norm %x, %s, %s groups = 4 epsilon = 1.0e-5 : tensor<?x8x5x?xbf16>, tensor<8xbf16>
  // CHECK: nn.group_norm %{{.*}}, %{{.*}}, %{{.*}} groups = 1 epsilon = 1.000000e-01 : tensor<?x8x5x?xbf16>, tensor<8xbf16>
  %1 = nn.group_norm %x, %s, %s groups = 1 epsilon = 1.0e-1 : tensor<?x8x5x?xbf16>, tensor<8xbf16>
  return
}
