// RUN: mlc-opt %s --tabulate-streams --split-input-file | FileCheck %s
// RUN: mlc-opt %s --tabulate-streams --form-kernels --merge-equal-kernels --split-input-file | FileCheck %s --check-prefix=KERNELS
// Kernels that draw from different streams are one: the launch says which row of the table holds its stream's number.

// CHECK-LABEL: func.func @f
// CHECK: %[[STREAMS:.*]] = nn.constant dense<[17, -5]> : tensor<2xi64>
// CHECK: %[[ROW:.*]] = nn.slice %[[STREAMS]] [0] [1] [1]
// CHECK: %[[STREAM:.*]] = nn.reshape %[[ROW]] : tensor<1xi64> -> tensor<i64>
// CHECK: %[[SEED:.*]] = nn.xor %{{.*}}, %[[STREAM]]
// CHECK: nn.rng_bits %[[SEED]], %{{.*}} stream = 0
// CHECK: nn.slice %[[STREAMS]] [1] [1] [1]
// CHECK: nn.rng_bits {{.*}} stream = 0
// KERNELS-LABEL: func.func @f
// KERNELS: kernel.launch @[[DRAW:.*]](%{{.*}}, %{{.*}}, %{{.*}})
// KERNELS: kernel.launch @[[DRAW]](
// KERNELS: func.func private @[[DRAW]](%{{.*}}: tensor<i64>, %{{.*}}: tensor<i64>, %{{.*}}: tensor<i64>)
// KERNELS-NEXT: nn.xor
// KERNELS-NEXT: nn.rng_bits
// KERNELS-NOT: nn.rng_bits
func.func @f(%seed: tensor<i64>, %step: tensor<i64>) -> (tensor<8xi32>, tensor<8xi32>) {
  %a = nn.rng_bits %seed, %step stream = 17 : tensor<i64>, tensor<i64> -> tensor<8xi32>
  %c = nn.cumsum %a dim = 0 : tensor<8xi32>
  %b = nn.rng_bits %seed, %step stream = -5 : tensor<i64>, tensor<i64> -> tensor<8xi32>
  %d = nn.cumsum %b dim = 0 : tensor<8xi32>
  return %c, %d : tensor<8xi32>, tensor<8xi32>
}

// -----

// A stream that no other is to be told from stays where it is.
// CHECK-LABEL: func.func @one
// KERNELS-LABEL: func.func @one
// CHECK-NOT: nn.constant
// CHECK: nn.rng_bits %{{.*}}, %{{.*}} stream = 17
func.func @one(%seed: tensor<i64>, %step: tensor<i64>) -> tensor<8xi32> {
  %a = nn.rng_bits %seed, %step stream = 17 : tensor<i64>, tensor<i64> -> tensor<8xi32>
  return %a : tensor<8xi32>
}
