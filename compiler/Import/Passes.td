// Phase 1, import: checks on the module as it was written.
#ifndef MLC_IMPORT_PASSES
#define MLC_IMPORT_PASSES

include "mlir/Pass/PassBase.td"

def CheckEntriesPass : Pass<"check-entries", "::mlir::ModuleOp"> {
  let summary = "Refuse modules that cannot become a library";
  let description = [{
    The module has a name, a C identifier (C1), and an entry (C2). Every function has a body (C3) of one block (C4); an entry's
    name, after the module's and an underscore, is a C identifier that no function of the library has (C5); its arguments and results are ranked tensors of
    supported dtypes (C6); `nn.dims` names one dimension per axis, C identifiers, at `?` only, or "" (C7). Every op is one of
    nn, func or arith on sizes (C8). No tensor has more than 2^44 elements or 32 dimensions (C9). No entry is named like the function that tells
    the shapes of another's results (C10). The module's name means nothing else in C (C11): it becomes a type, and the runtime's
    functions begin with mlc_. Entries have no attributes of ours but nn.updates, nn.dims, nn.name and nn.value (C12), nn.updates without
    a value (C19); an nn.name is a C
    identifier that no other argument, or result, of the entry has (C13). What the library would export is no reserved name, macro or
    function of the C library (C15). Parameters, states and slots have keys of their own in a file of state, UTF-8 of at most 1000 bytes without
    a zero byte (C16); a slot has no slash (C17); a hyperparameter is none of the names that the file's metadata have already (C18). Patterns of
    names, in trains and in groups, fit a parameter each (C20).
  }];
}

def SelectEntriesPass : Pass<"select-entries", "::mlir::ModuleOp"> {
  let summary = "Leave entries out, and what only they need";
  let description = [{
    Keeps the entries named in `entries`, public functions and training steps, and what they need. The other training steps, functions,
    parameters and states are erased, functions that kept ones call become private. Files of state stay the same: `nn.left_out` on the
    module names the parameters and states that a file may hold all the same, and `nn.several_steps` says that the text has several
    training steps, whose names then stand before those of their slots, hyperparameters and counts. Precondition: check-entries.

    ```mlir
    // entries=predict
    nn.parameter @w : tensor<4xf32> init(#nn.ones)
    nn.parameter @scale : tensor<4xf32> init(#nn.ones)
    func.func @predict() -> tensor<4xf32> { ... nn.param @w ... }
    func.func @loss() -> tensor<f32> { ... nn.param @scale ... }
    nn.train_step @fit minimizes @loss with #nn.sgd<learning_rate = 0.1>
    // becomes, in a module with {nn.left_out = ["scale"]},
    nn.parameter @w : tensor<4xf32> init(#nn.ones)
    func.func @predict() -> tensor<4xf32> { ... nn.param @w ... }
    ```
  }];
  let options = [
    ListOption<"entries", "entries", "std::string", "the names of the entries to keep">
  ];
}

#endif
