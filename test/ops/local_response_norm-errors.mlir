// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @local_response_norm_c1(%x: tensor<8xf32>) {
  // local_response_norm_c1
  // expected-error @+1 {{expects x of at least two dimensions, [N, C, ...], but got 'tensor<8xf32>'}}
  %0 = nn.local_response_norm %x size = 5 : tensor<8xf32>
  return
}

// -----

func.func @local_response_norm_c2(%x: tensor<2x3x8x6xf32>) {
  // local_response_norm_c2
  // expected-error @+1 {{expects a size from 1 to 64, but got 65}}
  %0 = nn.local_response_norm %x size = 65 : tensor<2x3x8x6xf32>
  return
}

// -----

func.func @local_response_norm_c3(%x: tensor<2x3x8x6xf32>) {
  // local_response_norm_c3
  // expected-error @+1 {{expects a finite beta, but got 0x7FF0000000000000}}
  %0 = nn.local_response_norm %x size = 5 beta = inf : tensor<2x3x8x6xf32>
  return
}

// -----

func.func @local_response_norm_c4(%x: tensor<2x3x8x6xf32>) {
  // local_response_norm_c4
  // expected-error @+2 {{expects alpha}}
  // expected-note @+1 {{'f32' holds numbers up to}}
  %0 = nn.local_response_norm %x size = 5 alpha = 1e300 : tensor<2x3x8x6xf32>
  return
}
