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
    a zero byte (C16); a slot has no slash (C17); a hyperparameter is none of the names that the file's metadata have already (C18).
  }];
}

#endif
