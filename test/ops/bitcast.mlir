// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @bitcast
// CHECK: nn.bitcast %{{.*}} : tensor<?x4xf32> -> tensor<?x4xi32>
// CHECK: nn.bitcast %{{.*}} : tensor<i64> -> tensor<f64>
func.func @bitcast(%x: tensor<?x4xf32>, %s: tensor<i64>) -> (tensor<?x4xi32>, tensor<f64>) {
  %y = nn.bitcast %x : tensor<?x4xf32> -> tensor<?x4xi32>
  %t = nn.bitcast %s : tensor<i64> -> tensor<f64>
  return %y, %t : tensor<?x4xi32>, tensor<f64>
}
