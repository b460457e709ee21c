// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @elu_c1(%x: tensor<?x8xf32>) {
  // elu_c1
  // expected-error @+2 {{expects alpha that 'f32' holds, but got 1.000000e+50 : f64}}
  // expected-note @+1 {{'f32' holds numbers up to}}
  %0 = nn.elu %x alpha = 1.0e50 : tensor<?x8xf32>
  return
}
