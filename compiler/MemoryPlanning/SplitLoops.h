// Loops in parts, between which a program can do something else.
#ifndef MLC_COMPILER_MEMORYPLANNING_SPLITLOOPS_H
#define MLC_COMPILER_MEMORYPLANNING_SPLITLOOPS_H

#include "dialects/Kernel/Subprogram.h"

namespace mlc {

/// Replaces every kernel.loop of at least twice `parts` trips, or so many with the largest sizes
/// where the number is known at run time only (`maxima`, of the free dimensions), by about so many
/// loops one after the other, which run the same subprogram on the same values. What a loop stacks
/// becomes a concat of what its parts stack; a part that reads what a part of another loop stacks
/// reads that. Returns whether there was such a loop.
bool splitLoops(mlir::func::FuncOp program, int64_t parts, llvm::ArrayRef<mlir::AffineExpr> maxima);

} // namespace mlc
#endif
