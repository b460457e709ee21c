// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @logsumexp_c1(%x: tensor<?x8xf32>) {
  // logsumexp_c1
  // expected-error @+1 {{expects distinct, increasing dims from 0 to 1 for 'tensor<?x8xf32>', but got [1, 0]}}
  %0 = nn.logsumexp %x dims = [1, 0] : tensor<?x8xf32>
  return
}

// -----

func.func @logsumexp_c1_no_dimension(%x: tensor<f32>) {
  // logsumexp_c1
  // expected-error @+1 {{expects x of at least one dimension, but got 'tensor<f32>'}}
  %0 = nn.logsumexp %x : tensor<f32>
  return
}
