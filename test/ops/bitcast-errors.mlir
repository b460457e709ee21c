// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @bitcast_c1(%x: tensor<4xf32>) {
  // bitcast_c1
  // expected-error @+1 {{expects the shape of the operand, 'tensor<4xf32>', but got 'tensor<5xi32>'}}
  %0 = nn.bitcast %x : tensor<4xf32> -> tensor<5xi32>
  return
}

// -----

func.func @bitcast_c2(%x: tensor<4xf32>) {
  // bitcast_c2
  // expected-error @+1 {{expects dtypes of equal width, 32 or 64 bits, but got 'f32' and 'i64'}}
  %0 = nn.bitcast %x : tensor<4xf32> -> tensor<4xi64>
  return
}

// -----

func.func @bitcast_c2_narrow(%x: tensor<4xbf16>) {
  // expected-error @+1 {{expects dtypes of equal width, 32 or 64 bits, but got 'bf16' and 'f16'}}
  %0 = nn.bitcast %x : tensor<4xbf16> -> tensor<4xf16>
  return
}
