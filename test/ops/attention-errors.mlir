// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @attention_c1(%q: tensor<2x4x5x8xf32>) {
  // attention_c1
  // expected-error @+2 {{expects a layout of q, k and v such as "bthd" or "bthd, bhtd, bhtd", each with t, d and no letter twice, but got "bthq"}}
  // expected-note @+1 {{t is time, d features, h heads, any other letter a batch dimension; one word is for all three}}
  %y = nn.attention %q, %q, %q layout = "bthq" : tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_c1_twice(%q: tensor<2x4x5x8xf32>) {
  // attention_c1
  // expected-error @+2 {{expects a layout of q, k and v such as "bthd" or "bthd, bhtd, bhtd", each with t, d and no letter twice, but got "bhtdd"}}
  // expected-note @+1 {{t is time, d features, h heads, any other letter a batch dimension; one word is for all three}}
  %y = nn.attention %q, %q, %q layout = "bhtdd" : tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_c1_two(%q: tensor<2x4x5x8xf32>) {
  // attention_c1
  // expected-error @+2 {{expects a layout of q, k and v such as "bthd" or "bthd, bhtd, bhtd", each with t, d and no letter twice, but got "bthd, bthd"}}
  // expected-note @+1 {{t is time, d features, h heads, any other letter a batch dimension; one word is for all three}}
  %y = nn.attention %q, %q, %q layout = "bthd, bthd" : tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_c1_upper(%q: tensor<2x4x5x8xf32>) {
  // attention_c1
  // expected-error @+2 {{expects a layout of q, k and v such as "bthd" or "bthd, bhtd, bhtd", each with t, d and no letter twice, but got "Bthd"}}
  // expected-note @+1 {{t is time, d features, h heads, any other letter a batch dimension; one word is for all three}}
  %y = nn.attention %q, %q, %q layout = "Bthd" : tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_c2(%q: tensor<2x4x5x8xf32>, %k: tensor<2x5x8xf32>) {
  // attention_c2
  // expected-error @+2 {{expects k and v of the same letters, and q of these and perhaps h, but got the layout "bhtd, btd, bhtd"}}
  // expected-note @+1 {{k and v without h are shared by all heads of q; a batch dimension of size 1 goes with nn.reshape}}
  %y = nn.attention %q, %k, %q layout = "bhtd, btd, bhtd" : tensor<2x4x5x8xf32>, tensor<2x5x8xf32>, tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_c3(%q: tensor<2x4x5x8xf32>, %k: tensor<2x5x8xf32>) {
  // attention_c3
  // expected-error @+2 {{expects q, k and v of one rank of at least 2, [batch..., heads, time, features], but got 'tensor<2x4x5x8xf32>', 'tensor<2x5x8xf32>' and 'tensor<2x5x8xf32>'}}
  // expected-note @+1 {{layout = "bthd, btd, btd" says what the dimensions are}}
  %y = nn.attention %q, %k, %k : tensor<2x4x5x8xf32>, tensor<2x5x8xf32>, tensor<2x5x8xf32>
  return
}

// -----

func.func @attention_c4(%q: tensor<2x4x5x8xf32>) {
  // attention_c4
  // expected-error @+1 {{expects q of 3 dimensions, by the layout "btd", but got 'tensor<2x4x5x8xf32>'}}
  %y = nn.attention %q, %q, %q layout = "btd" : tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_c5(%q: tensor<2x4x5x8xf32>, %k: tensor<3x4x5x8xf32>, %v: tensor<3x4x5x8xf32>) {
  // attention_c5
  // expected-error @+2 {{expects one number of batch positions in q and k, but got 'tensor<2x4x5x8xf32>' and 'tensor<3x4x5x8xf32>' by the layout "bhtd" and "bhtd"}}
  // expected-note @+1 {{layout = "bthd" says which dimension is what}}
  %y = nn.attention %q, %k, %v : tensor<2x4x5x8xf32>, tensor<3x4x5x8xf32>, tensor<3x4x5x8xf32>
  return
}

// -----

func.func @attention_c5_features(%q: tensor<2x4x5x8xf32>, %k: tensor<2x4x5x6xf32>, %v: tensor<2x4x5x6xf32>) {
  // attention_c5
  // expected-error @+2 {{expects one number of features in q and k, but got 'tensor<2x4x5x8xf32>' and 'tensor<2x4x5x6xf32>' by the layout "bhtd" and "bhtd"}}
  // expected-note @+1 {{layout = "bthd" says which dimension is what}}
  %y = nn.attention %q, %k, %v : tensor<2x4x5x8xf32>, tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>
  return
}

// -----

func.func @attention_c5_keys(%q: tensor<2x4x5x8xf32>, %k: tensor<2x4x7x8xf32>, %v: tensor<2x4x6x8xf32>) {
  // attention_c5
  // expected-error @+2 {{expects one number of keys in k and v, but got 'tensor<2x4x7x8xf32>' and 'tensor<2x4x6x8xf32>' by the layout "bhtd" and "bhtd"}}
  // expected-note @+1 {{layout = "bthd" says which dimension is what}}
  %y = nn.attention %q, %k, %v : tensor<2x4x5x8xf32>, tensor<2x4x7x8xf32>, tensor<2x4x6x8xf32>
  return
}

// -----

func.func @attention_c5_heads(%q: tensor<2x4x5x8xf32>, %k: tensor<2x4x7x8xf32>, %v: tensor<2x2x7x8xf32>) {
  // attention_c5
  // expected-error @+2 {{expects one number of heads in k and v, but got 'tensor<2x4x7x8xf32>' and 'tensor<2x2x7x8xf32>' by the layout "bhtd" and "bhtd"}}
  // expected-note @+1 {{layout = "bthd" says which dimension is what}}
  %y = nn.attention %q, %k, %v : tensor<2x4x5x8xf32>, tensor<2x4x7x8xf32>, tensor<2x2x7x8xf32>
  return
}

// -----

func.func @attention_c6(%q: tensor<2x4x5x8xf32>, %k: tensor<2x3x5x8xf32>) {
  // attention_c6
  // expected-error @+2 {{expects the heads of q to be a multiple of those of k, but got 4 and 3 for q of 'tensor<2x4x5x8xf32>' and k of 'tensor<2x3x5x8xf32>' by the layout "bhtd" and "bhtd"}}
  // expected-note @+1 {{head h of q is paired with head h / (heads of q / heads of k) of k and v}}
  %y = nn.attention %q, %k, %k : tensor<2x4x5x8xf32>, tensor<2x3x5x8xf32>, tensor<2x3x5x8xf32>
  return
}

// -----

func.func @attention_c7(%q: tensor<2x4x5x8xf32>, %k: tensor<2x4x5x8xf64>) {
  // attention_c7
  // expected-error @+2 {{expects operands of one dtype, but got q of 'tensor<2x4x5x8xf32>' and v of 'tensor<2x4x5x8xf64>'}}
  // expected-note @+1 {{convert one with nn.cast}}
  %y = nn.attention %q, %q, %k : tensor<2x4x5x8xf32>, tensor<2x4x5x8xf32>, tensor<2x4x5x8xf64>
  return
}

// -----

func.func @attention_c8(%q: tensor<2x4x5x8xf32>, %b: tensor<2x5x5xf32>) {
  // attention_c8
  // expected-error @+2 {{expects bias of 'tensor<2x4x5x5xf32>', where leading dimensions may be missing and others of size 1, but got 'tensor<2x5x5xf32>'}}
  // expected-note @+1 {{the dimensions are [batch..., heads, queries, keys]}}
  %y = nn.attention %q, %q, %q bias = %b : tensor<2x4x5x8xf32>, tensor<2x5x5xf32>
  return
}

// -----

func.func @attention_c8_mask(%q: tensor<3x5x8xf32>, %b: tensor<2x3x5x5xi1>) {
  // attention_c8
  // expected-error @+2 {{expects mask of 'tensor<3x5x5xi1>', where leading dimensions may be missing and others of size 1, but got 'tensor<2x3x5x5xi1>'}}
  // expected-note @+1 {{the dimensions are [batch..., queries, keys]}}
  %y = nn.attention %q, %q, %q layout = btd mask = %b : tensor<3x5x8xf32>, tensor<2x3x5x5xi1>
  return
}

// -----

func.func @attention_c9(%q: tensor<2x4x5x8xf32>, %b: tensor<5x5xf64>) {
  // attention_c9
  // expected-error @+2 {{expects bias of the dtype of q, but got 'tensor<5x5xf64>' for q of 'tensor<2x4x5x8xf32>'}}
  // expected-note @+1 {{convert it with nn.cast}}
  %y = nn.attention %q, %q, %q bias = %b : tensor<2x4x5x8xf32>, tensor<5x5xf64>
  return
}

// -----

func.func @attention_c9_narrow(%q: tensor<5x8xbf16>, %b: tensor<5x5xf16>) {
  // attention_c9
  // expected-error @+2 {{expects bias of the dtype of q, or f32, but got 'tensor<5x5xf16>' for q of 'tensor<5x8xbf16>'}}
  // expected-note @+1 {{convert it with nn.cast}}
  %y = nn.attention %q, %q, %q bias = %b : tensor<5x8xbf16>, tensor<5x5xf16>
  return
}

// -----

func.func @attention_c10(%q: tensor<2x4x5x8xf32>, %n: tensor<4xi32>) {
  // attention_c10
  // expected-error @+1 {{expects lengths of 'tensor<2xi32>', one per batch position, for q of 'tensor<2x4x5x8xf32>', but got 'tensor<4xi32>'}}
  %y = nn.attention %q, %q, %q lengths = %n : tensor<2x4x5x8xf32>, tensor<4xi32>
  return
}

// -----

func.func @attention_c11(%q: tensor<2x4x5x8xf32>, %n: tensor<i32>) {
  // attention_c11
  // expected-error @+1 {{expects an offset that is a number or an operand, but got both}}
  %y = "nn.attention"(%q, %q, %q, %n) <{causal, offset = 2 : i64, operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 1, 0, 0>}> : (tensor<2x4x5x8xf32>, tensor<2x4x5x8xf32>, tensor<2x4x5x8xf32>, tensor<i32>) -> tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_c12(%q: tensor<2x4x5x8xf32>) {
  // attention_c12
  // expected-error @+2 {{expects causal or window beside offset, which says where they begin}}
  // expected-note @+1 {{write `causal` to let query i see the keys up to i + offset}}
  %y = nn.attention %q, %q, %q offset = 2 : tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_c13(%q: tensor<2x4x5x8xf32>) {
  // attention_c13
  // expected-error @+1 {{expects window of at least 1, the key at the query's own position, but got 0}}
  %y = nn.attention %q, %q, %q window = 0 : tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_c13_large(%q: tensor<2x4x5x8xf32>) {
  // attention_c13
  // expected-error @+1 {{expects offset and window of at most 2^44, but got 20000000000000 and 1}}
  %y = nn.attention %q, %q, %q causal offset = 20000000000000 : tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_c14(%q: tensor<2x4x5x8xf32>) {
  // attention_c14
  // expected-error @+1 {{expects soft_cap above 0, but got 0.000000e+00 : f64}}
  %y = nn.attention %q, %q, %q soft_cap = 0 : tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_c14_scale(%q: tensor<2x4x5x8xf32>) {
  // attention_c14
  // expected-error @+1 {{expects a finite scale, but got 0x7FF0000000000000 : f64}}
  %y = nn.attention %q, %q, %q scale = inf : tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_c15(%q: tensor<2x4x5x8xf32>) {
  // attention_c15
  // expected-error @+1 {{expects dropout from 0 to 1, the share of probabilities that become 0, but got 1.500000e+00 : f64}}
  %y = nn.attention %q, %q, %q dropout = 1.5 : tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_c16(%q: tensor<2x4x5x8xf32>, %n: tensor<i64>) {
  // attention_c16
  // expected-error @+1 {{expects seed, step and stream together, or none of them}}
  %y = nn.attention %q, %q, %q dropout = 0.5 seed %n : tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_types(%q: tensor<2x4x5x8xf32>, %b: tensor<5x5xf32>) {
  // expected-error @+1 {{expects 4 types, those of q, k, v, bias, mask, lengths and offset that are there, or 2, the first of which is that of q, k and v, but got 1}}
  %y = nn.attention %q, %q, %q bias = %b : tensor<2x4x5x8xf32>
  return
}

// -----

func.func @attention_clause(%q: tensor<2x4x5x8xf32>) {
  // expected-error @+1 {{expects a whole number}}
  %y = nn.attention %q, %q, %q window = 0.5 : tensor<2x4x5x8xf32>
  return
}
