// RUN: mlc-opt %s | mlc-opt | FileCheck %s

// CHECK-LABEL: func @rng_bits
// CHECK: nn.rng_bits %{{.*}}, %{{.*}}{{ ?}}[%{{.*}}] stream = 17 : tensor<i64>, tensor<i64> -> tensor<?x8xi32>
func.func @rng_bits(%seed: tensor<i64>, %step: tensor<i64>, %n: index) -> tensor<?x8xi32> {
  %b = nn.rng_bits %seed, %step [%n] stream = 17 : tensor<i64>, tensor<i64> -> tensor<?x8xi32>
  return %b : tensor<?x8xi32>
}
