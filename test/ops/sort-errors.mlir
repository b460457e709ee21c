// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// sort_c1
func.func @sort_c1(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects dim in [0, 1), the dimensions of 'tensor<4xf32>', but got 1}}
  %y = nn.sort %x dim = 1 : tensor<4xf32>
  return
}

// -----

// sort_c2
func.func @sort_c2(%x: tensor<4xf32>, %p: tensor<5xi32>) {
  // expected-note @+2 {{nn.broadcast gives a payload the shape of the keys}}
  // expected-error @+1 {{expects payloads of the shape of the keys, but got 'tensor<5xi32>' and 'tensor<4xf32>'}}
  %y:2 = nn.sort %x, %p dim = 0 : tensor<4xf32>, tensor<5xi32>
  return
}
