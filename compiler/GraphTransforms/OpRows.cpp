#include "compiler/GraphTransforms/OpRows.h"

using namespace mlir;

namespace mlc {

static std::optional<OpRows> rowsOfProduct(nn::ProductOpInterface product, KnownRow known) {
  nn::ProductDims dims = product.dims();
  SmallVector<int64_t> lhsFree = product.lhsFreeDims(), rhsFree = product.rhsFreeDims();
  int64_t result = 0;
  auto isKnown = [&](int64_t lhs, int64_t rhs, int64_t inResult) {
    int64_t dim = known.operand < 0 ? inResult : known.operand == 0 ? lhs : rhs;
    return dim == known.dim && dim != kNoRows;
  };
  for (auto [lhs, rhs] : llvm::zip_equal(dims.lhsBatch, dims.rhsBatch))
    if (isKnown(lhs, rhs, result++))
      return OpRows{{lhs, rhs}, result - 1};
  for (int64_t lhs : lhsFree)
    if (isKnown(lhs, kNoRows, result++))
      return OpRows{{lhs, kNoRows}, result - 1};
  for (int64_t rhs : rhsFree)
    if (isKnown(kNoRows, rhs, result++))
      return OpRows{{kNoRows, rhs}, result - 1};
  for (auto [lhs, rhs] : llvm::zip_equal(dims.lhsContract, dims.rhsContract))
    if (isKnown(lhs, rhs, kNoRows))
      return OpRows{{lhs, rhs}, kNoRows};
  return std::nullopt;
}

/// The dimension of an op's loop that is dimension `dim` of its result, and the other way round.
static int64_t loopDimOf(ArrayRef<int64_t> reduced, int64_t dim) {
  for (int64_t other : reduced)
    dim += other <= dim;
  return dim;
}
static int64_t resultDimOf(ArrayRef<int64_t> reduced, int64_t dim) {
  if (llvm::is_contained(reduced, dim))
    return kNoRows;
  return dim - llvm::count_if(reduced, [&](int64_t other) { return other < dim; });
}

/// By the dimensions of the loop over the op; none where elements at other positions are read, or
/// the result depends on the position.
static std::optional<OpRows> rowsOfLoop(nn::KernelOpInterface op, KnownRow known) {
  SmallVector<SmallVector<int64_t>> dims;
  for (unsigned operand = 0; operand < op->getNumOperands(); ++operand) {
    std::optional<SmallVector<int64_t>> own = op.operandDims(operand);
    if (!own)
      return std::nullopt;
    dims.push_back(*own);
  }
  SmallVector<int64_t> reduced;
  if (auto reduction = dyn_cast<nn::ReductionOpInterface>(op.getOperation())) {
    reduced = reduction.reducedDims();
    bool addsUp = reduction.getKind() == nn::Reduction::sum && !reduction.givesPosition();
    if (!addsUp && known.operand >= 0 && llvm::is_contained(reduced, known.dim))
      return std::nullopt;
  }
  int64_t loopDim =
      known.operand < 0 ? loopDimOf(reduced, known.dim) : dims[known.operand][known.dim];
  OpRows rows;
  llvm::SmallDenseSet<int64_t> followed{loopDim};
  for (ArrayRef<int64_t> own : dims) {
    const auto *found = llvm::find(own, loopDim);
    rows.operands.push_back(found == own.end() ? kNoRows : found - own.begin());
    followed.insert(own.begin(), own.end());
  }
  rows.result = resultDimOf(reduced, loopDim);
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  bool hasRows = llvm::any_of(rows.operands, [](int64_t row) { return row != kNoRows; });
  bool dependsOnPosition = !hasRows && followed.size() < type.getRank() + reduced.size();
  return dependsOnPosition && !op.splat() ? std::nullopt : std::optional(rows);
}

/// Of an op that puts elements elsewhere.
static std::optional<OpRows> rowsOfMoved(nn::KernelOpInterface op, KnownRow known) {
  OpRows rows{SmallVector<int64_t>(op->getNumOperands(), kNoRows)};
  auto move = [&](unsigned operand, int64_t dim) {
    std::optional<int64_t> row = op.rowInResult(operand, dim);
    if (!row || (known.operand < 0 && *row != known.dim))
      return false;
    rows.operands[operand] = dim;
    rows.result = *row;
    return true;
  };
  if (known.operand >= 0)
    return move(known.operand, known.dim) ? std::optional(rows) : std::nullopt;
  for (OpOperand &operand : op->getOpOperands())
    for (int64_t dim = 0; dim < cast<RankedTensorType>(operand.get().getType()).getRank(); ++dim)
      if (move(operand.getOperandNumber(), dim))
        return rows;
  return std::nullopt;
}

/// Copies of a tensor are equal rows, where rows are not its own.
static OpRows rowsOfCopies(nn::BroadcastOp op, KnownRow known) {
  ArrayRef<int64_t> dims = op.getDims();
  if (known.operand >= 0)
    return {{known.dim}, dims[known.dim]};
  const auto *found = llvm::find(dims, known.dim);
  return {{found == dims.end() ? kNoRows : found - dims.begin()}, known.dim};
}

std::optional<OpRows> rowsOf(Operation *op, KnownRow known) {
  if (op->getNumResults() != 1 || !isa<RankedTensorType>(op->getResult(0).getType()) ||
      !llvm::all_of(op->getOperandTypes(), llvm::IsaPred<RankedTensorType>) || op->getNumRegions())
    return std::nullopt;
  if (auto product = dyn_cast<nn::ProductOpInterface>(op))
    return rowsOfProduct(product, known);
  if (isa<nn::ElementwiseOpInterface>(op))
    return OpRows{SmallVector<int64_t>(op->getNumOperands(), known.dim), known.dim};
  if (auto iota = dyn_cast<nn::IotaOp>(op))
    return iota.getDim() == uint64_t(known.dim) ? std::nullopt
                                                : std::optional(OpRows{{}, known.dim});
  if (auto broadcast = dyn_cast<nn::BroadcastOp>(op))
    return rowsOfCopies(broadcast, known);
  auto kernelOp = dyn_cast<nn::KernelOpInterface>(op);
  if (!kernelOp || op->getNumOperands() == 0)
    return std::nullopt;
  if (kernelOp.batchedDims() > known.dim)
    return OpRows{SmallVector<int64_t>(op->getNumOperands(), known.dim), known.dim};
  std::optional<OpRows> moved = rowsOfMoved(kernelOp, known);
  return moved ? moved : rowsOfLoop(kernelOp, known);
}

} // namespace mlc
