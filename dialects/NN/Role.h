// How an op takes part in kernels, and what an elementwise one makes of its operands: what fusion,
// the schedules and the cost model ask first.
#ifndef MLC_DIALECTS_NN_ROLE_H
#define MLC_DIALECTS_NN_ROLE_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

namespace mlc::nn {

enum class Role {
  inlined,    ///< costs nothing: every kernel that reads it has a copy
  pointwise,  ///< an element of the result is computed on demand, from elements at its position
  relocating, ///< the same, from elements at other positions
  reduction,  ///< combines elements along dimensions of its first operand (ReductionOpInterface)
  product,    ///< sums products along dimensions that two operands share; ops on its elements join
  whole,      ///< a kernel of its own, never computed element by element
  host        ///< what the host knows or does between kernels: tables, sizes, checks
};

/// Where a result lies that is bytes of an operand as they are.
struct View {
  mlir::Value tensor;   ///< the operand; null: the result has bytes of its own
  bool isWhole = false; ///< it is all of that whatever the sizes, perhaps under another shape
  explicit operator bool() const { return static_cast<bool>(tensor); }
};

/// A dimension of a tensor along which a dimension of a view of it runs, in steps of so many
/// elements from the first on.
struct ViewStep {
  int64_t dim = 0, step = 1, first = 0;
};

/// The dimensions of two operands that a product pairs: batch dimensions, of which the result has
/// one each, and those that it sums over.
struct ProductDims {
  llvm::SmallVector<int64_t> lhsBatch, rhsBatch, lhsContract, rhsContract;
};

/// What an elementwise op makes of its operands.
enum class Form {
  formula,    ///< a number that is computed, and rounded to the dtype
  operand,    ///< the operand as it is
  choice,     ///< one of the operands after the first, as the first says
  conversion, ///< the operand in another dtype
};

} // namespace mlc::nn
#endif
