// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @compare
// CHECK: nn.compare lt %{{.*}}, %{{.*}} : tensor<?xf32>
// CHECK: nn.compare ne %{{.*}}, %{{.*}} : tensor<?xi1>, tensor<4xi1>
func.func @compare(%x: tensor<?xf32>, %c: tensor<4xi1>) -> tensor<4xi1> {
  %lt = nn.compare lt %x, %x : tensor<?xf32>
  %ne = nn.compare ne %lt, %c : tensor<?xi1>, tensor<4xi1>
  return %ne : tensor<4xi1>
}
