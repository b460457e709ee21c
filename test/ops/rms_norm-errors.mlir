// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @rms_norm_c1(%x: tensor<f32>, %s: tensor<8xf32>) {
  // rms_norm_c1
  // expected-error @+1 {{expects x of at least one dimension, but got 'tensor<f32>'}}
  %0 = nn.rms_norm %x, %s : tensor<f32>, tensor<8xf32>
  return
}

// -----

func.func @rms_norm_c2(%x: tensor<?x8xf32>, %s: tensor<7xf32>) {
  // rms_norm_c2
  // expected-error @+2 {{expects scale with one element of the dtype of x per element of its last dimension, but got 'tensor<7xf32>' for x of 'tensor<?x8xf32>'}}
  // expected-note @+1 {{declare the scale as 'tensor<8xf32>'}}
  %0 = nn.rms_norm %x, %s : tensor<?x8xf32>, tensor<7xf32>
  return
}

// -----

func.func @rms_norm_c3(%x: tensor<?x8xf32>, %s: tensor<8xf64>) {
  // rms_norm_c3
  // expected-error @+2 {{expects scale with one element of the dtype of x per element of its last dimension, but got 'tensor<8xf64>' for x of 'tensor<?x8xf32>'}}
  // expected-note @+1 {{declare the scale as 'tensor<8xf32>'}}
  %0 = nn.rms_norm %x, %s : tensor<?x8xf32>, tensor<8xf64>
  return
}

// -----

func.func @rms_norm_c4(%s: tensor<8xf32>) {
  // rms_norm_c4
  // expected-error @+1 {{expects epsilon of at least 0, but got -1.000000e+00 : f64}}
  %0 = nn.rms_norm %s, %s epsilon = -1.0 : tensor<8xf32>
  return
}

// -----

func.func @rms_norm_c5(%s: tensor<8xf32>) {
  // rms_norm_c5
  // expected-error @+2 {{expects epsilon that 'f32' holds, but got 9.9999999999999997E-61 : f64}}
  // expected-note @+1 {{'f32' holds numbers up to}}
  %0 = nn.rms_norm %s, %s epsilon = 1.0e-60 : tensor<8xf32>
  return
}
