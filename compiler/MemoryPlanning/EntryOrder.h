// Puts the ops of an entry into an order that lets updates happen in place.
#ifndef MLC_COMPILER_MEMORYPLANNING_ENTRYORDER_H
#define MLC_COMPILER_MEMORYPLANNING_ENTRYORDER_H

#include "dialects/Kernel/Kernel.h"

namespace mlc {

/// Puts a copy of an entry into the module, where the kernels that it launches are found soon.
void insertBeside(mlir::func::FuncOp entry, mlir::func::FuncOp copy);

/// Moves every nn.assert, and what it needs, to the top: nothing is written before the last check.
void hoistChecks(mlir::Block &block);
/// Moves the launches that compute new contents of storages to the end, where nothing needs their
/// results.
void sinkUpdates(mlir::func::FuncOp entry);

/// The tensor that `tensor` is a view of, through all views; `isWhole` becomes false where it is a
/// part.
mlir::Value originOf(mlir::Value tensor, bool &isWhole);

/// What the launch that computes `result` overwrites a part of; null where it writes all of it.
mlir::Value overwrittenBy(mlir::OpResult result);

/// A result of an entry and the buffer in which it must be at return.
struct Binding {
  mlir::Value tensor;     ///< whole result of a launch, a copy or what joins operands
  kernel::PlaceKind kind; ///< result or storage
  int64_t index;          ///< which result, which storage
};

/// A copy of what a launch overwrites a part of: it lies where the result lies.
struct Overwrite {
  mlir::Value copied;
  mlir::Value result;
};

struct Bindings {
  llvm::SmallVector<Binding> bindings;
  llvm::SmallVector<Overwrite> overwrites;
  unsigned copyCount = 0;
};

/// Decides for every result of the entry whether its producer writes it to its destination, and
/// inserts copies where not, for operands to be joined that are not tensors of their own, and for
/// what is overwritten in part and needed later, or not where the new value goes.
Bindings bindResults(mlir::func::FuncOp entry);

} // namespace mlc
#endif
