// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --decompose-composites --canonicalize | FileCheck %s --check-prefix=LOOP

// CHECK-LABEL: func @lstm
// CHECK: nn.lstm %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x8x3xf32>, tensor<3x16xf32>, tensor<4x16xf32>
// CHECK: nn.lstm {{.*}} bias = %{{.*}} hidden_bias = %{{.*}} initial = %{{.*}}, %{{.*}} lengths = %{{.*}} reverse : {{.*}}, tensor<8xi32>
// The inputs are multiplied before the loop; what is kept for a derivative that nobody asks for is not stacked.
// LOOP-LABEL: func @lstm
// LOOP: %[[ALL:.*]] = nn.contract %{{.*}}, %{{.*}} contracting = [2] x [0] : tensor<?x8x3xf32>, tensor<3x16xf32>
// LOOP: %{{.*}}:3 = nn.scan (%[[H:.*]] = %{{.*}}, %{{.*}} = %{{.*}}) over (%[[X:.*]] = %[[ALL]]) : tensor<8x4xf32>, tensor<8x4xf32>, tensor<?x8x16xf32>
// LOOP-NEXT: %[[PRODUCT:.*]] = nn.contract %[[H]], %{{.*}} contracting = [1] x [0]
// LOOP-NEXT: nn.add %[[X]], %[[PRODUCT]]
func.func @lstm(%x: tensor<?x8x3xf32>, %w: tensor<3x16xf32>, %u: tensor<4x16xf32>, %b: tensor<16xf32>, %h0: tensor<8x4xf32>,
                %n: tensor<8xi32>) -> (tensor<?x8x4xf32>, tensor<8x4xf32>, tensor<8x4xf32>, tensor<?x8x4xf32>) {
  %y, %h, %c = nn.lstm %x, %w, %u : tensor<?x8x3xf32>, tensor<3x16xf32>, tensor<4x16xf32>
  %z, %i, %d = nn.lstm %x, %w, %u reverse lengths = %n initial = %h0, %h0 hidden_bias = %b bias = %b : tensor<?x8x3xf32>, tensor<3x16xf32>,
    tensor<4x16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<8x4xf32>, tensor<8x4xf32>, tensor<8xi32>
  return %y, %h, %c, %z : tensor<?x8x4xf32>, tensor<8x4xf32>, tensor<8x4xf32>, tensor<?x8x4xf32>
}
