// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @interpolate_c1(%x: tensor<2x3x8x6xf32>) {
  // interpolate_c1
  // expected-error @+2 {{expects a layout such as "nchw", with a spatial dimension and no letter twice, but got "nchh"}}
  // expected-note @+1 {{n is the batch, c the channels, any other letter a spatial dimension}}
  %0 = nn.interpolate %x sizes = [4] layout = nchh : tensor<2x3x8x6xf32>
  return
}

// -----

func.func @interpolate_c1_none(%x: tensor<2x3xf32>) {
  // interpolate_c1
  // expected-error @+2 {{expects a layout such as "nchw", with a spatial dimension and no letter twice, but got "nc"}}
  // expected-note @+1 {{n is the batch, c the channels, any other letter a spatial dimension}}
  %0 = nn.interpolate %x sizes = [4] layout = nc : tensor<2x3xf32>
  return
}

// -----

func.func @interpolate_c2(%x: tensor<2x3x8x6xf32>) {
  // interpolate_c2
  // expected-error @+2 {{expects x of 3 dimensions, by the layout "nhw", but got 'tensor<2x3x8x6xf32>'}}
  // expected-note @+1 {{n is the batch, c the channels, any other letter a spatial dimension}}
  %0 = nn.interpolate %x sizes = [4] layout = nhw : tensor<2x3x8x6xf32>
  return
}

// -----

func.func @interpolate_c2_default(%x: tensor<8x6xf32>) {
  // interpolate_c2
  // expected-error @+2 {{expects x of rank 3 to 5, by the layout "ncw", "nchw" or "ncdhw", but got 'tensor<8x6xf32>'}}
  // expected-note @+1 {{layout = "hw" says what the dimensions are}}
  %0 = nn.interpolate %x sizes = [4] : tensor<8x6xf32>
  return
}

// -----

func.func @interpolate_c3_both(%x: tensor<2x3x8x6xf32>) {
  // interpolate_c3
  // expected-error @+2 {{expects sizes or scale, but got both}}
  // expected-note @+1 {{sizes = [32, 32] are those of the result, scale = [2] multiplies}}
  %0 = nn.interpolate %x sizes = [4] scale = [2] : tensor<2x3x8x6xf32>
  return
}

// -----

func.func @interpolate_c3_neither(%x: tensor<2x3x8x6xf32>) {
  // interpolate_c3
  // expected-error @+2 {{expects sizes or scale, but got neither}}
  // expected-note @+1 {{sizes = [32, 32] are those of the result}}
  %0 = nn.interpolate %x mode = linear : tensor<2x3x8x6xf32>
  return
}

// -----

func.func @interpolate_c4(%x: tensor<2x3x8x6xf32>) {
  // interpolate_c4
  // expected-error @+1 {{expects sizes to have one number for each of the 2 spatial dimensions of the layout "nchw", or one for all, but got 3}}
  %0 = nn.interpolate %x sizes = [1, 2, 3] : tensor<2x3x8x6xf32>
  return
}

// -----

func.func @interpolate_c4_scale(%x: tensor<2x3x8x6xf32>) {
  // interpolate_c4
  // expected-error @+1 {{expects scale to have one number for each of the 2 spatial dimensions of the layout "nchw", or one for all, but got 3}}
  %0 = nn.interpolate %x scale = [1, 2, 3] : tensor<2x3x8x6xf32>
  return
}

// -----

func.func @interpolate_c5(%x: tensor<2x3x8x6xf32>) {
  // interpolate_c5
  // expected-error @+1 {{expects sizes of at least 1, but got [4, 0]}}
  %0 = nn.interpolate %x sizes = [4, 0] : tensor<2x3x8x6xf32>
  return
}

// -----

func.func @interpolate_c5_scale(%x: tensor<2x3x8x6xf32>) {
  // interpolate_c5
  // expected-error @+1 {{expects a finite scale above 0, but got 0.000000}}
  %0 = nn.interpolate %x scale = [0] : tensor<2x3x8x6xf32>
  return
}

// -----

func.func @interpolate_c5_infinite(%x: tensor<2x3x8x6xf32>) {
  // interpolate_c5
  // expected-error @+1 {{expects a finite scale above 0, but got inf}}
  %0 = nn.interpolate %x scale = [inf] : tensor<2x3x8x6xf32>
  return
}

// -----

func.func @interpolate_c6(%x: tensor<2x3x8x6xf32>) {
  // interpolate_c6
  // expected-error @+1 {{expects a scale that leaves one element at least, but got 0.125000 for size 6}}
  %0 = nn.interpolate %x scale = [0.125] : tensor<2x3x8x6xf32>
  return
}

// -----

func.func @interpolate_c7(%x: tensor<2x3x?x6xf32>) {
  // interpolate_c7
  // expected-error @+2 {{expects the scale of a free size to be a fraction p / q, q a power of two, both at most 65536, but got 0.300000}}
  // expected-note @+1 {{for example 2, 0.5 or 1.25; any scale will do where the size is static}}
  %0 = nn.interpolate %x scale = [0.3] : tensor<2x3x?x6xf32>
  return
}

// -----

func.func @interpolate_c8(%x: tensor<2x3x0x6xf32>) {
  // interpolate_c8
  // expected-error @+1 {{expects elements along every spatial dimension of x, but got 'tensor<2x3x0x6xf32>'}}
  %0 = nn.interpolate %x sizes = [4] : tensor<2x3x0x6xf32>
  return
}

// -----

func.func @interpolate_c9(%x: tensor<2x3x8x6xf32>) {
  // interpolate_c9
  // expected-error @+2 {{expects other coordinates than align_corners for the nearest element}}
  // expected-note @+1 {{nearest takes asymmetric, or half_pixel}}
  %0 = nn.interpolate %x sizes = [4] coordinates = align_corners : tensor<2x3x8x6xf32>
  return
}

// -----

func.func @interpolate_c10(%x: tensor<2x3x8x6xi32>) {
  // interpolate_c10
  // expected-error @+2 {{expects floats to interpolate, but got 'tensor<2x3x8x6xi32>'}}
  // expected-note @+1 {{mode = nearest takes every dtype}}
  %0 = nn.interpolate %x sizes = [4] mode = linear : tensor<2x3x8x6xi32>
  return
}
