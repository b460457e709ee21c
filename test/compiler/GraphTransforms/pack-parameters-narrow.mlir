// RUN: mlc-opt %s --pack-parameters="vector-bytes=64 bf16-dot=vdpbf16ps i8-dot=vpdpbusd" | FileCheck %s
// RUN: mlc-opt %s --pack-parameters="vector-bytes=32 i8-dot=vpmaddwd" | FileCheck %s --check-prefix=AVX2
// RUN: mlc-opt %s --pack-parameters="vector-bytes=32 bf16-dot=matrices i8-dot=matrices" | FileCheck %s --check-prefix=MATRICES
// RUN: mlc-opt %s --pack-parameters="vector-bytes=32" | FileCheck %s --check-prefix=NONE

nn.parameter @w : tensor<9x70xbf16> init(#nn.zeros)
nn.state @q : tensor<20x9xi8> init(#nn.zeros)
nn.state @changing : tensor<20x9xi8> init(#nn.zeros)
nn.storage @parameters parameter : tensor<640xbf16> {members = [{name = "w", offset = 0 : i64}]}
nn.storage @q_storage state : tensor<20x9xi8> {nn.name = "q"}
nn.storage @changing_storage state : tensor<20x9xi8> {nn.name = "changing"}

// Words of the neighbours along the depth that a lane takes at once come last. Without an instruction for bf16 a word is one
// number, and i8 stay as they are. So does a state that an entry changes.
// CHECK-LABEL: func.func @predict
// CHECK-SAME: tensor<3x5x32x2xbf16> {nn.storage = @packed}, %{{.*}}: tensor<1x3x32x4xi8> {nn.storage = @packed_0}
// CHECK: %[[W:.*]] = kernel.unpack %{{.*}} depth = [0] : tensor<3x5x32x2xbf16> -> tensor<9x70xbf16>
// CHECK: nn.contract %{{.*}}, %[[W]]
// CHECK: %[[Q:.*]] = kernel.unpack %{{.*}} depth = [1] : tensor<1x3x32x4xi8> -> tensor<20x9xi8>
// CHECK: %[[QI:.*]] = nn.cast %[[Q]]
// CHECK: nn.contract %{{.*}}, %[[QI]]
// CHECK-NOT: kernel.unpack
// AVX2-LABEL: func.func @predict
// AVX2-SAME: tensor<5x9x16xbf16> {nn.storage = @packed}, %{{.*}}: tensor<2x5x16x2xi8> {nn.storage = @packed_0}
// Panels for registers of matrices are as wide as two of these, of 16 words each, whatever the vectors.
// MATRICES-LABEL: func.func @predict
// MATRICES-SAME: tensor<3x5x32x2xbf16> {nn.storage = @packed}, %{{.*}}: tensor<1x3x32x4xi8> {nn.storage = @packed_0}
// NONE-LABEL: func.func @predict
// NONE-COUNT-1: kernel.unpack
// NONE-NOT: kernel.unpack
func.func @predict(%x: tensor<1x9xbf16>, %i: tensor<1x9xi8>, %p: tensor<640xbf16> {nn.storage = @parameters},
    %q: tensor<20x9xi8> {nn.storage = @q_storage}, %c: tensor<20x9xi8> {nn.storage = @changing_storage})
    -> (tensor<1x70xbf16>, tensor<1x20xi32>, tensor<1x20xi32>) {
  %s = nn.slice %p [0] [630] [1] : tensor<640xbf16>
  %w = nn.reshape %s : tensor<630xbf16> -> tensor<9x70xbf16>
  %y = nn.contract %x, %w contracting = [1] x [0] : tensor<1x9xbf16>, tensor<9x70xbf16>
  %ii = nn.cast %i : tensor<1x9xi8> -> tensor<1x9xi32>
  %qi = nn.cast %q : tensor<20x9xi8> -> tensor<20x9xi32>
  %z = nn.contract %ii, %qi contracting = [1] x [1] : tensor<1x9xi32>, tensor<20x9xi32>
  %ci = nn.cast %c : tensor<20x9xi8> -> tensor<20x9xi32>
  %u = nn.contract %ii, %ci contracting = [1] x [1] : tensor<1x9xi32>, tensor<20x9xi32>
  return %y, %z, %u : tensor<1x70xbf16>, tensor<1x20xi32>, tensor<1x20xi32>
}
func.func @change(%x: tensor<20x9xi8>) -> (tensor<20x9xi8> {nn.storage = @changing_storage}) {
  return %x : tensor<20x9xi8>
}

// CHECK-LABEL: func.func @mlc.refresh
// CHECK: nn.pad {{.*}} high = [1, 26]
// CHECK: nn.reshape {{.*}} -> tensor<5x2x3x32xbf16>
// CHECK: nn.transpose {{.*}} permutation = [2, 0, 3, 1] : tensor<5x2x3x32xbf16>
// CHECK: nn.pad {{.*}} high = [12, 3]
// CHECK: nn.reshape {{.*}} -> tensor<1x32x3x4xi8>
// CHECK: nn.transpose {{.*}} permutation = [0, 2, 1, 3] : tensor<1x32x3x4xi8>
