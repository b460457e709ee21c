// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @local_response_norm
func.func @local_response_norm(%x: tensor<?x8x5x?xbf16>) {
  // CHECK: nn.local_response_norm %{{.*}} size = 5 : tensor<?x8x5x?xbf16>
  %0 = nn.local_response_norm %x size = 5 alpha = 1e-4 : tensor<?x8x5x?xbf16>
  // CHECK: nn.local_response_norm %{{.*}} size = 2 alpha = 1.000000e+00 beta = 5.000000e-01 k = 2.000000e+00 : tensor<?x8x5x?xbf16>
  %1 = nn.local_response_norm %x size = 2 k = 2 beta = 0.5 alpha = 1 : tensor<?x8x5x?xbf16>
  return
}
