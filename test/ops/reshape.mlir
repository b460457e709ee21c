// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @reshape
// CHECK: nn.reshape %{{.*}} : tensor<?x28x28xf32> -> tensor<?x784xf32>
// CHECK: nn.reshape %{{.*}}{{ ?}}[%{{.*}}, %{{.*}}] : tensor<?x784xf32> -> tensor<?x?xf32>
func.func @reshape(%x: tensor<?x28x28xf32>, %n: index) -> tensor<?x?xf32> {
  %y = nn.reshape %x : tensor<?x28x28xf32> -> tensor<?x784xf32>
  %z = nn.reshape %y [%n, %n] : tensor<?x784xf32> -> tensor<?x?xf32>
  return %z : tensor<?x?xf32>
}
