// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @contract
// CHECK: nn.contract %{{.*}}, %{{.*}} contracting = [1] x [0] : tensor<?x8xf32>, tensor<8x3xf32>
// CHECK: nn.contract %{{.*}}, %{{.*}} batch = [0] x [2] contracting = [2] x [0] : tensor<2x?x8xf32>, tensor<8x3x2xf32>
func.func @contract(%a: tensor<?x8xf32>, %b: tensor<8x3xf32>, %c: tensor<2x?x8xf32>, %d: tensor<8x3x2xf32>) -> (tensor<?x3xf32>, tensor<2x?x3xf32>) {
  %y = nn.contract %a, %b contracting = [1] x [0] : tensor<?x8xf32>, tensor<8x3xf32>
  %z = nn.contract %c, %d batch = [0] x [2] contracting = [2] x [0] : tensor<2x?x8xf32>, tensor<8x3x2xf32>
  return %y, %z : tensor<?x3xf32>, tensor<2x?x3xf32>
}
