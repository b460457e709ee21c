// The VJP engine: derivatives of straight-line functions of the nn dialect.
#ifndef MLC_COMPILER_AUTODIFF_DERIVATIVES_H
#define MLC_COMPILER_AUTODIFF_DERIVATIVES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseSet.h"

namespace mlc {

/// Builds, before the return of `function`, the cotangents of `inputs`: sum over the returned
/// values r of <cotangents[r], d r / d input>. `cotangents` holds one value per returned value,
/// null where zero. `inputs` are arguments or values that no composite op defines. The result holds
/// one value per input, of its type, null where the derivative is zero.
///
/// Precondition: one block, no calls, no derivative requests. Composite ops without a rule on the
/// way are replaced by their decomposition. Fails, with a diagnostic, at an op on the way that has
/// no derivative.
mlir::FailureOr<llvm::SmallVector<mlir::Value>> buildVjp(mlir::func::FuncOp function,
                                                         llvm::ArrayRef<mlir::Value> cotangents,
                                                         llvm::ArrayRef<mlir::Value> inputs);

/// The same for a block, the function's or the body of an op in it: `inputs` are its arguments or
/// values above it too, `cotangents` those of what its terminator returns.
mlir::FailureOr<llvm::SmallVector<mlir::Value>> buildVjp(mlir::Block &block,
                                                         llvm::StringRef functionName,
                                                         llvm::ArrayRef<mlir::Value> cotangents,
                                                         llvm::ArrayRef<mlir::Value> inputs);

/// The operands of an op, and what its regions use from above.
llvm::SmallVector<mlir::Value> valuesRead(mlir::Operation *op);

/// A result varies with what is in `varied` if it is made of floats and a value that is read does.
void markVaried(mlir::Operation *op, llvm::DenseSet<mlir::Value> &varied);

/// Makes one nn.param, at the start of `body`, of all that read one parameter, and returns the
/// values of those that are read, by name.
llvm::DenseMap<mlir::StringAttr, mlir::Value> mergeParameterReads(mlir::Block &body);

/// Whether values of this type have derivatives: tensors of floats.
bool isDifferentiable(mlir::Type type);

/// Erases the ops of `block`, and of it alone, whose results nothing uses and which have no side
/// effects.
void eraseDeadOps(mlir::Block &block);

} // namespace mlc
#endif
