// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --mlir-print-op-generic | mlc-opt | FileCheck %s

// CHECK-LABEL: func @gru
// CHECK: nn.gru %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x8x3xbf16>, tensor<3x12xbf16>, tensor<4x12xbf16>
// CHECK: nn.gru {{.*}} bias = %{{.*}} hidden_bias = %{{.*}} initial = %{{.*}} lengths = %{{.*}} reverse : {{.*}}, tensor<8xi64>
func.func @gru(%x: tensor<?x8x3xbf16>, %w: tensor<3x12xbf16>, %u: tensor<4x12xbf16>, %b: tensor<12xbf16>, %h0: tensor<8x4xbf16>,
               %n: tensor<8xi64>) {
  %y, %h = nn.gru %x, %w, %u : tensor<?x8x3xbf16>, tensor<3x12xbf16>, tensor<4x12xbf16>
  %z, %i = nn.gru %x, %w, %u lengths = %n bias = %b hidden_bias = %b initial = %h0 reverse : tensor<?x8x3xbf16>, tensor<3x12xbf16>,
    tensor<4x12xbf16>, tensor<12xbf16>, tensor<12xbf16>, tensor<8x4xbf16>, tensor<8xi64>
  return
}
