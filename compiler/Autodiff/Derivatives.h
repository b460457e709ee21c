// The VJP engine: derivatives of straight-line functions of the nn dialect.
#ifndef MLC_COMPILER_AUTODIFF_DERIVATIVES_H
#define MLC_COMPILER_AUTODIFF_DERIVATIVES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

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
