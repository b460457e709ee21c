// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @log_softmax_c1(%x: tensor<?x8xf32>) {
  // log_softmax_c1
  // expected-error @+1 {{expects dim from 0 to 1 for 'tensor<?x8xf32>', but got 2}}
  %0 = nn.log_softmax %x dim = 2 : tensor<?x8xf32>
  return
}

// -----

func.func @log_softmax_c1_no_dimension(%x: tensor<f32>) {
  // log_softmax_c1
  // expected-error @+1 {{expects x of at least one dimension, but got 'tensor<f32>'}}
  %0 = nn.log_softmax %x : tensor<f32>
  return
}
