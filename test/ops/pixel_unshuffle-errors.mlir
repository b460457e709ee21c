// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @pixel_unshuffle_c1(%x: tensor<8x6xf32>) {
  // pixel_unshuffle_c1
  // expected-error @+2 {{expects a layout such as "nchw", with c, a spatial dimension and no letter twice, but got "hw"}}
  // expected-note @+1 {{n is the batch, c the channels, any other letter a spatial dimension}}
  %0 = nn.pixel_unshuffle %x factor = 2 layout = hw : tensor<8x6xf32>
  return
}

// -----

func.func @pixel_unshuffle_c2(%x: tensor<8x6xf32>) {
  // pixel_unshuffle_c2
  // expected-error @+2 {{expects x of 4 dimensions, by the layout "nchw", but got 'tensor<8x6xf32>'}}
  // expected-note @+1 {{n is the batch, c the channels, any other letter a spatial dimension}}
  %0 = nn.pixel_unshuffle %x factor = 2 layout = nchw : tensor<8x6xf32>
  return
}

// -----

func.func @pixel_unshuffle_c3(%x: tensor<2x3x8x6xf32>) {
  // pixel_unshuffle_c3
  // expected-error @+1 {{expects a factor of at least 1, but got 0}}
  %0 = nn.pixel_unshuffle %x factor = 0 : tensor<2x3x8x6xf32>
  return
}

// -----

func.func @pixel_unshuffle_c4(%x: tensor<2x3x8x6xf32>) {
  // pixel_unshuffle_c4
  // expected-error @+1 {{expects a factor whose power 2, the number of spatial dimensions, is below 2^31, but got 50000}}
  %0 = nn.pixel_unshuffle %x factor = 50000 : tensor<2x3x8x6xf32>
  return
}

// -----

func.func @pixel_unshuffle_c5(%x: tensor<2x3x8x6xf32>) {
  // pixel_unshuffle_c5
  // expected-error @+1 {{expects spatial sizes that 4 divides, but got 'tensor<2x3x8x6xf32>' by the layout "nchw"}}
  %0 = nn.pixel_unshuffle %x factor = 4 : tensor<2x3x8x6xf32>
  return
}
