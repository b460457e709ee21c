// Derivatives of ops with bodies: ops of the same kind.
#ifndef MLC_COMPILER_AUTODIFF_BODYDERIVATIVES_H
#define MLC_COMPILER_AUTODIFF_BODYDERIVATIVES_H

#include "dialects/NN/ControlFlow.h"
#include "llvm/ADT/DenseSet.h"

namespace mlc {

struct BodyDerivative {
  mlir::Operation *forward; ///< what takes the place of the op: the same results, then residuals
  /// What flows back to operands and to values above the bodies.
  llvm::SmallVector<std::pair<mlir::Value, mlir::Value>> contributions;
};

/// Differentiates `op`, given the cotangents of its results (null where zero), by the values in
/// `varied`. The bodies backward compute again what they need of the forward ones, so all that
/// lives in between are the operands, what the bodies use from above, and for a loop the carried
/// values at the start of every trip. Builds the op backward at the builder's insertion point, and
/// may replace `op`. Fails, with a diagnostic, at an op in a body that has no derivative.
mlir::FailureOr<BodyDerivative> differentiateBodies(mlir::OpBuilder &builder, mlir::Operation *op,
                                                    llvm::ArrayRef<mlir::Value> cotangents,
                                                    const llvm::DenseSet<mlir::Value> &varied,
                                                    llvm::StringRef functionName);
/// The same for a loop.
mlir::FailureOr<BodyDerivative> differentiateLoop(mlir::OpBuilder &builder,
                                                  nn::LoopOpInterface loop,
                                                  llvm::ArrayRef<mlir::Value> cotangents,
                                                  const llvm::DenseSet<mlir::Value> &varied,
                                                  llvm::StringRef functionName);

} // namespace mlc
#endif
