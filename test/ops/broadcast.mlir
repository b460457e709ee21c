// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @broadcast
// CHECK: nn.broadcast %{{.*}}{{ ?}}[%{{.*}}] dims = [1] : tensor<5xf32> -> tensor<?x5xf32>
// CHECK: nn.broadcast %{{.*}}{{ ?}}[%{{.*}}] dims = [0, 2] : tensor<?x5xf32> -> tensor<?x3x5xf32>
// CHECK: nn.broadcast %{{.*}} dims = [] : tensor<i1> -> tensor<2xi1>
func.func @broadcast(%x: tensor<5xf32>, %n: index, %c: tensor<i1>) -> (tensor<?x3x5xf32>, tensor<2xi1>) {
  %y = nn.broadcast %x [%n] dims = [1] : tensor<5xf32> -> tensor<?x5xf32>
  %z = nn.broadcast %y [%n] dims = [0, 2] : tensor<?x5xf32> -> tensor<?x3x5xf32>
  %d = nn.broadcast %c dims = [] : tensor<i1> -> tensor<2xi1>
  return %z, %d : tensor<?x3x5xf32>, tensor<2xi1>
}
