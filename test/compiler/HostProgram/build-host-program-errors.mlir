// RUN: mlc-opt %s --plan-memory --build-host-program --split-input-file --verify-diagnostics

module @m {
  func.func private @k(%x: tensor<4xf32>) -> tensor<4xf32> attributes {kernel.kernel}
  func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
    // expected-error @+1 {{expects kernel.grid on @k}}
    %y = kernel.launch @k(%x) : (tensor<4xf32>) -> tensor<4xf32>
    return %y : tensor<4xf32>
  }
}

// -----

module @m {
  func.func private @k(%x: tensor<4xf32>) -> tensor<4xf32>
  func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
    // expected-error @+1 {{expects a function with 'kernel.kernel', but @k is not one}}
    %y = kernel.launch @k(%x) : (tensor<4xf32>) -> tensor<4xf32>
    return %y : tensor<4xf32>
  }
}

// -----

module @m {
  func.func private @k(%x: tensor<4xf32>) -> tensor<4xf32> attributes {kernel.kernel}
  func.func @f(%x: tensor<5xf32>) -> tensor<4xf32> {
    // expected-error @+1 {{expects the types of @k, '(tensor<4xf32>) -> tensor<4xf32>', but got '(tensor<5xf32>) -> tensor<4xf32>'}}
    %y = kernel.launch @k(%x) : (tensor<5xf32>) -> tensor<4xf32>
    return %y : tensor<4xf32>
  }
}

// -----

module @m {
  func.func private @k(%x: tensor<4xf32>) -> tensor<4xf32> attributes {kernel.kernel}
  func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
    // expected-error @+1 {{expects one place per tensor, but got 1 for 2 tensors}}
    %y = kernel.launch @k(%x) places = [#kernel.place<input 0, () -> (0)>] : (tensor<4xf32>) -> tensor<4xf32>
    return %y : tensor<4xf32>
  }
}

// -----

module @m {
  func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
    // expected-error @+1 {{expects places to be #kernel.place attributes, but got "here"}}
    %y = kernel.copy %x places = ["here", "there"] : tensor<4xf32> -> tensor<4xf32>
    return %y : tensor<4xf32>
  }
}

// -----

// expected-error @+1 {{expects 'kernel.kernel' on a func.func only}}
module @m attributes {kernel.kernel} {
}
