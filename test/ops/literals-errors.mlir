// RUN: mlc-opt %s --split-input-file --verify-diagnostics

func.func @f(%x: tensor<4xi32>) {
  // expected-error @+2 {{expects a number that 'i32' holds, but got 2.500000e+00}}
  // expected-note @+1 {{'i32' holds the whole numbers from}}
  %0 = nn.mul %x, 2.5 : tensor<4xi32>
  return
}

// -----

func.func @f(%x: tensor<4xf32>) {
  // expected-error @+2 {{expects a number that 'f32' holds, but got 1.000000e-60}}
  // expected-note @+1 {{'f32' holds numbers up to}}
  %0 = nn.mul %x, 1e-60 : tensor<4xf32>
  return
}

// -----

func.func @f(%x: tensor<4xf32>) {
  // expected-error @+2 {{expects at least one operand that is a value}}
  // expected-note @+1 {{nn.constant makes a tensor of a number}}
  %0 = nn.mul 1.0, 2.0 : tensor<4xf32>
  return
}

// -----

func.func @f(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects a number after its sign}}
  %0 = nn.mul %x, -%x : tensor<4xf32>
  return
}

// -----

func.func @f(%x: tensor<4xf64>) {
  // expected-error @+1 {{expects a number that a double can hold}}
  %0 = nn.mul %x, 1e999 : tensor<4xf64>
  return
}

// -----

func.func @f(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects at most 2 types, one for each operand, but got 3}}
  %0 = nn.mul %x, %x : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  return
}

// -----

// Only the last dimensions of the larger operand can be those of the other.
func.func @f(%x: tensor<4x5xf32>, %y: tensor<4xf32>) {
  // expected-error @+2 {{expects operands of one shape, but got 'tensor<4x5xf32>' and 'tensor<4xf32>'}}
  // expected-note @+1 {{only leading dimensions that an operand lacks are filled in: insert nn.broadcast or nn.reshape}}
  %0 = nn.mul %x, %y : tensor<4x5xf32>, tensor<4xf32>
  return
}

// -----

// The generic form has nothing filled in.
func.func @f(%x: tensor<4x5xf32>, %y: tensor<5xf32>) {
  // expected-error @+3 {{expects operands of one shape}}
  // expected-note @+2 {{only leading dimensions}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = "nn.mul"(%x, %y) : (tensor<4x5xf32>, tensor<5xf32>) -> tensor<4x5xf32>
  return
}

// -----

func.func @f(%x: tensor<?x5xf32>) {
  // expected-error @+1 {{expects operands that are defined above this line}}
  %0 = nn.mul %y, 2.0 : tensor<?x5xf32>
  %y = nn.relu %x : tensor<?x5xf32>
  return
}

// -----

func.func @f() {
  // expected-error @+2 {{expects a tensor type of static shape, but got 'f32'}}
  // expected-note @+1 {{a scalar is a tensor of rank 0: tensor<f32>}}
  %0 = nn.constant 1.0 : f32
  return
}

// -----

func.func @f() {
  // expected-error @+2 {{expects a tensor type of static shape, but got 'tensor<?xf32>'}}
  // expected-note @+1 {{nn.broadcast copies a constant to sizes that are free}}
  %0 = nn.constant 1.0 : tensor<?xf32>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{expects a type of the shape of the lists, 'tensor<2x1xf32>', but got 'tensor<2xf32>'}}
  %0 = nn.constant [[1], [2]] : tensor<2xf32>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{expects lists of equal length, but got 1 and 2 elements}}
  %0 = nn.constant [[1], [2, 3]] : tensor<2x1xf32>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{expects a number such as 0.5, 1e-3, 2 or -inf}}
  %0 = nn.constant #nn.zeros : tensor<2xf32>
  return
}

// -----

func.func @f(%x: tensor<4xf32>, %v: tensor<f32>) {
  // expected-error @+1 {{expects low, high or interior, such as low = [1, 0]}}
  %0 = nn.pad %x, %v : tensor<4xf32>, tensor<f32>
  return
}

// -----

func.func @f(%x: tensor<4xf32>, %v: tensor<f32>) {
  // expected-error @+1 {{expects low once, but got it twice}}
  %0 = nn.pad %x, %v low = [1] low = [2] : tensor<4xf32>, tensor<f32>
  return
}

// -----

func.func @f() {
  // expected-error @+1 {{expects 4 numbers in lists of equal depth, but got 3}}
  %0 = nn.constant [[1, 2], 3] : tensor<2x2xf32>
  return
}

// -----

func.func @f(%x: tensor<4xindex>) {
  // expected-error @+1 {{expects a number of a float or integer dtype, but got 'index'}}
  %0 = nn.add %x, 1 : tensor<4xindex>
  return
}

// -----

func.func @f(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects a number such as 1e3, but got 1e3.5}}
  %0 = nn.add %x, 1e3.5 : tensor<4xf32>
  return
}
