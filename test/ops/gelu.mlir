// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @gelu
func.func @gelu(%x: tensor<?x8xf32>, %h: tensor<4xbf16>) {
  // CHECK: nn.gelu %{{.*}} : tensor<?x8xf32>
  %0 = nn.gelu %x : tensor<?x8xf32>
  // CHECK: nn.gelu %{{.*}} approximate = tanh : tensor<4xbf16>
  %1 = nn.gelu %h approximate = tanh : tensor<4xbf16>
  return
}
