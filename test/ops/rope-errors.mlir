// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @rope_c1(%x: tensor<2x5x4x8xf32>) {
  // rope_c1
  // expected-error @+2 {{expects a layout such as "bthd", with t, d and no letter twice, but got "bhhd"}}
  // expected-note @+1 {{t is time, d features, h heads, any other letter a batch dimension}}
  %0 = nn.rope %x layout = "bhhd" : tensor<2x5x4x8xf32>
  return
}

// -----

func.func @rope_c2(%x: tensor<2x5x4x8xf32>) {
  // rope_c2
  // expected-error @+2 {{expects x of 3 dimensions, by the layout "btd", but got 'tensor<2x5x4x8xf32>'}}
  // expected-note @+1 {{t is time, d features}}
  %0 = nn.rope %x layout = btd : tensor<2x5x4x8xf32>
  return
}

// -----

func.func @rope_c2_vector(%x: tensor<8xf32>) {
  // rope_c2
  // expected-error @+2 {{expects x of rank 2 at least, [batch..., heads, time, features], but got 'tensor<8xf32>'}}
  // expected-note @+1 {{t is time, d features}}
  %0 = nn.rope %x : tensor<8xf32>
  return
}

// -----

func.func @rope_c3_odd(%x: tensor<5x7xf32>) {
  // rope_c3
  // expected-error @+2 {{expects an even, static number of features to rotate, at most those of x, but got 'tensor<5x7xf32>' by the layout "td"}}
  // expected-note @+1 {{`rotary = 6` leaves the others as they are}}
  %0 = nn.rope %x : tensor<5x7xf32>
  return
}

// -----

func.func @rope_c3_many(%x: tensor<5x8xf32>) {
  // rope_c3
  // expected-error @+2 {{expects an even, static number of features to rotate, at most those of x, but got rotary = 10 for 'tensor<5x8xf32>' by the layout "td"}}
  // expected-note @+1 {{`rotary = 8` leaves the others as they are}}
  %0 = nn.rope %x rotary = 10 : tensor<5x8xf32>
  return
}

// -----

func.func @rope_c3_wide(%x: tensor<5x1000000000000xf32>) {
  // rope_c3
  // expected-error @+1 {{expects at most 65536 features, but got 'tensor<5x1000000000000xf32>' by the layout "td"}}
  %0 = nn.rope %x rotary = 2 : tensor<5x1000000000000xf32>
  return
}

// -----

func.func @rope_c3_free(%x: tensor<5x?xf32>) {
  // rope_c3
  // expected-error @+1 {{expects an even, static number of features to rotate, at most those of x, but got rotary = 2 for 'tensor<5x?xf32>' by the layout "td"}}
  %0 = nn.rope %x rotary = 2 : tensor<5x?xf32>
  return
}

// -----

func.func @rope_c4(%x: tensor<5x8xf32>) {
  // rope_c4
  // expected-error @+1 {{expects an offset of at most 2^44, but got 20000000000000}}
  %0 = nn.rope %x offset = 20000000000000 : tensor<5x8xf32>
  return
}

// -----

func.func @rope_c4_both(%x: tensor<5x8xf32>, %at: tensor<i64>) {
  // rope_c4
  // expected-error @+1 {{expects an offset that is a number or an operand, but got both}}
  %0 = nn.rope %x offset = %at {offset = 3 : i64} : tensor<5x8xf32>, tensor<i64>
  return
}

// -----

func.func @rope_c5(%x: tensor<2x4x5x8xf32>, %p: tensor<4xi32>) {
  // rope_c5
  // expected-error @+1 {{expects positions of 'tensor<5xi32>', one per time of 'tensor<2x4x5x8xf32>', but got 'tensor<4xi32>'}}
  %0 = nn.rope %x positions = %p : tensor<2x4x5x8xf32>, tensor<4xi32>
  return
}

// -----

func.func @rope_c5_batch(%x: tensor<2x4x5x8xf32>, %p: tensor<4x5xi32>) {
  // rope_c5
  // expected-error @+1 {{expects positions of 'tensor<2x5xi32>', one per batch position and time of 'tensor<2x4x5x8xf32>', but got 'tensor<4x5xi32>'}}
  %0 = nn.rope %x positions = %p : tensor<2x4x5x8xf32>, tensor<4x5xi32>
  return
}

// -----

func.func @rope_c6(%x: tensor<5x8xf32>, %p: tensor<5xi32>) {
  // rope_c6
  // expected-error @+2 {{expects positions or an offset, but got both}}
  // expected-note @+1 {{add the offset to the positions}}
  %0 = nn.rope %x positions = %p offset = 2 : tensor<5x8xf32>, tensor<5xi32>
  return
}

// -----

func.func @rope_c7(%x: tensor<5x8xf32>) {
  // rope_c7
  // expected-error @+1 {{expects theta above 0, but got 0.000000e+00 : f64}}
  %0 = nn.rope %x theta = 0 : tensor<5x8xf32>
  return
}

// -----

func.func @rope_c7_scaling(%x: tensor<5x8xf32>) {
  // rope_c7
  // expected-error @+1 {{expects scaling above 0, but got 0x7FF0000000000000 : f64}}
  %0 = nn.rope %x scaling = inf : tensor<5x8xf32>
  return
}

// -----

func.func @rope_c8(%x: tensor<5x8xf32>) {
  // rope_c8
  // expected-error @+1 {{expects one frequency for each of the 4 pairs of features, but got 2}}
  %0 = nn.rope %x frequencies = [1.0, 0.5] : tensor<5x8xf32>
  return
}

// -----

func.func @rope_c8_finite(%x: tensor<5x4xf32>) {
  // rope_c8
  // expected-error @+1 {{expects finite frequencies, but got}}
  %0 = nn.rope %x frequencies = [1.0, nan] : tensor<5x4xf32>
  return
}
