// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @swiglu
func.func @swiglu(%a: tensor<?x8xf32>, %b: tensor<4x8xf32>, %x: tensor<?x6xbf16>, %n: tensor<?x3xf32>) {
  // CHECK: nn.swiglu %{{.*}}, %{{.*}} : tensor<?x8xf32>
  %0 = nn.swiglu %a, %a : tensor<?x8xf32>
  // CHECK: %[[Y:.*]] = nn.swiglu %{{.*}}, %{{.*}} : tensor<?x8xf32>, tensor<4x8xf32>
  %1 = nn.swiglu %a, %b : tensor<?x8xf32>, tensor<4x8xf32>
  // CHECK: nn.neg %[[Y]] : tensor<4x8xf32>
  %2 = nn.neg %1 : tensor<4x8xf32>
  // CHECK: %[[Y:.*]] = nn.swiglu %{{.*}} : tensor<?x6xbf16>
  %3 = nn.swiglu %x : tensor<?x6xbf16>
  // CHECK: nn.neg %[[Y]] : tensor<?x3xbf16>
  %4 = nn.neg %3 : tensor<?x3xbf16>
  // CHECK: nn.swiglu %{{.*}} dim = 0 : tensor<?x3xf32>
  %5 = nn.swiglu %n dim = 0 : tensor<?x3xf32>
  return
}
