// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @gru_c1(%x: tensor<8x3xf32>, %w: tensor<3x12xf32>, %u: tensor<4x12xf32>) {
  // gru_c1
  // expected-error @+2 {{expects x of [time, batch, in], but got 'tensor<8x3xf32>'}}
  // expected-note @+1 {{nn.reshape gives a single sequence a batch of 1}}
  %y, %h = nn.gru %x, %w, %u : tensor<8x3xf32>, tensor<3x12xf32>, tensor<4x12xf32>
  return
}

// -----

func.func @gru_c2(%x: tensor<?x8x3xf32>, %w: tensor<5x12xf32>, %u: tensor<4x12xf32>) {
  // gru_c2
  // expected-error @+1 {{expects w of 'tensor<3x12xf32>', for x of 'tensor<?x8x3xf32>' and u of 'tensor<4x12xf32>', but got 'tensor<5x12xf32>'}}
  %y, %h = nn.gru %x, %w, %u : tensor<?x8x3xf32>, tensor<5x12xf32>, tensor<4x12xf32>
  return
}

// -----

func.func @gru_c3(%x: tensor<?x8x3xf32>, %w: tensor<3x12xf32>, %u: tensor<4x7xf32>) {
  // gru_c3
  // expected-error @+1 {{expects u of [units, 3 * units], units static, but got 'tensor<4x7xf32>'}}
  %y, %h = nn.gru %x, %w, %u : tensor<?x8x3xf32>, tensor<3x12xf32>, tensor<4x7xf32>
  return
}

// -----

func.func @gru_c4(%x: tensor<?x8x3xf32>, %w: tensor<3x12xf32>, %u: tensor<4x12xf32>, %0: tensor<4xf32>) {
  // gru_c4
  // expected-error @+1 {{expects bias of 'tensor<12xf32>', for x of 'tensor<?x8x3xf32>' and u of 'tensor<4x12xf32>', but got 'tensor<4xf32>'}}
  %y, %h = nn.gru %x, %w, %u bias = %0 : tensor<?x8x3xf32>, tensor<3x12xf32>, tensor<4x12xf32>, tensor<4xf32>
  return
}

// -----

func.func @gru_c5(%x: tensor<?x8x3xf32>, %w: tensor<3x12xf32>, %u: tensor<4x12xf32>, %0: tensor<4x8xf32>) {
  // gru_c5
  // expected-error @+1 {{expects an initial state of 'tensor<8x4xf32>', for x of 'tensor<?x8x3xf32>' and u of 'tensor<4x12xf32>', but got 'tensor<4x8xf32>'}}
  %y, %h = nn.gru %x, %w, %u initial = %0 : tensor<?x8x3xf32>, tensor<3x12xf32>, tensor<4x12xf32>, tensor<4x8xf32>
  return
}

// -----

func.func @gru_c6(%x: tensor<?x8x3xf32>, %w: tensor<3x12xf32>, %u: tensor<4x12xf32>, %0: tensor<7xi32>) {
  // gru_c6
  // expected-error @+1 {{expects lengths of 'tensor<8xi32>', for x of 'tensor<?x8x3xf32>' and u of 'tensor<4x12xf32>', but got 'tensor<7xi32>'}}
  %y, %h = nn.gru %x, %w, %u lengths = %0 : tensor<?x8x3xf32>, tensor<3x12xf32>, tensor<4x12xf32>, tensor<7xi32>
  return
}

// -----

func.func @gru_c7(%x: tensor<?x8x3xf32>, %w: tensor<3x12xf32>, %u: tensor<4x12xf64>) {
  // gru_c7
  // expected-error @+2 {{expects operands of one dtype, but got x of 'tensor<?x8x3xf32>' and u of 'tensor<4x12xf64>'}}
  // expected-note @+1 {{convert one with nn.cast}}
  %y, %h = nn.gru %x, %w, %u : tensor<?x8x3xf32>, tensor<3x12xf32>, tensor<4x12xf64>
  return
}
