// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @relu
func.func @relu(%x: tensor<?x8xf32>, %h: tensor<4xbf16>) {
  // CHECK: nn.relu %{{.*}} : tensor<?x8xf32>
  %0 = nn.relu %x : tensor<?x8xf32>
  // CHECK: nn.relu %{{.*}} : tensor<4xbf16>
  %1 = nn.relu %h : tensor<4xbf16>
  return
}
