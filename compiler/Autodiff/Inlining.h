// Bodies of functions in the place of calls.
#ifndef MLC_COMPILER_AUTODIFF_INLINING_H
#define MLC_COMPILER_AUTODIFF_INLINING_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlc {

/// Copies the body of `callee` to the builder's insertion point, its arguments replaced by
/// `operands`, and returns what it returns. Fails, with a diagnostic at `user`, if the body is not
/// one block.
mlir::FailureOr<llvm::SmallVector<mlir::Value>> inlineBody(mlir::OpBuilder &builder,
                                                           mlir::Operation *user,
                                                           mlir::func::FuncOp callee,
                                                           mlir::ValueRange operands);

/// The function that a call or a derivative request refers to; null for any other op.
mlir::func::FuncOp calleeOf(mlir::Operation *op);

/// The functions of the module, every callee before its callers. Fails, with a diagnostic that
/// shows the circle, if there is recursion.
mlir::FailureOr<llvm::SmallVector<mlir::func::FuncOp>> calleesFirst(mlir::ModuleOp module);

} // namespace mlc
#endif
