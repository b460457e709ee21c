// RUN: mlc-opt %s --canonicalize --split-input-file --verify-diagnostics
// The product of the sizes that are not 0 is at most 2^44, in every op and before anything multiplies them: 256^8 is 0 in 64 bits,
// 1000^8 is nearly 2^80.

func.func @wrapped(%x: tensor<0xf32>) -> tensor<256x256x256x256x256x256x256x256xf32> {
  // expected-error @+1 {{expects tensors of at most 2^44 elements, but got 'tensor<256x256x256x256x256x256x256x256xf32>'}}
  %y = nn.reshape %x : tensor<0xf32> -> tensor<256x256x256x256x256x256x256x256xf32>
  return %y : tensor<256x256x256x256x256x256x256x256xf32>
}

// -----

func.func @constant() -> tensor<1000x1000x1000x1000x1000x1000x1000x1000xf32> {
  // expected-error @+1 {{expects tensors of at most 2^44 elements, but got 'tensor<1000x1000x1000x1000x1000x1000x1000x1000xf32>'}}
  %y = nn.constant dense<1.0> : tensor<1000x1000x1000x1000x1000x1000x1000x1000xf32>
  return %y : tensor<1000x1000x1000x1000x1000x1000x1000x1000xf32>
}

// -----

func.func @inferred(%x: tensor<4194304x4xf32>) -> tensor<f32> {
  // expected-error @+1 {{expects tensors of at most 2^44 elements, but got 'tensor<4194304x4x4194304x4xf32>'}}
  %y = nn.contract %x, %x contracting = [] x [] : tensor<4194304x4xf32>
  %z = nn.reduce sum %y dims = [0, 1, 2, 3] : tensor<4194304x4x4194304x4xf32>
  return %z : tensor<f32>
}

// -----

// expected-error @+1 {{expects tensors of at most 2^44 elements, but got 'tensor<0x4194304x4194305xi8>'}}
func.func @argument(%x: tensor<0x4194304x4194305xi8>) -> tensor<0xi8> {
  %y = nn.reduce max %x dims = [1, 2] : tensor<0x4194304x4194305xi8>
  return %y : tensor<0xi8>
}
