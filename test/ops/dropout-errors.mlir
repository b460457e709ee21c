// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @dropout_c1(%x: tensor<?x8xf32>) {
  // dropout_c1
  // expected-error @+1 {{expects rate from 0 to 1, the share of elements that become 0, but got 1.500000e+00 : f64}}
  %0 = nn.dropout %x rate = 1.5 : tensor<?x8xf32>
  return
}

// -----

func.func @dropout_c2(%x: tensor<?x8xf32>, %n: tensor<i64>) {
  // dropout_c2
  // expected-error @+1 {{expects seed, step and stream together, or none of them}}
  %0 = nn.dropout %x rate = 0.5 seed %n : tensor<?x8xf32>
  return
}
