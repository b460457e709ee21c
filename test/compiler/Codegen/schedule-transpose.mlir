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

// Pixels of two colours: pieces of two become vectors of one colour, and back.
// CHECK-LABEL: func.func private @apart
// CHECK: scf.for
// CHECK: scf.for
// CHECK-COUNT-4: vector.load {{.*}} vector<2xf32>
// CHECK-COUNT-2: vector.store {{.*}} vector<4xf32>
func.func private @apart(%x: tensor<40x2xf32>) -> tensor<2x40xf32> attributes {kernel.kernel} {
  %y = nn.transpose %x permutation = [1, 0] : tensor<40x2xf32>
  return %y : tensor<2x40xf32>
}
// CHECK-LABEL: func.func private @together
// CHECK-COUNT-2: vector.load {{.*}} vector<4xf32>
// CHECK-COUNT-4: vector.store {{.*}} vector<2xf32>
func.func private @together(%x: tensor<2x40xf32>) -> tensor<40x2xf32> attributes {kernel.kernel} {
  %y = nn.transpose %x permutation = [1, 0] : tensor<2x40xf32>
  return %y : tensor<40x2xf32>
}
