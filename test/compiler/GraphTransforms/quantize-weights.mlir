// RUN: mlc-opt %s --quantize-weights="bits=4 group=32" | FileCheck %s
// RUN: mlc-opt %s --quantize-weights | FileCheck %s --check-prefix=EIGHT
// RUN: mlc-opt %s --quantize-weights 2>&1 | FileCheck %s --check-prefix=REMARK

// CHECK-NOT: nn.parameter @w
// CHECK: nn.state @w.words : tensor<8x32xi32> init(#nn.zeros) {nn.quantized = {bits = 4 : i64, columns = 32 : i64, depth = 64 : i64, group = 32 : i64, kind = 0 : i64, source = "w", transposed = 0 : i64}}
// CHECK: nn.state @w.scales : tensor<2x32xf32>
// CHECK: nn.state @w.zeros : tensor<2x32xf32>
// EIGHT: nn.state @w.words : tensor<16x32xi32>
// EIGHT: nn.state @w.scales : tensor<1x32xf32>
// EIGHT-NOT: nn.state @w.zeros
nn.parameter @w : tensor<64x32xf32> init(#nn.he_uniform)
// A table that is read by row and multiplied by its transpose.
// CHECK: nn.state @table.words : tensor<4x50xi32> init(#nn.zeros) {{.*}}transposed = 1
nn.parameter @table : tensor<50x32xf32> init(#nn.he_uniform)
// Left alone: no matrix, too small, no whole number of words, never multiplied.
// CHECK: nn.parameter @bias
nn.parameter @bias : tensor<32xf32> init(#nn.zeros)
// CHECK: nn.parameter @small
nn.parameter @small : tensor<32x8xf32> init(#nn.zeros)
// CHECK: nn.parameter @odd
// REMARK: remark: 'odd' stays f32: products sum over 50 of its numbers, no multiple of 4, which share a word
nn.parameter @odd : tensor<50x32xf32> init(#nn.zeros)
// CHECK: nn.parameter @positions
nn.parameter @positions : tensor<64x32xf32> init(#nn.zeros)

// CHECK-LABEL: func.func @f
func.func @f(%x: tensor<4x64xf32>, %i: tensor<4xi32>, %o: tensor<4x50xf32>) -> (tensor<4x32xf32>, tensor<4x50xf32>) {
  // CHECK-DAG: %[[Q:.*]] = nn.read @w.words
  // CHECK-DAG: %[[S:.*]] = nn.read @w.scales
  // CHECK-DAG: %[[Z:.*]] = nn.read @w.zeros
  // CHECK-DAG: %[[W:.*]] = nn.dequantize %[[Q]], %[[S]] zeros = %[[Z]] bits = 4 group = 32 : tensor<8x32xi32>, tensor<2x32xf32>, tensor<2x32xf32>
  %w = nn.param @w : tensor<64x32xf32>
  %b = nn.param @bias : tensor<32xf32>
  // CHECK-DAG: %[[T:.*]] = nn.dequantize {{.*}} transposed
  // CHECK: nn.contract %{{.*}}, %[[W]] contracting = [1] x [0]
  %y = nn.linear %x, %w, %b : tensor<4x64xf32>, tensor<64x32xf32>, tensor<32xf32>
  %t = nn.param @table : tensor<50x32xf32>
  // CHECK: nn.gather %[[T]]
  %e = nn.gather %t, %i axis = 0 : tensor<50x32xf32>, tensor<4xi32>
  %sum = nn.add %y, %e : tensor<4x32xf32>
  %back = nn.transpose %t permutation = [1, 0] : tensor<50x32xf32>
  // CHECK: nn.contract %{{.*}}, %[[T]] contracting = [1] x [1]
  %z = nn.matmul %sum, %back : tensor<4x32xf32>, tensor<32x50xf32>
  %s = nn.param @small : tensor<32x8xf32>
  %unused = nn.matmul %sum, %s : tensor<4x32xf32>, tensor<32x8xf32>
  %d = nn.param @odd : tensor<50x32xf32>
  %u = nn.matmul %o, %d : tensor<4x50xf32>, tensor<50x32xf32>
  %r = nn.add %sum, %u : tensor<4x32xf32>
  return %r, %z : tensor<4x32xf32>, tensor<4x50xf32>
}
