// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @roi_align_c1(%x: tensor<2x3x8xf32>, %b: tensor<7x4xf32>, %i: tensor<7xi32>) {
  // roi_align_c1
  // expected-error @+1 {{expects two spatial dimensions, but got x of 'tensor<2x3x8xf32>' by the layout "ncw"}}
  %0 = nn.roi_align %x, %b, %i sizes = [7] samples = 2 : tensor<2x3x8xf32>, tensor<7x4xf32>, tensor<7xi32>
  return
}

// -----

func.func @roi_align_c2(%x: tensor<2x3x8x6xf32>, %b: tensor<7x4xf32>, %i: tensor<7xi32>) {
  // roi_align_c2
  // expected-error @+2 {{expects x of 5 dimensions, by the layout "ncdhw", but got 'tensor<2x3x8x6xf32>'}}
  // expected-note @+1 {{n is the batch, c the channels, any other letter a spatial dimension}}
  %0 = nn.roi_align %x, %b, %i sizes = [7] samples = 2 layout = ncdhw : tensor<2x3x8x6xf32>, tensor<7x4xf32>, tensor<7xi32>
  return
}

// -----

func.func @roi_align_c3(%x: tensor<2x3x8x6xf32>, %b: tensor<7x5xf32>, %i: tensor<7xi32>) {
  // roi_align_c3
  // expected-error @+2 {{expects boxes of [boxes, 4] of the dtype of x, and images of [boxes], but got 'tensor<7x5xf32>' and 'tensor<7xi32>' for 'tensor<2x3x8x6xf32>'}}
  // expected-note @+1 {{a box is left, top, right, bottom; images says of which image it is}}
  %0 = nn.roi_align %x, %b, %i sizes = [7] samples = 2 : tensor<2x3x8x6xf32>, tensor<7x5xf32>, tensor<7xi32>
  return
}

// -----

func.func @roi_align_c3_images(%x: tensor<2x3x8x6xf32>, %b: tensor<7x4xf32>, %i: tensor<6xi32>) {
  // roi_align_c3
  // expected-error @+2 {{expects boxes of [boxes, 4] of the dtype of x, and images of [boxes], but got 'tensor<7x4xf32>' and 'tensor<6xi32>' for}}
  // expected-note @+1 {{a box is left}}
  %0 = nn.roi_align %x, %b, %i sizes = [7] samples = 2 : tensor<2x3x8x6xf32>, tensor<7x4xf32>, tensor<6xi32>
  return
}

// -----

func.func @roi_align_c4(%x: tensor<2x3x8x6xf32>, %b: tensor<7x4xf32>, %i: tensor<7xi32>) {
  // roi_align_c4
  // expected-error @+1 {{expects sizes to have one number for each of the 2 spatial dimensions of the layout "nchw", or one for all, but got 3}}
  %0 = nn.roi_align %x, %b, %i sizes = [7, 7, 7] samples = 2 : tensor<2x3x8x6xf32>, tensor<7x4xf32>, tensor<7xi32>
  return
}

// -----

func.func @roi_align_c4_zero(%x: tensor<2x3x8x6xf32>, %b: tensor<7x4xf32>, %i: tensor<7xi32>) {
  // roi_align_c4
  // expected-error @+1 {{expects sizes of at least 1, but got [7, 0]}}
  %0 = nn.roi_align %x, %b, %i sizes = [7, 0] samples = 2 : tensor<2x3x8x6xf32>, tensor<7x4xf32>, tensor<7xi32>
  return
}

// -----

func.func @roi_align_c5(%x: tensor<2x3x8x6xf32>, %b: tensor<7x4xf32>, %i: tensor<7xi32>) {
  // roi_align_c5
  // expected-error @+1 {{expects at least 1 sample, but got 0}}
  %0 = nn.roi_align %x, %b, %i sizes = [7] samples = 0 : tensor<2x3x8x6xf32>, tensor<7x4xf32>, tensor<7xi32>
  return
}

// -----

func.func @roi_align_c5_many(%x: tensor<2x3x8x6xf32>, %b: tensor<7x4xf32>, %i: tensor<7xi32>) {
  // roi_align_c5
  // expected-error @+1 {{expects at most 2^44 points of a box, but got 4000000 x 4000000 samples for sizes of [7]}}
  %0 = nn.roi_align %x, %b, %i sizes = [7] samples = 4000000 : tensor<2x3x8x6xf32>, tensor<7x4xf32>, tensor<7xi32>
  return
}

// -----

func.func @roi_align_c6(%x: tensor<2x3x8x6xf32>, %b: tensor<7x4xf32>, %i: tensor<7xi32>) {
  // roi_align_c6
  // expected-error @+1 {{expects a finite scale above 0, but got -1.000000e+00}}
  %0 = nn.roi_align %x, %b, %i sizes = [7] samples = 2 scale = -1 : tensor<2x3x8x6xf32>, tensor<7x4xf32>, tensor<7xi32>
  return
}

// -----

func.func @roi_align_c6_fits(%x: tensor<2x3x8x6xf32>, %b: tensor<7x4xf32>, %i: tensor<7xi32>) {
  // roi_align_c6
  // expected-error @+2 {{expects scale}}
  // expected-note @+1 {{'f32' holds numbers up to}}
  %0 = nn.roi_align %x, %b, %i sizes = [7] samples = 2 scale = 1e300 : tensor<2x3x8x6xf32>, tensor<7x4xf32>, tensor<7xi32>
  return
}

// -----

func.func @roi_align_c7(%x: tensor<2x3x8x0xf32>, %b: tensor<7x4xf32>, %i: tensor<7xi32>) {
  // roi_align_c7
  // expected-error @+1 {{expects elements along every spatial dimension of x, but got 'tensor<2x3x8x0xf32>'}}
  %0 = nn.roi_align %x, %b, %i sizes = [7] samples = 2 : tensor<2x3x8x0xf32>, tensor<7x4xf32>, tensor<7xi32>
  return
}
