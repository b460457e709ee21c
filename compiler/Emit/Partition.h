//===- Partition.h - kernels to parts that compile alone ------------*- C++ -*-===//
#ifndef MLC_COMPILER_EMIT_PARTITION_H
#define MLC_COMPILER_EMIT_PARTITION_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace mlc {

/// Moves the kernels of a module after phase 9 into `builtin.module`s of about equal work, each
/// with the globals that its kernels read, in one module without a name. The cut depends on the
/// kernels alone, never on the number of threads, so that neither do the bytes. The host program
/// stays where it is.
mlir::OwningOpRef<mlir::ModuleOp> partitionKernels(mlir::ModuleOp module);

/// Moves all kernels, with the globals that they read, into one module.
mlir::OwningOpRef<mlir::ModuleOp> collectKernels(mlir::ModuleOp module);

} // namespace mlc

#endif // MLC_COMPILER_EMIT_PARTITION_H
