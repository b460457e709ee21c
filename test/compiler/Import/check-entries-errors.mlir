// RUN: mlc-opt %s --check-entries --split-input-file --verify-diagnostics

// expected-error @+2 {{expects a named module}}
// expected-note @+1 {{write `module @name { ... }`: the name is the prefix of the library's functions}}
module {
  func.func @f(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

// expected-error @+2 {{expects a C identifier as the module's name, but got 'my-model'}}
// expected-note @+1 {{'my_model' is one}}
module @"my-model" {
  func.func @f(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

// expected-error @+2 {{expects an entry point, but the module has no public function}}
// expected-note @+1 {{every `func.func` that is not private becomes a function of the library}}
module @m {
  func.func private @f(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

module @m {
  // expected-error @+1 {{expects a body for @g, but it is only declared}}
  func.func private @g(tensor<f32>) -> tensor<f32>
  func.func @f(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

module @m {
  // expected-error @+1 {{not supported yet: control flow between blocks in @f}}
  func.func @f(%x: tensor<f32>) -> tensor<f32> {
    // expected-error @+1 {{not supported yet: cf.br}}
    cf.br ^next
  ^next:
    return %x : tensor<f32>
  }
}

// -----

module @m {
  // expected-error @+1 {{expects a C identifier as the name of an entry, but got 'my entry'}}
  func.func @"my entry"(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

module @m {
  // expected-error @+2 {{expects another name than 'save' for an entry}}
  // expected-note @+1 {{every library has a function of this name already}}
  func.func @save(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

module @m {
  // expected-error @+2 {{expects argument 0 of @f to be a ranked tensor of f32, f64, bf16, f16, i1, i8, i32 or i64, but got 'f32'}}
  // expected-note @+1 {{a scalar is a tensor of rank 0: tensor<f32>}}
  func.func @f(%x: f32) {
    return
  }
}

// -----

module @m {
  // expected-error @+1 {{expects argument 0 of @f to be a ranked tensor of f32, f64, bf16, f16, i1, i8, i32 or i64, but got 'tensor<4xi16>'}}
  func.func @f(%x: tensor<4xi16>) {
    return
  }
}

// -----

module @m {
  func.func @f(%x: tensor<4xf32>) -> tensor<*xf32> {
    // expected-error @+1 {{not supported yet: tensor.cast}}
    %y = tensor.cast %x : tensor<4xf32> to tensor<*xf32>
    // expected-error @+1 {{expects result 0 of @f to be a ranked tensor}}
    return %y : tensor<*xf32>
  }
}

// -----

module @m {
  // expected-error @+1 {{expects nn.dims with one string per dimension of 'tensor<?x4xf32>', but got ["n"]}}
  func.func @f(%x: tensor<?x4xf32> {nn.dims = ["n"]}) {
    return
  }
}

// -----

module @m {
  // expected-error @+1 {{expects a C identifier as the name of a dimension, but got "batch size"}}
  func.func @f(%x: tensor<?xf32> {nn.dims = ["batch size"]}) {
    return
  }
}

// -----

module @m {
  // expected-error @+1 {{expects a name for `?` only, but "n" names dimension 0 of 'tensor<4xf32>'}}
  func.func @f(%x: tensor<4xf32> {nn.dims = ["n"]}) {
    return
  }
}

// -----

module @m {
  // expected-error @+1 {{expects tensors of at most 2^44 elements, but got 'tensor<4294967296x4294967296xf32>'}}
  nn.parameter @w : tensor<4294967296x4294967296xf32> init(#nn.zeros)
  // expected-error @+1 {{expects tensors of at most 2^44 elements, but got 'tensor<4611686018427387904x?xf32>'}}
  func.func @f(%x: tensor<4611686018427387904x?xf32>) {
    return
  }
}

// -----

module @m {
  // expected-note @+1 {{the library has f_shape, which tells the shapes of the results of f}}
  func.func @f(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
  // expected-error @+1 {{expects another name than 'f_shape' for an entry}}
  func.func @f_shape(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

// expected-error @+1 {{expects another name than 'main' for the model, since it means something else in C}}
module @main {
  func.func @f(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

// expected-error @+1 {{expects another name than 'mlc_rt' for the model, since it means something else in C}}
module @mlc_rt {
  func.func @create_again(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

// expected-error @+1 {{expects another name than '_Bool' for the model, since it means something else in C}}
module @_Bool {
  func.func @f(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

module @m {
  // expected-error @+1 {{expects tensors of at most 32 dimensions, but got 33}}
  nn.parameter @p : tensor<1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xf32> init(#nn.zeros)
  // expected-error @+1 {{expects tensors of at most 32 dimensions, but got 33}}
  func.func @f(%x: tensor<1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xf32>) {
    return
  }
}

// -----

module @m {
  // expected-error @+1 {{expects functions and declarations, but got a module inside the model}}
  module @inner {
    func.func @f(%x: tensor<f32>) -> tensor<f32> {
      return %x : tensor<f32>
    }
  }
  func.func @g(%x: tensor<f32>) -> tensor<f32> {
    // expected-error @+1 {{not supported yet: linalg.exp}}
    %y = linalg.exp ins(%x : tensor<f32>) outs(%x : tensor<f32>) -> tensor<f32>
    return %y : tensor<f32>
  }
}

// -----

module @m {
  // expected-error @+2 {{expects no attribute "nn.dim"}}
  // expected-note @+1 {{there are nn.dims, nn.name, nn.value}}
  func.func @f(%x: tensor<?xf32> {nn.dim = ["batch"]}) {
    return
  }
}

// -----

module @m {
  // expected-error @+2 {{expects no attribute "kernel.refresh"}}
  // expected-note @+1 {{there are nn.updates}}
  func.func @f(%x: tensor<f32>) attributes {kernel.refresh} {
    return
  }
}

// -----

module @m {
  // expected-error @+1 {{expects an nn.name that is a C identifier and no other's, but got "a b"}}
  func.func @f(%x: tensor<f32> {nn.name = "a b"}) {
    return
  }
}

// -----

module @m {
  // expected-error @+1 {{expects an nn.name that is a C identifier and no other's, but got "y"}}
  func.func @f(%x: tensor<f32>) -> (tensor<f32> {nn.name = "y"}, tensor<f32> {nn.name = "y"}) {
    return %x, %x : tensor<f32>, tensor<f32>
  }
}

// -----

module @m {
  // expected-error @+1 {{expects nn.parameter or nn.state: the compiler makes nn.storage of them}}
  nn.storage @p parameter : tensor<16xf32>
  func.func @f(%x: tensor<f32>) {
    return
  }
}

// -----

// expected-error @+2 {{expects another name than 'pthread' for the model}}
// expected-note @+1 {{the library would export pthread_create: C and POSIX keep the names that begin with pthread_}}
module @pthread {
  func.func @f(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

module @aligned {
  // expected-error @+2 {{expects another name than 'alloc' for an entry}}
  // expected-note @+1 {{the library would export aligned_alloc: the C library has a function of this name}}
  func.func @alloc(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

module @m {
  // expected-error @+2 {{expects another name than '_f' for an entry}}
  // expected-note @+1 {{the library would export m__f: C and C++ keep the names that begin with an underscore or have two in a row}}
  func.func @_f(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

module @INT {
  // expected-error @+2 {{expects another name than 'MAX' for an entry}}
  // expected-note @+1 {{the library would export INT_MAX: names like this one are macros in C}}
  func.func @MAX(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

module @h {
  // expected-error @+2 {{expects another name than 'errno' for an entry}}
  // expected-note @+1 {{the library would export h_errno: headers of the C library define this name}}
  func.func @errno(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

module @m {
  // expected-error @+2 {{expects another name for a parameter}}
  // expected-note @+1 {{no file of state can hold this one: it is not UTF-8, which files of state are}}
  nn.parameter @"\FF" : tensor<f32> init(#nn.ones)
  // expected-error @+2 {{expects another name for a parameter}}
  // expected-note @+1 {{no file of state can hold this one: it has a zero byte, which ends a string in C}}
  nn.parameter @"a\00b" : tensor<f32> init(#nn.ones)
  // expected-error @+2 {{expects another name for a state}}
  // expected-note @+1 {{no file of state can hold this one: files of state keep the step and hyperparameters under it}}
  nn.state @"__metadata__" : tensor<f32> init(#nn.ones)
  func.func @f(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  }
}

// -----

module @m {
  // expected-note @+1 {{in a file of state it is the slot m of 'w'}}
  nn.parameter @w : tensor<f32> init(#nn.ones)
  // expected-error @+1 {{expects another name than 'm/w'}}
  nn.parameter @"m/w" : tensor<f32> init(#nn.ones)
  func.func private @loss() -> tensor<f32> {
    %w = nn.param @w : tensor<f32>
    return %w : tensor<f32>
  }
  nn.train_step @fit minimizes @loss with #nn.adam<learning_rate = 0.1>
}

// -----

module @m {
  nn.parameter @w : tensor<f32> init(#nn.ones)
  func.func private @update(%p: tensor<?xf32>, %g: tensor<?xf32>, %m: tensor<?xf32>, %r: tensor<f32>, %t: tensor<i64>) -> (tensor<?xf32>, tensor<?xf32>) {
    return %p, %m : tensor<?xf32>, tensor<?xf32>
  }
  func.func private @loss() -> tensor<f32> {
    %w = nn.param @w : tensor<f32>
    return %w : tensor<f32>
  }
  // expected-error @+4 {{expects other names for the optimizer's slots}}
  // expected-note @+3 {{no file of state can hold one of them: it has a slash, which stands between the slot and the parameter there}}
  // expected-error @+2 {{expects other names for the optimizer's hyperparameters}}
  // expected-note @+1 {{no file of state can hold one of them: 'epoch' means something else there}}
  nn.train_step @fit minimizes @loss with #nn.optimizer_function<@update, slots = ["a/b"], hyperparameters = {epoch = 0.1}>
}

// -----

// C20
module @m {
  nn.parameter @layer.bias : tensor<2xf32> init(#nn.zeros)
  func.func private @loss() -> tensor<f32> {
    %b = nn.param @layer.bias : tensor<2xf32>
    %l = nn.reduce sum %b : tensor<2xf32>
    return %l : tensor<f32>
  }
  // expected-note @+2 {{* stands for any characters; @name is a parameter of that name}}
  // expected-error @+1 {{expects a pattern in groups that fits a parameter, but none is like "bias*"}}
  nn.train_step @fit minimizes @loss with #nn.sgd groups = [#nn.group<["*.bias", "bias*"]>]
}

// -----

// C20
module @m {
  nn.parameter @head.weight : tensor<2xf32> init(#nn.zeros)
  nn.parameter @head.bias : tensor<2xf32> init(#nn.zeros)
  func.func private @loss() -> tensor<f32> {
    %b = nn.param @head.bias : tensor<2xf32>
    %l = nn.reduce sum %b : tensor<2xf32>
    return %l : tensor<f32>
  }
  // expected-note @+3 {{* stands for any characters; @name is a parameter of that name}}
  // expected-note @+2 {{did you mean '@head.bias'?}}
  // expected-error @+1 {{expects a pattern in trains that fits a parameter, but none is like "head.bais*"}}
  nn.train_step @fit minimizes @loss with #nn.sgd trains = ["head.*", "head.bais*"]
}
