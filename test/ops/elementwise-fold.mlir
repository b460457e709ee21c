// RUN: mlc-opt %s --canonicalize | FileCheck %s

// Constants fold through the op's formula, rounded to the dtype.
// CHECK-LABEL: func @constants
// CHECK-DAG: nn.constant dense<3.000000e+00> : tensor<1024xf32>
// CHECK-DAG: nn.constant dense<[-127, 4]> : tensor<2xi8>
// CHECK-DAG: nn.constant dense<false> : tensor<i1>
// CHECK: return
func.func @constants() -> (tensor<1024xf32>, tensor<2xi8>, tensor<i1>) {
  %one = nn.constant dense<1.0> : tensor<1024xf32>
  %two = nn.constant dense<2.0> : tensor<1024xf32>
  %three = nn.add %one, %two : tensor<1024xf32>
  %i = nn.constant dense<[127, 2]> : tensor<2xi8>
  %j = nn.constant dense<2> : tensor<2xi8>
  %k = nn.add %i, %j : tensor<2xi8>
  %nan = nn.constant dense<0x7FC00000> : tensor<f32>
  %c = nn.compare eq %nan, %nan : tensor<f32>
  return %three, %k, %c : tensor<1024xf32>, tensor<2xi8>, tensor<i1>
}

// CHECK-LABEL: func @identities
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %{{.*}}: tensor<4xf32>)
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]], %[[X]]
func.func @identities(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %one = nn.constant dense<1.0> : tensor<f32>
  %ones = nn.broadcast %one dims = [] : tensor<f32> -> tensor<4xf32>
  %zero = nn.constant dense<0.0> : tensor<4xf32>
  %minus = nn.constant dense<-0.0> : tensor<4xf32>
  %yes = nn.constant dense<true> : tensor<4xi1>
  %a = nn.mul %x, %ones : tensor<4xf32>
  %b = nn.sub %x, %zero : tensor<4xf32>
  %c = nn.add %x, %minus : tensor<4xf32>
  %d = nn.select %yes, %x, %y : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>
  %e = nn.cast %x : tensor<4xf32> -> tensor<4xf32>
  return %a, %b, %c, %d, %e : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// x + 0.0 is not x where x is -0.0.
// CHECK-LABEL: func @signed_zero
// CHECK: nn.add
func.func @signed_zero(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = nn.constant dense<0.0> : tensor<4xf32>
  %y = nn.add %x, %zero : tensor<4xf32>
  return %y : tensor<4xf32>
}
