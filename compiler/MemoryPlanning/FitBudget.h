// Another order of an entry's launches, some of them repeated, so that its arena fits into a
// budget.
#ifndef MLC_COMPILER_MEMORYPLANNING_FITBUDGET_H
#define MLC_COMPILER_MEMORYPLANNING_FITBUDGET_H

#include "dialects/Kernel/Kernel.h"

namespace mlc {

/// Plans an entry, which it may change, and returns the bytes of its arena; fails where they are
/// not a number.
using PlanTrial = llvm::function_ref<mlir::FailureOr<int64_t>(mlir::func::FuncOp)>;

/// Leaves an entry whose arena is within the budget as it is. Else looks for orders that need less
/// and less, and gives the entry the first within the budget. They do not depend on the budget: the
/// least of them, which is returned if none is within, is met as a budget. `maxima` are the numbers
/// of the entry's free dimensions.
mlir::FailureOr<int64_t> fitToBudget(mlir::func::FuncOp entry, int64_t budget,
                                     llvm::ArrayRef<mlir::AffineExpr> maxima, PlanTrial plan);

} // namespace mlc
#endif
