// Phase 1, import: see Passes.td and Import.h.
#ifndef MLC_COMPILER_IMPORT_PASSES_H
#define MLC_COMPILER_IMPORT_PASSES_H

#include "dialects/NN/NN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace mlc {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/Import/Passes.h.inc"

/// The names of a model's entries, public functions and training steps, in order.
std::vector<std::string> entryNames(mlir::ModuleOp module);
} // namespace mlc
#endif
