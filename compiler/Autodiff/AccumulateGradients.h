// Losses of which a call gets several parts, one after the other.
#ifndef MLC_COMPILER_AUTODIFF_ACCUMULATEGRADIENTS_H
#define MLC_COMPILER_AUTODIFF_ACCUMULATEGRADIENTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlc {

/// Makes the body of `function` that of a loop over `count` parts: every argument gets a first
/// dimension of that size, and each of `values` becomes its sum over the parts, taken in order and
/// in f32 at least. A part reads the states that the parts before it wrote; the function writes the
/// last. Reads of parameters and of other states, and arguments beyond the function's type, stay
/// outside.
/// `key`, one of these or null, differs from part to part.
void accumulate(mlir::func::FuncOp function, llvm::MutableArrayRef<mlir::Value> values,
                int64_t count, mlir::Value key);

/// Seeds of different loops' trips: (key + number + 1) times an odd number, one to one and far
/// apart.
mlir::Value keyOfTrip(mlir::BlockArgument number, mlir::Value key);

} // namespace mlc
#endif
