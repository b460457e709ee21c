// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// pad_c1
func.func @pad_c1(%x: tensor<4xf32>, %v: tensor<1xf32>) {
  // expected-error @+1 {{expects a value of type 'tensor<f32>', but got 'tensor<1xf32>'}}
  %y = nn.pad %x, %v low = [0] high = [0] interior = [0] : tensor<4xf32>, tensor<1xf32>
  return
}

// -----

// pad_c2
func.func @pad_c2(%x: tensor<4xf32>, %v: tensor<f32>) {
  // expected-error @+1 {{expects one low, high and interior per dimension of 'tensor<4xf32>', but got 2, 1 and 1}}
  %y = nn.pad %x, %v low = [0, 0] high = [0] interior = [0] : tensor<4xf32>, tensor<f32>
  return
}

// -----

// pad_c3
func.func @pad_c3(%x: tensor<4xf32>, %v: tensor<f32>) {
  // expected-error @+2 {{expects padding that is not negative, but got low -1, high 0 and interior 0 in dimension 0}}
  // expected-note @+1 {{nn.slice takes elements away}}
  %y = nn.pad %x, %v low = [-1] high = [0] interior = [0] : tensor<4xf32>, tensor<f32>
  return
}

// -----

// pad_c4
func.func @pad_c4(%x: tensor<4xf32>, %v: tensor<f32>) {
  // expected-error @+1 {{expects sizes below 2^63, but dimension 0 of 'tensor<4xf32>' grows beyond}}
  %y = nn.pad %x, %v low = [0] high = [0] interior = [9223372036854775807] : tensor<4xf32>, tensor<f32>
  return
}
