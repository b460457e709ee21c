// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @leaky_relu_c1(%x: tensor<?x8xf32>) {
  // leaky_relu_c1
  // expected-error @+2 {{expects slope that 'f32' holds, but got 1.000000e+50 : f64}}
  // expected-note @+1 {{'f32' holds numbers up to}}
  %0 = nn.leaky_relu %x slope = 1.0e50 : tensor<?x8xf32>
  return
}
