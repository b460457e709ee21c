// Checks of a module's names against where they go: C and files of state.
#ifndef MLC_COMPILER_IMPORT_CHECKNAMES_H
#define MLC_COMPILER_IMPORT_CHECKNAMES_H

#include "mlir/IR/BuiltinOps.h"

namespace mlc {

/// Every function that the library would export is one that C programs can have: no reserved name,
/// no macro, none of the C library (C15).
mlir::LogicalResult checkExports(mlir::ModuleOp module);

/// Parameters, states, slots and hyperparameters have keys of their own in a file (C16, C17, C18).
mlir::LogicalResult checkStateNames(mlir::ModuleOp module);

} // namespace mlc
#endif
