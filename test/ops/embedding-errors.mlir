// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @embedding_c1(%t: tensor<f32>, %i: tensor<?xi32>) {
  // embedding_c1
  // expected-error @+1 {{expects a table of at least one dimension, but got 'tensor<f32>'}}
  %0 = nn.embedding %t, %i : tensor<f32>, tensor<?xi32>
  return
}
