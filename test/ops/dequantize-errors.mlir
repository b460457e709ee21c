// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// dequantize_c1
func.func @rank(%q: tensor<4xi32>, %s: tensor<1x3xf32>) {
  // expected-error @+1 {{expects words of two static dimensions and i32, but got 'tensor<4xi32>'}}
  %w = nn.dequantize %q, %s : tensor<4xi32>, tensor<1x3xf32>
  return
}

// -----

// dequantize_c1
func.func @free(%q: tensor<?x3xi32>, %s: tensor<1x3xf32>) {
  // expected-error @+1 {{expects words of two static dimensions and i32, but got 'tensor<?x3xi32>'}}
  %w = nn.dequantize %q, %s : tensor<?x3xi32>, tensor<1x3xf32>
  return
}

// -----

// dequantize_c2
func.func @bits(%q: tensor<4x3xi32>, %s: tensor<1x3xf32>) {
  // expected-error @+1 {{expects bits = 8 or bits = 4, but got 2}}
  %w = nn.dequantize %q, %s bits = 2 : tensor<4x3xi32>, tensor<1x3xf32>
  return
}

// -----

// dequantize_c3
func.func @scales(%q: tensor<4x3xi32>, %s: tensor<1x3xf32>) {
  // expected-error @+1 {{expects scales of the type 'tensor<2x3xf32>', a row for each 8 of 16 numbers, but got 'tensor<1x3xf32>'}}
  %w = nn.dequantize %q, %s group = 8 : tensor<4x3xi32>, tensor<1x3xf32>
  return
}

// -----

// dequantize_c4
func.func @group(%q: tensor<4x3xi32>, %s: tensor<3x3xf32>) {
  // expected-error @+2 {{expects a group that is a multiple of 4, the numbers of a word, but got 6}}
  // expected-note @+1 {{a word has one scale}}
  %w = nn.dequantize %q, %s group = 6 : tensor<4x3xi32>, tensor<3x3xf32>
  return
}

// -----

// dequantize_c5
func.func @zeros(%q: tensor<4x3xi32>, %s: tensor<1x3xf32>, %z: tensor<3xf32>) {
  // expected-error @+1 {{expects zeros of the type of scales, 'tensor<1x3xf32>', but got 'tensor<3xf32>'}}
  %w = nn.dequantize %q, %s zeros = %z : tensor<4x3xi32>, tensor<1x3xf32>, tensor<3xf32>
  return
}
