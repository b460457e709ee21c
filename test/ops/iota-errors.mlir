// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// iota_c1
func.func @iota_c1(%n: index) {
  // expected-error @+2 {{expects one size operand per `?` of 'tensor<8xi32>', but got 1}}
  // expected-note @+1 {{write the `index` sizes in brackets}}
  %i = nn.iota [%n] dim = 0 : tensor<8xi32>
  return
}

// -----

// iota_c2
func.func @iota_c2() {
  // expected-error @+1 {{expects dim in [0, 1), the dimensions of 'tensor<8xi32>', but got 1}}
  %i = nn.iota dim = 1 : tensor<8xi32>
  return
}

// -----

// iota_c3
func.func @iota_c3() {
  // expected-error @+2 {{expects a dtype that holds the positions up to 128, but got 'tensor<129xi8>'}}
  // expected-note @+1 {{nn.iota of i64 holds every position; nn.cast converts}}
  %i = nn.iota dim = 0 : tensor<129xi8>
  return
}
