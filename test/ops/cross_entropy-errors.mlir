// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @cross_entropy_c1(%y: tensor<f32>, %l: tensor<i32>) {
  // cross_entropy_c1
  // expected-error @+2 {{expects logits with one number per class in the last dimension, but got logits of 'tensor<f32>' and labels of 'tensor<i32>'}}
  // expected-note @+1 {{give the last layer one output per class}}
  %0 = nn.cross_entropy %y, %l : tensor<f32>, tensor<i32>
  return
}

// -----

func.func @cross_entropy_c2(%y: tensor<?x10xf32>, %l: tensor<?x10xf32>) {
  // cross_entropy_c2
  // expected-error @+2 {{expects integer labels, but got logits of 'tensor<?x10xf32>' and labels of 'tensor<?x10xf32>'}}
  // expected-note @+1 {{a label is the number of its class: turn one-hot rows into numbers with nn.argmax, or use nn.bce for probabilities}}
  %0 = nn.cross_entropy %y, %l : tensor<?x10xf32>, tensor<?x10xf32>
  return
}

// -----

func.func @cross_entropy_c3(%y: tensor<?x10xf32>, %l: tensor<?x1xi32>) {
  // cross_entropy_c3
  // expected-error @+2 {{expects one label per row of logits, but got logits of 'tensor<?x10xf32>' and labels of 'tensor<?x1xi32>'}}
  // expected-note @+1 {{give the labels the type 'tensor<?xi32>'}}
  %0 = nn.cross_entropy %y, %l : tensor<?x10xf32>, tensor<?x1xi32>
  return
}

// -----

func.func @cross_entropy_c4(%y: tensor<?x10xf32>, %l: tensor<?xi32>) {
  // cross_entropy_c4
  // expected-error @+1 {{expects label_smoothing from 0 to 1, but got 2.000000e+00 : f64}}
  %0 = nn.cross_entropy %y, %l label_smoothing = 2.0 : tensor<?x10xf32>, tensor<?xi32>
  return
}

// -----

func.func @cross_entropy_c5(%y: tensor<?x10xf32>, %l: tensor<?xi8>) {
  // cross_entropy_c5: 255 would wrap to -1.
  // expected-error @+2 {{expects ignore_index that 'i8' holds, but got 255}}
  // expected-note @+1 {{'i8' holds the whole numbers from -128 to 127}}
  %0 = nn.cross_entropy %y, %l ignore_index = 255 : tensor<?x10xf32>, tensor<?xi8>
  return
}

// -----

func.func @cross_entropy_c6(%y: tensor<?x10xf32>, %l: tensor<?xi32>, %w: tensor<9xf32>) {
  // cross_entropy_c6
  // expected-error @+2 {{expects one weight per class, of the dtype of the logits, but got weights of 'tensor<9xf32>' for logits of 'tensor<?x10xf32>'}}
  // expected-note @+1 {{give the weights the type 'tensor<10xf32>'}}
  %0 = nn.cross_entropy %y, %l weights = %w : tensor<?x10xf32>, tensor<?xi32>, tensor<9xf32>
  return
}
