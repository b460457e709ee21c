// RUN: mlc-opt %s | mlc-opt | FileCheck %s
// RUN: mlc-opt %s --canonicalize | FileCheck %s --check-prefix=FOLD
// RUN: mlc-opt %s --evaluate -o /dev/null | FileCheck %s --check-prefix=VALUE

// CHECK-LABEL: func.func @cumulative
// CHECK: nn.scan (%[[H:.*]] = %{{.*}}) over (%[[X:.*]] = %{{.*}}) reverse : tensor<2xf32>, tensor<3x2xf32> {
// CHECK-NEXT: %[[SUM:.*]] = nn.add %[[H]], %[[X]]
// CHECK-NEXT: nn.yield %[[SUM]], %[[SUM]] : tensor<2xf32>, tensor<2xf32>
// VALUE: @cumulative[0] = dense<[9, 12]> : tensor<2xf32>
// VALUE: @cumulative[1] = dense<{{\[\[}}9, 12], [8, 10], [5, 6]]> : tensor<3x2xf32>
func.func @cumulative(%x: tensor<3x2xf32> {nn.value = dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>}) -> (tensor<2xf32>, tensor<3x2xf32>) {
  %zero = nn.constant dense<0.0> : tensor<2xf32>
  %last, %all = nn.scan (%h = %zero) over (%xt = %x) reverse : tensor<2xf32>, tensor<3x2xf32> {
    %0 = nn.add %h, %xt : tensor<2xf32>
    nn.yield %0, %0 : tensor<2xf32>, tensor<2xf32>
  }
  return %last, %all : tensor<2xf32>, tensor<3x2xf32>
}

// Two carried values, a number of trips; and none.
// CHECK-LABEL: func.func @fibonacci
// CHECK: nn.scan (%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) trips = 10 : tensor<i64>, tensor<i64> {
// VALUE: @fibonacci[0] = dense<55> : tensor<i64>
// VALUE: @fibonacci[1] = dense<[1, 1, 2, 3, 5, 8, 13, 21, 34, 55]> : tensor<10xi64>
// VALUE: @fibonacci[2] = dense<0> : tensor<i64>
func.func @fibonacci() -> (tensor<i64>, tensor<10xi64>, tensor<i64>) {
  %zero = nn.constant dense<0> : tensor<i64>
  %one = nn.constant dense<1> : tensor<i64>
  %a, %b, %all = nn.scan (%p = %zero, %q = %one) trips = 10 : tensor<i64>, tensor<i64> {
    %0 = nn.add %p, %q : tensor<i64>
    nn.yield %q, %0, %q : tensor<i64>, tensor<i64>, tensor<i64>
  }
  %none = nn.scan (%p = %zero) trips = 0 : tensor<i64> {
    nn.yield %one : tensor<i64>
  }
  return %a, %all, %none : tensor<i64>, tensor<10xi64>, tensor<i64>
}

// A number of trips that is known when it runs; sizes of slices of no trips.
// CHECK-LABEL: func.func @free
// CHECK: trips = %{{.*}} : tensor<?xf32> {
// VALUE: @free[0] = dense<[8, 16]> : tensor<2xf32>
// VALUE: @free[1] = dense<> : tensor<0x2xf32>
func.func @free(%n: tensor<?xi32> {nn.value = dense<0> : tensor<3xi32>}, %none: tensor<?x1xf32> {nn.value = dense<0.0> : tensor<0x1xf32>},
                %x: tensor<?xf32> {nn.value = dense<[1.0, 2.0]> : tensor<2xf32>}) -> (tensor<?xf32>, tensor<?x?xf32>) {
  %trips = nn.dim %n, 0 : tensor<?xi32>
  %y = nn.scan (%h = %x) trips = %trips : tensor<?xf32> {
    %0 = nn.add %h, %h : tensor<?xf32>
    nn.yield %0 : tensor<?xf32>
  }
  %all = nn.scan () over (%s = %none) : tensor<?x1xf32> {
    nn.yield %x : tensor<?xf32>
  }
  return %y, %all : tensor<?xf32>, tensor<?x?xf32>
}

// What no used result needs is left out; what no trip changes is used as it is.
// FOLD-LABEL: func.func @unneeded(
// FOLD-SAME: %[[X:[a-z0-9]+]]: tensor<2xf32> {{.*}}, %[[XS:[a-z0-9]+]]: tensor<?x2xf32>
// FOLD: %[[N:.*]] = nn.dim %[[XS]], 0
// FOLD: %[[Y:.*]] = nn.scan (%[[H:.*]] = %[[X]]) trips = %[[N]] : tensor<2xf32> {
// FOLD-NEXT: %[[SUM:.*]] = nn.add %[[H]], %[[X]]
// FOLD-NEXT: nn.yield %[[SUM]] : tensor<2xf32>
// FOLD: return %[[Y]]
// VALUE: @unneeded[0] = dense<[3, 6]> : tensor<2xf32>
func.func @unneeded(%x: tensor<2xf32> {nn.value = dense<[1.0, 2.0]> : tensor<2xf32>},
                    %xs: tensor<?x2xf32> {nn.value = dense<7.0> : tensor<2x2xf32>}) -> tensor<2xf32> {
  %a, %b, %c, %all = nn.scan (%h = %x, %same = %x, %k = %x) over (%s = %xs) : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<?x2xf32> {
    %0 = nn.add %h, %same : tensor<2xf32>
    %1 = nn.mul %k, %s : tensor<2xf32>
    nn.yield %0, %same, %1, %1 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
  }
  return %a : tensor<2xf32>
}

// The first two of four trips, from the second to the first; fewer than none are none.
// CHECK-LABEL: func.func @limited
// CHECK: nn.scan (%{{.*}} = %{{.*}}) over (%{{.*}} = %{{.*}}) limit = %{{.*}} reverse : tensor<f32>, tensor<4xf32> {
// VALUE: @limited[0] = dense<13> : tensor<f32>
// VALUE: @limited[1] = dense<[13, 6, 0, 0]> : tensor<4xf32>
// VALUE: @limited[2] = dense<1> : tensor<f32>
// VALUE: @limited[3] = dense<[0, 0, 0, 0]> : tensor<4xf32>
func.func @limited(%x: tensor<4xf32> {nn.value = dense<[7.0, 5.0, 3.0, 2.0]> : tensor<4xf32>}, %one: tensor<f32> {nn.value = dense<1.0> : tensor<f32>},
                   %two: tensor<i64> {nn.value = dense<2> : tensor<i64>}, %less: tensor<i64> {nn.value = dense<-3> : tensor<i64>})
    -> (tensor<f32>, tensor<4xf32>, tensor<f32>, tensor<4xf32>) {
  %a, %as = nn.scan (%h = %one) over (%s = %x) limit = %two reverse : tensor<f32>, tensor<4xf32> {
    %0 = nn.add %h, %s : tensor<f32>
    nn.yield %0, %0 : tensor<f32>, tensor<f32>
  }
  %b, %bs = nn.scan (%h = %one) over (%s = %x) limit = %less : tensor<f32>, tensor<4xf32> {
    %0 = nn.add %h, %s : tensor<f32>
    nn.yield %0, %0 : tensor<f32>, tensor<f32>
  }
  return %a, %as, %b, %bs : tensor<f32>, tensor<4xf32>, tensor<f32>, tensor<4xf32>
}
