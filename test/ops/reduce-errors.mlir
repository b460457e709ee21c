// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// reduce_c1
func.func @reduce_c1(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{expects increasing dims in [0, 2), the dimensions of 'tensor<4x8xf32>', but got [1, 0]}}
  %y = nn.reduce sum %x dims = [1, 0] : tensor<4x8xf32>
  return
}

// -----

// reduce_c2
func.func @reduce_c2(%x: tensor<4xi1>) {
  // expected-error @+2 {{expects sum of another dtype, but got 'tensor<4xi1>'}}
  // expected-note @+1 {{and, or combine i1; sum, prod, max, min combine numbers; nn.cast converts}}
  %y = nn.reduce sum %x dims = [0] : tensor<4xi1>
  return
}

// -----

// reduce_c2_bool
func.func @reduce_c2_bool(%x: tensor<4xf32>) {
  // expected-error @+2 {{expects or of another dtype, but got 'tensor<4xf32>'}}
  // expected-note @+1 {{and, or combine i1}}
  %y = nn.reduce or %x dims = [0] : tensor<4xf32>
  return
}
