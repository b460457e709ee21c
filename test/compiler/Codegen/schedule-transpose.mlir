// RUN: mlc-opt %s --schedule-kernels="vector-bytes=16 vector-registers=16" | FileCheck %s

// Squares of 4 by 4: rows of the source in, shuffles, rows of the result out; what is around the transpose sees its rows.
// CHECK-LABEL: func.func private @k
// CHECK: scf.for
// CHECK: scf.for
// CHECK-COUNT-4: vector.load {{.*}} vector<4xf32>
// CHECK-COUNT-8: vector.shuffle
// CHECK: arith.negf {{.*}} : vector<4xf32>
// CHECK: vector.store {{.*}} vector<4xf32>
// CHECK-NOT: vector.gather
func.func private @k(%x: tensor<8x12xf32>) -> tensor<12x8xf32> attributes {kernel.kernel} {
  %t = nn.transpose %x permutation = [1, 0] : tensor<8x12xf32>
  %y = nn.neg %t : tensor<12x8xf32>
  return %y : tensor<12x8xf32>
}
