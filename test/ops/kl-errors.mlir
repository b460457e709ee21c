// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @kl_c1(%y: tensor<?x10xf32>, %t: tensor<?x5xf32>) {
  // kl_c1
  // expected-error @+2 {{'nn.kl' op expects prediction and target of one shape, but got 'tensor<?x10xf32>' and 'tensor<?x5xf32>'}}
  // expected-note @+1 {{dimension 1 has size 10 in the prediction and 5 in the target: give the last layer 5 outputs, or the target the size 10}}
  %0 = nn.kl %y, %t : tensor<?x10xf32>, tensor<?x5xf32>
  return
}

// -----

func.func @kl_c1_rank(%y: tensor<?x1xf32>, %t: tensor<?xf32>) {
  // kl_c1_rank
  // expected-error @+2 {{'nn.kl' op expects prediction and target of one shape, but got 'tensor<?x1xf32>' and 'tensor<?xf32>'}}
  // expected-note @+1 {{the prediction has 2 dimensions and the target 1: add or drop dimensions of size 1 with nn.reshape}}
  %0 = nn.kl %y, %t : tensor<?x1xf32>, tensor<?xf32>
  return
}

// -----

func.func @kl_c2(%y: tensor<?x5xf32>, %t: tensor<?x5xf64>) {
  // kl_c2
  // expected-error @+1 {{'nn.kl' op expects prediction and target of one dtype, but got 'tensor<?x5xf32>' and 'tensor<?x5xf64>'; convert one with nn.cast}}
  %0 = nn.kl %y, %t : tensor<?x5xf32>, tensor<?x5xf64>
  return
}
