// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @split_c1(%x: tensor<4x6xf32>) {
  // split_c1
  // expected-error @+2 {{expects parts or sizes, but got neither}}
  // expected-note @+1 {{parts = 3 says how many equal pieces, sizes = [4, -1] their sizes}}
  %0 = nn.split %x : tensor<4x6xf32>
  return
}

// -----

func.func @split_c1_both(%x: tensor<4x6xf32>) {
  // split_c1
  // expected-error @+2 {{expects parts or sizes, but got both}}
  // expected-note @+1 {{parts = 3 says}}
  %0, %1 = nn.split %x parts = 2 sizes = [3, 3] : tensor<4x6xf32>
  return
}

// -----

func.func @split_c2(%x: tensor<4x6xf32>) {
  // split_c2
  // expected-error @+1 {{expects dim in [0, 2), the dimensions of 'tensor<4x6xf32>', but got 2}}
  %0, %1 = nn.split %x parts = 2 dim = 2 : tensor<4x6xf32>
  return
}

// -----

func.func @split_c3(%x: tensor<4x6xf32>) {
  // split_c3
  // expected-error @+1 {{expects 1 to 4096 parts, but got 0}}
  %0 = nn.split %x parts = 0 : tensor<4x6xf32>
  return
}

// -----

func.func @split_c3_many(%x: tensor<4x?xf32>) {
  // split_c3
  // expected-error @+1 {{expects 1 to 4096 parts, but got 1000000000000}}
  %0 = nn.split %x parts = 1e12 : tensor<4x?xf32>
  return
}

// -----

func.func @split_c3_sizes(%x: tensor<4x6xf32>) {
  // split_c3
  // expected-error @+1 {{expects 1 to 4096 sizes, but got 0}}
  %0 = nn.split %x sizes = [] : tensor<4x6xf32>
  return
}

// -----

func.func @split_c4(%x: tensor<4x6xf32>) {
  // split_c4
  // expected-error @+2 {{expects a number of parts that divides the size 6 of dimension 1 of 'tensor<4x6xf32>', but got 4}}
  // expected-note @+1 {{sizes = [...] says sizes that are not equal}}
  %0:4 = nn.split %x parts = 4 : tensor<4x6xf32>
  return
}

// -----

func.func @split_c4_sizes(%x: tensor<4x6xf32>) {
  // split_c4
  // expected-error @+2 {{expects sizes that sum up to 6, the size of dimension 1 of 'tensor<4x6xf32>', but got [2, 3]}}
  // expected-note @+1 {{-1 is what the others leave}}
  %0:2 = nn.split %x sizes = [2, 3] : tensor<4x6xf32>
  return
}

// -----

func.func @split_c4_rest(%x: tensor<4x6xf32>) {
  // split_c4
  // expected-error @+2 {{expects sizes that sum up to 6, the size of dimension 1 of 'tensor<4x6xf32>', but got [-1, 7]}}
  // expected-note @+1 {{-1 is what the others leave}}
  %0:2 = nn.split %x sizes = [-1, 7] : tensor<4x6xf32>
  return
}

// -----

func.func @split_c5(%x: tensor<4x6xf32>) {
  // split_c5
  // expected-error @+2 {{expects sizes that are not negative, but one that may be -1, but got [8, -2]}}
  // expected-note @+1 {{-1 is what the others leave}}
  %0:2 = nn.split %x sizes = [8, -2] : tensor<4x6xf32>
  return
}

// -----

func.func @split_c5_rests(%x: tensor<4x6xf32>) {
  // split_c5
  // expected-error @+2 {{expects sizes that are not negative, but one that may be -1, but got [-1, -1]}}
  // expected-note @+1 {{-1 is what the others leave}}
  %0:2 = nn.split %x sizes = [-1, -1] : tensor<4x6xf32>
  return
}

// -----

func.func @split_results(%x: tensor<4x6xf32>) {
  // expected-error @+1 {{operation defines 3 results but was provided 2 to bind}}
  %0, %1 = nn.split %x parts = 3 : tensor<4x6xf32>
  return
}

// -----

func.func @split_twice(%x: tensor<4x6xf32>) {
  // expected-error @+1 {{expects dim once, but got it twice}}
  %0, %1 = nn.split %x dim = 1 parts = 2 dim = 1 : tensor<4x6xf32>
  return
}
