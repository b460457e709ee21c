// Reads a model file.
#ifndef MLC_COMPILER_IMPORT_IMPORT_H
#define MLC_COMPILER_IMPORT_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/SourceMgr.h"

namespace mlc {

/// Parses the main file of `sources`, MLIR text in the nn dialect. Every function argument gets its
/// SSA name, made a C identifier, as `nn.name`, unless the text gives one. Returns null after a
/// diagnostic.
mlir::OwningOpRef<mlir::ModuleOp> importModel(llvm::SourceMgr &sources, mlir::MLIRContext *context);

} // namespace mlc
#endif
