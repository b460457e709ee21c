// RUN: mlc-opt %s --schedule-kernels --bufferize-kernels | FileCheck %s

// 16-bit floats are i16 in memory and f32 in registers, rounded after every op; no op on bf16 is left for a library call.
// CHECK-LABEL: func.func private @kernel_0(
// CHECK-SAME: memref<?xi16>
// CHECK-NOT: bf16
// CHECK: arith.extui
// CHECK: arith.addf {{.*}} vector<16xf32>
// CHECK-NOT: bf16
// CHECK: arith.trunci {{.*}} : vector<16xi32> to vector<16xi16>
// CHECK: return
func.func private @kernel_0(%x: tensor<16xbf16>, %y: tensor<16xbf16>) -> tensor<16xbf16> attributes {kernel.kernel} {
  %s = nn.add %x, %y : tensor<16xbf16>
  return %s : tensor<16xbf16>
}
