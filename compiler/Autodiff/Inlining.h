// Bodies of functions in the place of calls.
#ifndef MLC_COMPILER_AUTODIFF_INLINING_H
#define MLC_COMPILER_AUTODIFF_INLINING_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlc {

/// The ops that have come into each function from all that it calls. What the model's text holds
/// is as long as the text; but thirty functions that each call the next one twice would be a
/// billion ops.
class InlinedOps {
public:
  /// Counts the body of `callee`, which comes into the function of `user`. Fails, with a diagnostic
  /// at `user`, if that is too much.
  llvm::LogicalResult add(mlir::Operation *user, mlir::func::FuncOp callee);

private:
  llvm::DenseMap<mlir::Operation *, size_t> counts; ///< by function
};

/// Copies the body of `callee` to the builder's insertion point, its arguments replaced by
/// `operands`, and returns what it returns. Fails, with a diagnostic at `user`, if the body is not
/// one block, or more than `inlined` allows.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
inlineBody(mlir::OpBuilder &builder, mlir::Operation *user, mlir::func::FuncOp callee,
           mlir::ValueRange operands, InlinedOps &inlined);

/// The function that a call or a derivative request refers to; null for any other op.
mlir::func::FuncOp calleeOf(mlir::Operation *op);

/// The functions of the module, every callee before its callers. Fails, with a diagnostic that
/// shows the circle, if there is recursion.
mlir::FailureOr<llvm::SmallVector<mlir::func::FuncOp>> calleesFirst(mlir::ModuleOp module);

} // namespace mlc
#endif
