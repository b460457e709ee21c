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
  // expected-error @+1 {{expects whole bounds for 'tensor<4xi32>', but got 5.000000e-01 : f64}}
  %0 = nn.clamp %x low = 0.5 : tensor<4xi32>
  return
}
