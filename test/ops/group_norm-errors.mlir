// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @group_norm_c1(%x: tensor<8xf32>, %s: tensor<8xf32>) {
  // group_norm_c1
  // expected-error @+1 {{expects x of at least two dimensions, [N, C, ...], but got 'tensor<8xf32>'}}
  %0 = nn.group_norm %x, %s, %s groups = 2 : tensor<8xf32>, tensor<8xf32>
  return
}

// -----

func.func @group_norm_c2(%x: tensor<?x8x3xf32>, %s: tensor<3xf32>) {
  // group_norm_c2
  // expected-error @+2 {{expects scale with one 'f32' per channel, dimension 1 of x, but got 'tensor<3xf32>' for x of 'tensor<?x8x3xf32>'}}
  // expected-note @+1 {{declare the scale as 'tensor<8xf32>'}}
  %0 = nn.group_norm %x, %s, %s groups = 2 : tensor<?x8x3xf32>, tensor<3xf32>
  return
}

// -----

func.func @group_norm_c3(%x: tensor<?x8x3xf32>, %s: tensor<8xf64>) {
  // group_norm_c3
  // expected-error @+2 {{expects scale with one 'f32' per channel, dimension 1 of x, but got 'tensor<8xf64>' for x of 'tensor<?x8x3xf32>'}}
  // expected-note @+1 {{declare the scale as 'tensor<8xf32>'}}
  %0 = nn.group_norm %x, %s, %s groups = 2 : tensor<?x8x3xf32>, tensor<8xf64>
  return
}

// -----

func.func @group_norm_c4(%x: tensor<?x8x3xf32>, %s: tensor<8xf32>) {
  // group_norm_c4
  // expected-error @+1 {{expects epsilon of at least 0, but got -1.000000e+00 : f64}}
  %0 = nn.group_norm %x, %s, %s groups = 2 epsilon = -1.0 : tensor<?x8x3xf32>, tensor<8xf32>
  return
}

// -----

func.func @group_norm_c5(%x: tensor<?x8x3xf32>, %s: tensor<8xf32>) {
  // group_norm_c5
  // expected-error @+2 {{expects epsilon that 'f32' holds, but got 9.9999999999999997E-61 : f64}}
  // expected-note @+1 {{'f32' holds numbers up to}}
  %0 = nn.group_norm %x, %s, %s groups = 2 epsilon = 1.0e-60 : tensor<?x8x3xf32>, tensor<8xf32>
  return
}

// -----

func.func @group_norm_c6(%x: tensor<?x8x3xf32>, %s: tensor<8xf32>) {
  // group_norm_c6
  // expected-error @+1 {{expects groups of equally many channels, dimension 1 of x, but got 3 groups for x of 'tensor<?x8x3xf32>'}}
  %0 = nn.group_norm %x, %s, %s groups = 3 : tensor<?x8x3xf32>, tensor<8xf32>
  return
}

// -----

func.func @group_norm_c6_free(%x: tensor<2x?xf32>, %s: tensor<?xf32>) {
  // group_norm_c6
  // expected-error @+1 {{expects groups of equally many channels, dimension 1 of x, but got 1 groups for x of 'tensor<2x?xf32>'}}
  %0 = nn.group_norm %x, %s, %s groups = 1 : tensor<2x?xf32>, tensor<?xf32>
  return
}
