// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @lstm_c1(%x: tensor<8x3xf32>, %w: tensor<3x16xf32>, %u: tensor<4x16xf32>) {
  // lstm_c1
  // expected-error @+2 {{expects x of [time, batch, in], but got 'tensor<8x3xf32>'}}
  // expected-note @+1 {{nn.reshape gives a single sequence a batch of 1}}
  %y, %h, %c = nn.lstm %x, %w, %u : tensor<8x3xf32>, tensor<3x16xf32>, tensor<4x16xf32>
  return
}

// -----

func.func @lstm_c2(%x: tensor<?x8x3xf32>, %w: tensor<5x16xf32>, %u: tensor<4x16xf32>) {
  // lstm_c2
  // expected-error @+1 {{expects w of 'tensor<3x16xf32>', for x of 'tensor<?x8x3xf32>' and u of 'tensor<4x16xf32>', but got 'tensor<5x16xf32>'}}
  %y, %h, %c = nn.lstm %x, %w, %u : tensor<?x8x3xf32>, tensor<5x16xf32>, tensor<4x16xf32>
  return
}

// -----

func.func @lstm_c3(%x: tensor<?x8x3xf32>, %w: tensor<3x16xf32>, %u: tensor<4x7xf32>) {
  // lstm_c3
  // expected-error @+1 {{expects u of [units, 4 * units], units static, but got 'tensor<4x7xf32>'}}
  %y, %h, %c = nn.lstm %x, %w, %u : tensor<?x8x3xf32>, tensor<3x16xf32>, tensor<4x7xf32>
  return
}

// -----

func.func @lstm_c4(%x: tensor<?x8x3xf32>, %w: tensor<3x16xf32>, %u: tensor<4x16xf32>, %0: tensor<4xf32>) {
  // lstm_c4
  // expected-error @+1 {{expects bias of 'tensor<16xf32>', for x of 'tensor<?x8x3xf32>' and u of 'tensor<4x16xf32>', but got 'tensor<4xf32>'}}
  %y, %h, %c = nn.lstm %x, %w, %u bias = %0 : tensor<?x8x3xf32>, tensor<3x16xf32>, tensor<4x16xf32>, tensor<4xf32>
  return
}

// -----

func.func @lstm_c5(%x: tensor<?x8x3xf32>, %w: tensor<3x16xf32>, %u: tensor<4x16xf32>, %0: tensor<4x8xf32>, %1: tensor<4x8xf32>) {
  // lstm_c5
  // expected-error @+1 {{expects an initial state of 'tensor<8x4xf32>', for x of 'tensor<?x8x3xf32>' and u of 'tensor<4x16xf32>', but got 'tensor<4x8xf32>'}}
  %y, %h, %c = nn.lstm %x, %w, %u initial = %0, %1 : tensor<?x8x3xf32>, tensor<3x16xf32>, tensor<4x16xf32>, tensor<4x8xf32>, tensor<4x8xf32>
  return
}

// -----

func.func @lstm_c6(%x: tensor<?x8x3xf32>, %w: tensor<3x16xf32>, %u: tensor<4x16xf32>, %0: tensor<7xi32>) {
  // lstm_c6
  // expected-error @+1 {{expects lengths of 'tensor<8xi32>', for x of 'tensor<?x8x3xf32>' and u of 'tensor<4x16xf32>', but got 'tensor<7xi32>'}}
  %y, %h, %c = nn.lstm %x, %w, %u lengths = %0 : tensor<?x8x3xf32>, tensor<3x16xf32>, tensor<4x16xf32>, tensor<7xi32>
  return
}

// -----

func.func @lstm_c7(%x: tensor<?x8x3xf32>, %w: tensor<3x16xf32>, %u: tensor<4x16xf64>) {
  // lstm_c7
  // expected-error @+2 {{expects operands of one dtype, but got x of 'tensor<?x8x3xf32>' and u of 'tensor<4x16xf64>'}}
  // expected-note @+1 {{convert one with nn.cast}}
  %y, %h, %c = nn.lstm %x, %w, %u : tensor<?x8x3xf32>, tensor<3x16xf32>, tensor<4x16xf64>
  return
}

// -----

func.func @lstm_c8(%x: tensor<?x8x3xf32>, %w: tensor<3x16xf32>, %u: tensor<4x16xf32>, %s: tensor<8x4xf32>) {
  // lstm_c8
  // expected-error @+1 {{expects an initial state of two tensors, hidden and cell, or none}}
  %y, %h, %c = "nn.lstm"(%x, %w, %u, %s) <{operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 1, 0, 0>}> : (tensor<?x8x3xf32>, tensor<3x16xf32>, tensor<4x16xf32>, tensor<8x4xf32>) -> (tensor<?x8x4xf32>, tensor<8x4xf32>, tensor<8x4xf32>)
  return
}
