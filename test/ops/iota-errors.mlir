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
