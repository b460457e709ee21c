// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @huber_c1(%y: tensor<?x10xf32>, %t: tensor<?x5xf32>) {
  // huber_c1
  // expected-error @+2 {{'nn.huber' op expects prediction and target of one shape, but got 'tensor<?x10xf32>' and 'tensor<?x5xf32>'}}
  // expected-note @+1 {{dimension 1 has size 10 in the prediction and 5 in the target: give the last layer 5 outputs, or the target the size 10}}
  %0 = nn.huber %y, %t : tensor<?x10xf32>, tensor<?x5xf32>
  return
}

// -----

func.func @huber_c1_rank(%y: tensor<?x1xf32>, %t: tensor<?xf32>) {
  // huber_c1_rank
  // expected-error @+2 {{'nn.huber' op expects prediction and target of one shape, but got 'tensor<?x1xf32>' and 'tensor<?xf32>'}}
  // expected-note @+1 {{the prediction has 2 dimensions and the target 1: add or drop dimensions of size 1 with nn.reshape}}
  %0 = nn.huber %y, %t : tensor<?x1xf32>, tensor<?xf32>
  return
}

// -----

func.func @huber_c2(%y: tensor<?x5xf32>, %t: tensor<?x5xf64>) {
  // huber_c2
  // expected-error @+1 {{'nn.huber' op expects prediction and target of one dtype, but got 'tensor<?x5xf32>' and 'tensor<?x5xf64>'; convert one with nn.cast}}
  %0 = nn.huber %y, %t : tensor<?x5xf32>, tensor<?x5xf64>
  return
}

// -----

func.func @huber_c3(%x: tensor<?x8xf32>) {
  // huber_c3
  // expected-error @+1 {{expects delta above 0, but got 0.000000e+00 : f64}}
  %0 = nn.huber %x, %x delta = 0.0 : tensor<?x8xf32>
  return
}

// -----

func.func @huber_c4(%x: tensor<?x8xf32>) {
  // huber_c4
  // expected-error @+2 {{expects delta that 'f32' holds, but got 1.000000e-50 : f64}}
  // expected-note @+1 {{'f32' holds numbers up to}}
  %0 = nn.huber %x, %x delta = 1.0e-50 : tensor<?x8xf32>
  return
}
