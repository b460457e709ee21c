// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @batch_norm_c1(%x: tensor<8xf32>, %s: tensor<8xf32>, %m: tensor<8xf32>) {
  // batch_norm_c1
  // expected-error @+1 {{expects x of at least two dimensions, [N, C, ...], but got 'tensor<8xf32>'}}
  %0:3 = nn.batch_norm %x, %s, %s, %m, %m : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
  return
}

// -----

func.func @batch_norm_c2(%x: tensor<?x8x3xf32>, %s: tensor<3xf32>, %m: tensor<8xf32>) {
  // batch_norm_c2
  // expected-error @+2 {{expects scale with one 'f32' per channel, dimension 1 of x, but got 'tensor<3xf32>' for x of 'tensor<?x8x3xf32>'}}
  // expected-note @+1 {{declare the scale as 'tensor<8xf32>'}}
  %0:3 = nn.batch_norm %x, %s, %s, %m, %m : tensor<?x8x3xf32>, tensor<3xf32>, tensor<8xf32>
  return
}

// -----

func.func @batch_norm_c3(%x: tensor<?x8x3xf32>, %s: tensor<8xf64>, %m: tensor<8xf32>) {
  // batch_norm_c3
  // expected-error @+2 {{expects scale with one 'f32' per channel, dimension 1 of x, but got 'tensor<8xf64>' for x of 'tensor<?x8x3xf32>'}}
  // expected-note @+1 {{declare the scale as 'tensor<8xf32>'}}
  %0:3 = nn.batch_norm %x, %s, %s, %m, %m : tensor<?x8x3xf32>, tensor<8xf64>, tensor<8xf32>
  return
}

// -----

func.func @batch_norm_c4(%x: tensor<?x8x3xf32>, %s: tensor<8xf32>, %m: tensor<8xf32>) {
  // batch_norm_c4
  // expected-error @+1 {{expects epsilon of at least 0, but got -1.000000e+00 : f64}}
  %0:3 = nn.batch_norm %x, %s, %s, %m, %m epsilon = -1.0 : tensor<?x8x3xf32>, tensor<8xf32>, tensor<8xf32>
  return
}

// -----

func.func @batch_norm_c5(%x: tensor<?x8x3xf32>, %s: tensor<8xf32>, %m: tensor<8xf32>) {
  // batch_norm_c5
  // expected-error @+2 {{expects epsilon that 'f32' holds, but got 9.9999999999999997E-61 : f64}}
  // expected-note @+1 {{'f32' holds numbers up to}}
  %0:3 = nn.batch_norm %x, %s, %s, %m, %m epsilon = 1.0e-60 : tensor<?x8x3xf32>, tensor<8xf32>, tensor<8xf32>
  return
}

// -----

func.func @batch_norm_c6(%x: tensor<?x8xbf16>, %s: tensor<8xbf16>) {
  // batch_norm_c6
  // expected-error @+2 {{expects mean with one 'f32' per channel, dimension 1 of x, but got 'tensor<8xbf16>' for x of 'tensor<?x8xbf16>'}}
  // expected-note @+1 {{declare the mean as 'tensor<8xf32>'}}
  %0:3 = nn.batch_norm %x, %s, %s, %s, %s : tensor<?x8xbf16>, tensor<8xbf16>, tensor<8xbf16>
  return
}

// -----

func.func @batch_norm_c7(%x: tensor<?x8x3xf32>, %s: tensor<8xf32>, %m: tensor<8xf32>) {
  // batch_norm_c7
  // expected-error @+1 {{expects momentum from 0 to 1, the share of the batch in the running statistics, but got 1.500000e+00 : f64}}
  %0:3 = nn.batch_norm %x, %s, %s, %m, %m momentum = 1.5 : tensor<?x8x3xf32>, tensor<8xf32>, tensor<8xf32>
  return
}

// -----

func.func @batch_norm_c8(%x: tensor<?x8x3xf32>, %s: tensor<8xf32>) {
  // batch_norm_c8
  // expected-error @+1 {{expects a layout such as "nhwc", a letter for each dimension of 'tensor<?x8x3xf32>', none twice and c the channels, but got "nhc c"}}
  %0:3 = nn.batch_norm %x, %s, %s, %s, %s layout = "nhc c" : tensor<?x8x3xf32>, tensor<8xf32>, tensor<8xf32>
  return
}

// -----

func.func @batch_norm_c8_none(%x: tensor<?x8x3xf32>, %s: tensor<8xf32>) {
  // expected-error @+1 {{expects a layout such as "nhwc"}}
  %0:3 = nn.batch_norm %x, %s, %s, %s, %s layout = nhw : tensor<?x8x3xf32>, tensor<8xf32>, tensor<8xf32>
  return
}

// -----

func.func @batch_norm_c2_last(%x: tensor<?x3x8xf32>, %s: tensor<3xf32>) {
  // expected-error @+2 {{expects scale with one 'f32' per channel, dimension 2 of x, but got 'tensor<3xf32>' for x of 'tensor<?x3x8xf32>'}}
  // expected-note @+1 {{declare the scale as 'tensor<8xf32>'}}
  %0:3 = nn.batch_norm %x, %s, %s, %s, %s layout = nwc : tensor<?x3x8xf32>, tensor<3xf32>, tensor<3xf32>
  return
}
