// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func.func @batch_norm
func.func @batch_norm(%x: tensor<?x8xbf16>, %s: tensor<8xbf16>, %m: tensor<8xf32>) -> (tensor<?x8xbf16>, tensor<8xf32>) {
  // CHECK: nn.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x8xbf16>, tensor<8xbf16>, tensor<8xf32>
  %0:3 = nn.batch_norm %x, %s, %s, %m, %m momentum = 0.1 epsilon = 1.0e-5 : tensor<?x8xbf16>, tensor<8xbf16>, tensor<8xf32>
  // CHECK: nn.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} momentum = 5.000000e-01 epsilon = 1.000000e-01 training : tensor<?x8xbf16>
  %1:3 = nn.batch_norm %x, %s, %s, %m, %m momentum = 0.5 epsilon = 0.1 training : tensor<?x8xbf16>, tensor<8xbf16>, tensor<8xf32>
  return %0#0, %1#2 : tensor<?x8xbf16>, tensor<8xf32>
}

// CHECK-LABEL: func.func @channels_last
func.func @channels_last(%x: tensor<?x4x4x8xf32>, %s: tensor<8xf32>) -> tensor<?x4x4x8xf32> {
  // CHECK: nn.batch_norm {{.*}} layout = "nhwc" : tensor<?x4x4x8xf32>, tensor<8xf32>, tensor<8xf32>
  %0:3 = nn.batch_norm %x, %s, %s, %s, %s layout = nhwc : tensor<?x4x4x8xf32>, tensor<8xf32>, tensor<8xf32>
  return %0#0 : tensor<?x4x4x8xf32>
}
