// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @matmul_c1(%a: tensor<f32>, %b: tensor<8x3xf32>) {
  // matmul_c1
  // expected-error @+1 {{expects operands of at least one dimension, but got 'tensor<f32>' and 'tensor<8x3xf32>'; multiply by a scalar with nn.broadcast and nn.mul}}
  %0 = nn.matmul %a, %b : tensor<f32>, tensor<8x3xf32>
  return
}

// -----

func.func @matmul_c2(%a: tensor<?x7xf32>, %b: tensor<8x3xf32>) {
  // matmul_c2
  // expected-error @+1 {{expects dimension 1 of lhs and dimension 0 of rhs of one size, but got 'tensor<?x7xf32>' and 'tensor<8x3xf32>'; transpose an operand with nn.transpose}}
  %0 = nn.matmul %a, %b : tensor<?x7xf32>, tensor<8x3xf32>
  return
}

// -----

func.func @matmul_c3(%a: tensor<?x8xf64>, %b: tensor<8x3xf32>) {
  // matmul_c3
  // expected-error @+1 {{'nn.matmul' op expects operands of one dtype, but got 'tensor<?x8xf64>' and 'tensor<8x3xf32>'; convert one with nn.cast}}
  %0 = nn.matmul %a, %b : tensor<?x8xf64>, tensor<8x3xf32>
  return
}

// -----

func.func @matmul_c4(%a: tensor<5x4x8xf32>, %b: tensor<6x8x3xf32>) {
  // matmul_c4
  // expected-error @+1 {{expects batch dimensions of one size, or of size 1, but got 'tensor<5x4x8xf32>' and 'tensor<6x8x3xf32>'}}
  %0 = nn.matmul %a, %b : tensor<5x4x8xf32>, tensor<6x8x3xf32>
  return
}
