// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @split
func.func @split(%x: tensor<?x12xf32>) {
  // CHECK: %[[P:.*]]:3 = nn.split %{{.*}} parts = 3 dim = 1 : tensor<?x12xf32>
  %0:3 = nn.split %x parts = 3 : tensor<?x12xf32>
  // CHECK: nn.neg %[[P]]#2 : tensor<?x4xf32>
  %1 = nn.neg %0#2 : tensor<?x4xf32>
  // CHECK: %[[P:.*]]:2 = nn.split %{{.*}} parts = 2 dim = 0 : tensor<?x12xf32>
  %2:2 = nn.split %x dim = 0 parts = 2 : tensor<?x12xf32>
  // CHECK: nn.neg %[[P]]#1 : tensor<?x12xf32>
  %3 = nn.neg %2#1 : tensor<?x12xf32>
  // CHECK: %[[P:.*]]:3 = nn.split %{{.*}} sizes = [8, -1, 1] dim = 1 : tensor<?x12xf32>
  %q, %k, %v = nn.split %x sizes = [8, -1, 1] dim = 1 : tensor<?x12xf32>
  // CHECK: nn.neg %[[P]]#1 : tensor<?x3xf32>
  %4 = nn.neg %k : tensor<?x3xf32>
  // CHECK: %[[P:.*]]:2 = nn.split %{{.*}} sizes = [-1, 5] dim = 0 : tensor<?x12xf32>
  %rest, %last = nn.split %x sizes = [-1, 5] dim = 0 : tensor<?x12xf32>
  // CHECK: nn.concat %[[P]]#0, %[[P]]#1 dim = 0 : tensor<?x12xf32>, tensor<5x12xf32>
  %5 = nn.concat %rest, %last dim = 0 : tensor<?x12xf32>, tensor<5x12xf32>
  return
}
