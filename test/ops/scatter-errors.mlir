// RUN: mlc-opt %s --split-input-file --verify-diagnostics

// scatter_c1
func.func @scatter_c1(%x: tensor<10x8xf32>, %i: tensor<4xi64>, %u: tensor<4x7xf32>) {
  // expected-error @+2 {{expects updates of the type of nn.gather, 'tensor<4x8xf32>', but got 'tensor<4x7xf32>'}}
  // expected-note @+1 {{updates hold one slice of x for every index}}
  %y = nn.scatter add %x, %i, %u axis = 0 : tensor<10x8xf32>, tensor<4xi64>, tensor<4x7xf32>
  return
}

// -----

// scatter_c2
func.func @scatter_c2(%x: tensor<10x8xf32>, %i: tensor<4xi64>, %u: tensor<4x8xf32>) {
  // expected-error @+1 {{expects 0 <= batch_dims <= axis < rank of x and batch_dims <= rank of indices, but got axis 2 and batch_dims 0}}
  %y = nn.scatter set %x, %i, %u axis = 2 : tensor<10x8xf32>, tensor<4xi64>, tensor<4x8xf32>
  return
}

// -----

// scatter_c3
func.func @scatter_c3(%x: tensor<10xi1>, %i: tensor<4xi64>, %u: tensor<4xi1>) {
  // expected-error @+2 {{expects numbers to add, but got 'tensor<4xi1>'}}
  // expected-note @+1 {{scatter set combines every dtype}}
  %y = nn.scatter add %x, %i, %u axis = 0 : tensor<10xi1>, tensor<4xi64>, tensor<4xi1>
  return
}

// -----

// scatter_c3
func.func @scatter_c3_mul(%x: tensor<10xi1>, %i: tensor<4xi64>, %u: tensor<4xi1>) {
  // expected-error @+2 {{expects numbers to mul, but got 'tensor<4xi1>'}}
  // expected-note @+1 {{scatter set combines every dtype}}
  %y = nn.scatter mul %x, %i, %u axis = 0 : tensor<10xi1>, tensor<4xi64>, tensor<4xi1>
  return
}
