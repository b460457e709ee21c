// RUN: mlc-opt %s --expand-math | FileCheck %s
// RUN: mlc-opt %s --expand-math=fma=false | FileCheck %s --check-prefix=NOFMA

// No function of the mathematics library survives, on scalars or vectors; instructions do.
// CHECK-NOT: {{nn.function|math.(exp|log|tan|erf|sin|cos|asin|acos|atan|rsqrt|powf)}}
// NOFMA-NOT: math.fma

// CHECK-LABEL: func @exp_vector
// CHECK: %[[N:.*]] = math.fma %{{.*}} : vector<8xf32>
// CHECK: arith.bitcast %[[N]] : vector<8xf32> to vector<8xi32>
// CHECK: arith.shli
func.func @exp_vector(%x: vector<8xf32>) -> vector<8xf32> {
  %y = math.exp %x : vector<8xf32>
  return %y : vector<8xf32>
}

// bf16 is computed in f32 and rounded once.
// CHECK-LABEL: func @tanh_bf16
// CHECK: %[[X:.*]] = arith.extf %{{.*}} : bf16 to f32
// CHECK: math.absf %[[X]] : f32
// CHECK: arith.truncf %{{.*}} : f32 to bf16
func.func @tanh_bf16(%x: bf16) -> bf16 {
  %y = math.tanh %x : bf16
  return %y : bf16
}

// The lanes of a vector with a huge argument are reduced one by one, in a branch.
// CHECK-LABEL: func @sin_vector
// CHECK: %[[ANY:.*]] = vector.reduction <or>, %{{.*}} : vector<4xi1> into i1
// CHECK: scf.if %[[ANY]] -> (vector<4xf64>, vector<4xi64>)
// CHECK: scf.for
// CHECK: arith.mului_extended
func.func @sin_vector(%x: vector<4xf32>) -> vector<4xf32> {
  %y = math.sin %x : vector<4xf32>
  return %y : vector<4xf32>
}

// CHECK-LABEL: func @matrix_of_cosines
// CHECK: vector.shape_cast %{{.*}} : vector<2x4xf64> to vector<8xf64>
func.func @matrix_of_cosines(%x: vector<2x4xf64>) -> vector<2x4xf64> {
  %y = math.cos %x : vector<2x4xf64>
  return %y : vector<2x4xf64>
}

// CHECK-LABEL: func @rsqrt
// CHECK: %[[ROOT:.*]] = math.sqrt %{{.*}} : f64
// CHECK: arith.divf %{{.*}}, %[[ROOT]] : f64
func.func @rsqrt(%x: f64) -> f64 {
  %y = math.rsqrt %x : f64
  return %y : f64
}

func.func @others(%x: f32, %y: f64) -> (f32, f32, f32, f32, f32, f64, f64, f64, f64, f32, f64) {
  %0 = math.expm1 %x : f32
  %1 = math.log %x : f32
  %2 = math.log1p %x : f32
  %3 = math.erf %x : f32
  %4 = math.powf %x, %x : f32
  %5 = math.powf %y, %y : f64
  %6 = math.atan2 %y, %y : f64
  %7 = math.erf %y : f64
  %8 = math.sin %y : f64
  %9 = math.erfc %x : f32
  %10 = math.erfc %y : f64
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10 : f32, f32, f32, f32, f32, f64, f64, f64, f64, f32, f64
}

func.func @trigonometric_and_hyperbolic(%x: vector<8xf32>, %y: f64) -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, f64, f64, f64, f64, f64, f64) {
  %0 = math.tan %x : vector<8xf32>
  %1 = math.asin %x : vector<8xf32>
  %2 = math.sinh %x : vector<8xf32>
  %3 = math.acos %y : f64
  %4 = math.atan %y : f64
  %5 = math.cosh %y : f64
  %6 = math.asinh %y : f64
  %7 = math.acosh %y : f64
  %8 = math.atanh %y : f64
  return %0, %1, %2, %3, %4, %5, %6, %7, %8 : vector<8xf32>, vector<8xf32>, vector<8xf32>, f64, f64, f64, f64, f64, f64
}

// What MLIR's math dialect lacks. The gamma functions of f32 are computed in f64.
// CHECK-LABEL: func @functions
// CHECK: arith.extf %{{.*}} : vector<8xf32> to vector<8xf64>
// CHECK: arith.truncf %{{.*}} : vector<8xf64> to vector<8xf32>
// CHECK: math.sqrt %{{.*}} : f64
func.func @functions(%x: vector<8xf32>, %y: f64) -> (vector<8xf32>, vector<8xf32>, f64) {
  %0 = nn.function lgamma %x : vector<8xf32>
  %1 = nn.function digamma %x : vector<8xf32>
  %2 = nn.function erf_inv %y : f64
  return %0, %1, %2 : vector<8xf32>, vector<8xf32>, f64
}

// Of what is not positive, as the formula shows or an attribute says, one factor 2^n suffices: no upper bound, one shift.
// CHECK-LABEL: func @not_positive
// CHECK-NOT: arith.cmpf ogt
// CHECK: arith.shli
// CHECK-NOT: arith.shli
// CHECK: arith.shli
// CHECK-NOT: arith.shli
func.func @not_positive(%x: f32, %y: f32) -> (f32, f32) {
  %square = arith.mulf %x, %x : f32
  %negative = arith.negf %square : f32
  %0 = math.exp %negative : f32
  %1 = math.exp %y {kernel.non_positive} : f32
  return %0, %1 : f32, f32
}

// CHECK-LABEL: func @instructions
// CHECK: math.sqrt
// CHECK: math.floor
// CHECK: math.roundeven
func.func @instructions(%x: f32) -> (f32, f32, f32) {
  %0 = math.sqrt %x : f32
  %1 = math.floor %x : f32
  %2 = math.roundeven %x : f32
  return %0, %1, %2 : f32, f32, f32
}
