// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @linear_c1(%x: tensor<f32>, %w: tensor<8x3xf32>) {
  // linear_c1
  // expected-error @+2 {{expects x of at least one dimension, but got x of 'tensor<f32>' and w of 'tensor<8x3xf32>'}}
  // expected-note @+1 {{reshape x to [..., in] with nn.reshape}}
  %0 = nn.linear %x, %w : tensor<f32>, tensor<8x3xf32>
  return
}

// -----

func.func @linear_c2(%x: tensor<?x784xf32>, %w: tensor<256x128xf32>) {
  // linear_c2
  // expected-error @+2 {{expects w of shape [in, out], in the size of the last dimension of x, but got x of 'tensor<?x784xf32>' and w of 'tensor<256x128xf32>'}}
  // expected-note @+1 {{declare the weight as 'tensor<784x128xf32>', or give x a last dimension that fits}}
  %0 = nn.linear %x, %w : tensor<?x784xf32>, tensor<256x128xf32>
  return
}

// -----

func.func @linear_c3(%x: tensor<?x8xf32>, %w: tensor<8x3xf32>, %b: tensor<8xf32>) {
  // linear_c3
  // expected-error @+2 {{expects b of shape [out], out the second dimension of w, but got x of 'tensor<?x8xf32>' and w of 'tensor<8x3xf32>' and b of 'tensor<8xf32>'}}
  // expected-note @+1 {{declare the bias as 'tensor<3xf32>'}}
  %0 = nn.linear %x, %w, %b : tensor<?x8xf32>, tensor<8x3xf32>, tensor<8xf32>
  return
}

// -----

func.func @linear_c4(%x: tensor<?x8xf32>, %w: tensor<8x3xf64>) {
  // linear_c4
  // expected-error @+1 {{'nn.linear' op expects operands of one dtype, but got 'tensor<?x8xf32>' and 'tensor<8x3xf64>'; convert one with nn.cast}}
  %0 = nn.linear %x, %w : tensor<?x8xf32>, tensor<8x3xf64>
  return
}
