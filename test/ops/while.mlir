// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --canonicalize | FileCheck %s --check-prefix=FOLD
// RUN: mlc-opt %s --evaluate -o /dev/null | FileCheck %s --check-prefix=VALUE

// The greatest common divisor, in as many trips as it takes.
// CHECK-LABEL: func.func @gcd
// CHECK: nn.while (%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}}) : tensor<i64>, tensor<i64> {
// CHECK: nn.yield %{{.*}} : tensor<i1>
// CHECK: } do (%[[A2:.*]], %[[B2:.*]]) {
// CHECK-NEXT: %[[REST:.*]] = nn.rem %[[A2]], %[[B2]]
// CHECK-NEXT: nn.yield %[[B2]], %[[REST]] : tensor<i64>, tensor<i64>
// VALUE: @gcd[0] = dense<21> : tensor<i64>
func.func @gcd(%x: tensor<i64> {nn.value = dense<1071> : tensor<i64>}, %y: tensor<i64> {nn.value = dense<462> : tensor<i64>}) -> tensor<i64> {
  %zero = nn.constant dense<0> : tensor<i64>
  %d, %rest = nn.while (%a = %x, %b = %y) : tensor<i64>, tensor<i64> {
    %c = nn.compare ne %b, %zero : tensor<i64>
    nn.yield %c : tensor<i1>
  } do (%a, %b) {
    %0 = nn.rem %a, %b : tensor<i64>
    nn.yield %b, %0 : tensor<i64>, tensor<i64>
  }
  return %d : tensor<i64>
}

// What is stacked is zero where there was no trip; a bound ends the loop too; no trip at all.
// CHECK-LABEL: func.func @powers
// CHECK: nn.while (%{{.*}} = %{{.*}}) max_trips = 6 : tensor<f32> {
// CHECK: nn.while (%{{.*}} = %{{.*}}) max_trips = %{{.*}} : tensor<f32> {
// VALUE: @powers[0] = dense<16> : tensor<f32>
// VALUE: @powers[1] = dense<[1, 2, 4, 8, 0, 0]> : tensor<6xf32>
// VALUE: @powers[2] = dense<4> : tensor<f32>
// VALUE: @powers[3] = dense<[1, 2]> : tensor<2xf32>
// VALUE: @powers[4] = dense<9> : tensor<f32>
// VALUE: @powers[5] = dense<[0, 0, 0, 0, 0, 0]> : tensor<6xf32>
func.func @powers(%one: tensor<f32> {nn.value = dense<1.0> : tensor<f32>}, %nine: tensor<f32> {nn.value = dense<9.0> : tensor<f32>},
                  %n: tensor<?xi32> {nn.value = dense<0> : tensor<2xi32>})
    -> (tensor<f32>, tensor<6xf32>, tensor<f32>, tensor<?xf32>, tensor<f32>, tensor<6xf32>) {
  %most = nn.dim %n, 0 : tensor<?xi32>
  %a, %as = nn.while (%x = %one) max_trips = 6 : tensor<f32> {
    %c = nn.compare lt %x, %nine : tensor<f32>
    nn.yield %c : tensor<i1>
  } do (%x) {
    %0 = nn.add %x, %x : tensor<f32>
    nn.yield %0, %x : tensor<f32>, tensor<f32>
  }
  %b, %bs = nn.while (%x = %one) max_trips = %most : tensor<f32> {
    %c = nn.compare lt %x, %nine : tensor<f32>
    nn.yield %c : tensor<i1>
  } do (%y) {
    %0 = nn.add %y, %y : tensor<f32>
    nn.yield %0, %y : tensor<f32>, tensor<f32>
  }
  %d, %ds = nn.while (%x = %nine) max_trips = 6 : tensor<f32> {
    %c = nn.compare lt %x, %nine : tensor<f32>
    nn.yield %c : tensor<i1>
  } do (%x) {
    %0 = nn.add %x, %x : tensor<f32>
    nn.yield %0, %x : tensor<f32>, tensor<f32>
  }
  return %a, %as, %b, %bs, %d, %ds : tensor<f32>, tensor<6xf32>, tensor<f32>, tensor<?xf32>, tensor<f32>, tensor<6xf32>
}

// What neither the condition nor a used result needs is left out; what no trip changes is used as it is.
// FOLD-LABEL: func.func @unneeded(
// FOLD-SAME: %[[X:[a-z0-9]+]]: tensor<f32> {{.*}}, %[[MOST:[a-z0-9]+]]: tensor<f32>
// FOLD: %[[Y:.*]] = nn.while (%[[H:.*]] = %[[X]]) : tensor<f32> {
// FOLD-NEXT: %[[C:.*]] = nn.compare lt %[[H]], %[[MOST]]
// FOLD: } do (%[[K:.*]]) {
// FOLD-NEXT: %[[SUM:.*]] = nn.add %[[K]], %[[MOST]]
// FOLD-NEXT: nn.yield %[[SUM]] : tensor<f32>
// VALUE: @unneeded[0] = dense<8> : tensor<f32>
func.func @unneeded(%x: tensor<f32> {nn.value = dense<1.0> : tensor<f32>}, %most: tensor<f32> {nn.value = dense<7.0> : tensor<f32>}) -> tensor<f32> {
  %a, %b, %c = nn.while (%h = %x, %same = %most, %k = %x) : tensor<f32>, tensor<f32>, tensor<f32> {
    %0 = nn.compare lt %h, %same : tensor<f32>
    nn.yield %0 : tensor<i1>
  } do (%h, %same, %k) {
    %0 = nn.add %h, %same : tensor<f32>
    %1 = nn.mul %k, %h : tensor<f32>
    nn.yield %0, %same, %1 : tensor<f32>, tensor<f32>, tensor<f32>
  }
  return %a : tensor<f32>
}
