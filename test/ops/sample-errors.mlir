// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @sample_c1(%x: tensor<3x?xf32>, %bits: tensor<3xi32>) {
  // sample_c1
  // expected-error @+1 {{expects logits of [..., classes], the classes static, 1 to 2147483647 of them, but got 'tensor<3x?xf32>'}}
  %0 = nn.sample %x, %bits : tensor<3x?xf32>, tensor<3xi32>
  return
}

// -----

func.func @sample_c1_scalar(%x: tensor<f32>, %bits: tensor<i32>) {
  // sample_c1
  // expected-error @+1 {{expects logits of [..., classes], the classes static, 1 to 2147483647 of them, but got 'tensor<f32>'}}
  %0 = nn.sample %x, %bits : tensor<f32>, tensor<i32>
  return
}

// -----

func.func @sample_c1_empty(%x: tensor<3x0xf32>, %bits: tensor<3xi32>) {
  // sample_c1
  // expected-error @+1 {{expects logits of [..., classes], the classes static, 1 to 2147483647 of them, but got 'tensor<3x0xf32>'}}
  %0 = nn.sample %x, %bits : tensor<3x0xf32>, tensor<3xi32>
  return
}

// -----

func.func @sample_c2(%x: tensor<3x7xf32>, %bits: tensor<2xi32>) {
  // sample_c2
  // expected-error @+1 {{expects bits of 'tensor<3xi32>', a number for each row of 'tensor<3x7xf32>', but got 'tensor<2xi32>'}}
  %0 = nn.sample %x, %bits : tensor<3x7xf32>, tensor<2xi32>
  return
}

// -----

func.func @sample_c3(%x: tensor<3x7xf32>, %bits: tensor<3xi32>, %old: tensor<2x5xi32>) {
  // sample_c3
  // expected-error @+1 {{expects previous classes [..., n], so many for each row of 'tensor<3x7xf32>', but got 'tensor<2x5xi32>'}}
  %0 = nn.sample %x, %bits repetition_penalty = 2 previous = %old : tensor<3x7xf32>, tensor<3xi32>, tensor<2x5xi32>
  return
}

// -----

func.func @sample_c4(%x: tensor<3x7xf32>, %bits: tensor<3xi32>, %k: tensor<i32>) {
  // sample_c4
  // expected-error @+1 {{expects a top_k that is a number or an operand, but got both}}
  %0 = nn.sample %x, %bits top_k = %k {topK = 3 : i64} : tensor<3x7xf32>, tensor<3xi32>, tensor<i32>
  return
}

// -----

func.func @sample_c5(%x: tensor<3x7xf32>, %bits: tensor<3xi32>) {
  // sample_c5
  // expected-error @+1 {{expects temperature >= 0, but got -1}}
  %0 = nn.sample %x, %bits temperature = -1 : tensor<3x7xf32>, tensor<3xi32>
  return
}

// -----

func.func @sample_c5_penalty(%x: tensor<3x7xf32>, %bits: tensor<3xi32>, %old: tensor<3x5xi32>) {
  // sample_c5
  // expected-error @+1 {{expects repetition_penalty above 0, but got 0}}
  %0 = nn.sample %x, %bits repetition_penalty = 0 previous = %old : tensor<3x7xf32>, tensor<3xi32>, tensor<3x5xi32>
  return
}

// -----

func.func @sample_c6(%x: tensor<3x7xf32>, %bits: tensor<3xi32>) {
  // sample_c6
  // expected-error @+2 {{expects repetition_penalty and previous classes together, but got no previous classes}}
  // expected-note @+1 {{`repetition_penalty = 1.2 previous = %tokens` makes those that were there less likely}}
  %0 = nn.sample %x, %bits repetition_penalty = 1.2 : tensor<3x7xf32>, tensor<3xi32>
  return
}

// -----

func.func @sample_c6_previous(%x: tensor<3x7xf32>, %bits: tensor<3xi32>, %old: tensor<3x5xi32>) {
  // sample_c6
  // expected-error @+2 {{expects repetition_penalty and previous classes together, but got no repetition_penalty}}
  // expected-note @+1 {{`repetition_penalty = 1.2 previous = %tokens` makes those that were there less likely}}
  %0 = nn.sample %x, %bits previous = %old : tensor<3x7xf32>, tensor<3xi32>, tensor<3x5xi32>
  return
}
