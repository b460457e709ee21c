// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @softmax
func.func @softmax(%x: tensor<?x8xf32>, %h: tensor<4xbf16>) {
  // CHECK: nn.softmax %{{.*}} dim = 1 : tensor<?x8xf32>
  %0 = nn.softmax %x dim = 1 : tensor<?x8xf32>
  // CHECK: nn.softmax %{{.*}} dim = 0 : tensor<4xbf16>
  %1 = nn.softmax %h dim = 0 : tensor<4xbf16>
  // The last dimension unless another is given.
  // CHECK: nn.softmax %{{.*}} dim = 1 : tensor<?x8xf32>
  %2 = nn.softmax %x : tensor<?x8xf32>
  // CHECK: nn.softmax %{{.*}} dim = 0 {note} : tensor<4xbf16>
  %3 = nn.softmax %h {note} : tensor<4xbf16>
  // CHECK: nn.softmax %{{.*}} masked dim = 1 : tensor<?x8xf32>
  %4 = nn.softmax %x masked : tensor<?x8xf32>
  return
}
