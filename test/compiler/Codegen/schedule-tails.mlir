// RUN: mlc-opt %s --schedule-kernels="vector-bytes=16 vector-registers=32 masked-moves=false" --split-input-file | FileCheck %s
// RUN: mlc-opt %s --schedule-kernels="vector-bytes=16 vector-registers=32" --split-input-file | FileCheck %s --check-prefix=MASKED

// Without masked moves the end of a row of a free length is moved in pieces of two lanes and one, after whole vectors.
// CHECK-LABEL: func.func private @free
// CHECK-NOT: vector.masked
// CHECK: scf.for
// CHECK: vector.load {{.*}} vector<16xf32>
// CHECK: arith.remui %{{.*}}, %c4
// CHECK: scf.for
// CHECK: vector.load {{.*}} vector<4xf32>
// CHECK: vector.store {{.*}} vector<4xf32>
// CHECK: scf.for
// CHECK: memref.load
// CHECK: vector.load {{.*}} vector<2xf32>
// CHECK: vector.store {{.*}} vector<2xf32>
// CHECK: memref.store
// CHECK-NOT: vector.masked
// MASKED-LABEL: func.func private @free
// MASKED: vector.maskedload
// MASKED: vector.maskedstore
func.func private @free(%x: tensor<?xf32> {nn.sizes = affine_map<()[s0] -> (s0)>}, %n: index) -> (tensor<?xf32> {nn.sizes = affine_map<()[s0] -> (s0)>}) attributes {kernel.kernel} {
  %y = nn.exp %x : tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// A known number of lanes needs no branches.
// CHECK-LABEL: func.func private @known
// CHECK-NOT: scf.if
// CHECK-NOT: vector.masked
// CHECK: vector.load {{.*}} vector<4xf32>
// CHECK-NOT: vector.masked
// CHECK: vector.load {{.*}} vector<2xf32>
// CHECK: memref.load
// CHECK-NOT: vector.masked
// MASKED-LABEL: func.func private @known
// MASKED: vector.maskedload
func.func private @known(%x: tensor<7x15xf32>) -> tensor<7xf32> attributes {kernel.kernel} {
  %y = nn.reduce max %x dims = [1] : tensor<7x15xf32>
  return %y : tensor<7xf32>
}
