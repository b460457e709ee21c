// Where the rows of tensors are in the operands and results of ops.
#ifndef MLC_GRAPHTRANSFORMS_OPROWS_H
#define MLC_GRAPHTRANSFORMS_OPROWS_H

#include "dialects/NN/NN.h"

namespace mlc {

constexpr int64_t kNoRows = -1;

/// Where the rows of a region are in the tensors of one op: dimensions, or kNoRows.
struct OpRows {
  llvm::SmallVector<int64_t> operands;
  int64_t result = kNoRows; ///< kNoRows: it is a sum over them
};

/// Where rows are known of an op: an operand, or the result where `operand` is -1.
struct KnownRow {
  int operand;
  int64_t dim;
};

/// None where a row of the result needs others than the same of the operands, or says where it is.
std::optional<OpRows> rowsOf(mlir::Operation *op, KnownRow known);

} // namespace mlc
#endif
