// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @clamp_c1(%x: tensor<?x8xf32>) {
  // clamp_c1
  // expected-error @+1 {{expects `low = ...`, `high = ...` or both, but got neither}}
  %0 = nn.clamp %x : tensor<?x8xf32>
  return
}

// -----

func.func @clamp_c2(%x: tensor<?x8xf32>) {
  // clamp_c2
  // expected-error @+1 {{expects low <= high, but got 1.000000e+00 : f64 and 0.000000e+00 : f64}}
  %0 = nn.clamp %x low = 1.0 high = 0.0 : tensor<?x8xf32>
  return
}

// -----

func.func @clamp_c3(%x: tensor<4xi32>) {
  // clamp_c3
  // expected-error @+2 {{expects low that 'i32' holds, but got 5.000000e-01 : f64}}
  // expected-note @+1 {{'i32' holds the whole numbers from -2147483648 to 2147483647}}
  %0 = nn.clamp %x low = 0.5 : tensor<4xi32>
  return
}

// -----

func.func @clamp_c3_i8(%x: tensor<4xi8>) {
  // clamp_c3: 255 would wrap to -1.
  // expected-error @+2 {{expects high that 'i8' holds, but got 2.550000e+02 : f64}}
  // expected-note @+1 {{'i8' holds the whole numbers from -128 to 127}}
  %0 = nn.clamp %x low = 0.0 high = 255.0 : tensor<4xi8>
  return
}

// -----

func.func @clamp_c3_f16(%x: tensor<4xf16>) {
  // clamp_c3: 1e6 would be infinite.
  // expected-error @+2 {{expects high that 'f16' holds, but got 1.000000e+06 : f64}}
  // expected-note @+1 {{'f16' holds numbers up to 6.550400e+04 : f16, and 0 instead of magnitudes below 5.960460e-08 : f16}}
  %0 = nn.clamp %x high = 1.0e6 : tensor<4xf16>
  return
}

// -----

func.func @clamp_c3_i64(%x: tensor<4xi64>) {
  // clamp_c3: 2^63.
  // expected-error @+2 {{expects high that 'i64' holds, but got 9.2233720368547758E+18 : f64}}
  // expected-note @+1 {{'i64' holds the whole numbers from -9223372036854775808 to 9223372036854775807}}
  %0 = nn.clamp %x high = 9223372036854775808.0 : tensor<4xi64>
  return
}

// -----

func.func @clamp_c2_nan(%x: tensor<4xf32>) {
  // clamp_c2
  // expected-error @+1 {{expects a number as low, but got 0x7FF8000000000000 : f64}}
  %0 = nn.clamp %x low = 0x7FF8000000000000 : tensor<4xf32>
  return
}
