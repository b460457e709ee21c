// What the decompositions and rules of the composite ops share.
#ifndef MLC_DIALECTS_NN_COMPOSITESUPPORT_H
#define MLC_DIALECTS_NN_COMPOSITESUPPORT_H

#include "dialects/NN/TensorExpr.h"

namespace mlc::nn {

inline mlir::RankedTensorType tensorType(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}

/// Every dimension of x, in order.
llvm::SmallVector<int64_t> allDims(const TensorExpr &x);
/// Whether x is bf16 or f16: its statistics and losses are computed in f32.
bool isNarrow(mlir::Type element);
/// The dtype in which statistics and losses of tensors of `type` are computed.
mlir::Type computedElement(mlir::RankedTensorType type);
/// x in f32 if it is narrow, else x.
TensorExpr widened(const TensorExpr &x);
/// The number of elements along dims, rank 0, in the float dtype of x; counted in integers.
TensorExpr countOf(const TensorExpr &x, llvm::ArrayRef<int64_t> dims);
/// The sum along dims divided by the number of elements.
TensorExpr mean(const TensorExpr &x, llvm::ArrayRef<int64_t> dims);
/// x with the dimensions [first, end) as one, of size 1 where there are none.
TensorExpr mergeDims(const TensorExpr &x, int64_t first, int64_t end);
/// x along `dim` once per position of a new dimension `dim`, with a one where the two positions are
/// equal: an n x n table. Products of its rows are those of the other elements; unlike product / x
/// they are right where elements are zero, and so are their own derivatives.
TensorExpr tableOfOthers(const TensorExpr &x, int64_t dim);
/// x under a shape with the `?` of x, in their order.
TensorExpr reshaped(const TensorExpr &x, llvm::ArrayRef<int64_t> shape);
/// log(sum(exp(x))) along dims, as an nn.logsumexp; equal calls become one.
TensorExpr logSumExp(const TensorExpr &x, llvm::ArrayRef<int64_t> dims);

/// What softmax makes of a row of -inf alone.
enum class EmptyRow { nan, zeros };

/// x in f32 or wider, shifted along dims so that no exponential overflows: what softmax,
/// log_softmax, logsumexp and cross_entropy of one tensor share; built by each, merged by CSE.
struct ShiftedRows {
  ShiftedRows(const TensorExpr &x, llvm::ArrayRef<int64_t> dims);
  /// exp(x) / sum(exp(x)).
  TensorExpr softmax(EmptyRow empty = EmptyRow::nan) const;
  /// log(sum exp(shifted)). Where one number is far above the others, all digits are in the others,
  /// which 1 plus them would round away.
  TensorExpr logSum() const;

  TensorExpr x;
  TensorExpr largest, shift, sum; ///< without dims: max(x); about the same; of the exponentials
  TensorExpr shifted, exponential;
  llvm::SmallVector<int64_t> dims;
};
/// Every element of a dimension `times` in a row.
TensorExpr repeated(const TensorExpr &x, int64_t dim, int64_t times);
/// max(x, 0) + log(1 + exp(-|x|)), as an nn.softplus.
TensorExpr softplus(const TensorExpr &x);
/// low where x is below it, high where it is above, else x, NaN too; an nn.clamp.
TensorExpr clamp(const TensorExpr &x, std::optional<double> low, std::optional<double> high);
/// A dense matrix product on the last dimension of x and the first of w.
TensorExpr contractLast(const TensorExpr &x, const TensorExpr &w);
/// Whether all elements of the i1 tensor hold, rank 0.
TensorExpr allOf(const TensorExpr &condition);
/// Indices of any integer dtype in one that nn.gather takes.
TensorExpr gatherIndices(const TensorExpr &index);

/// Makes an op with seed, step and stream draw from a key; checks that it has all three or none.
template <typename Op> void bindTo(Op op, const RandomKey &key) {
  op.getSeedMutable().assign(key.seed);
  op.getStepMutable().assign(key.step);
  op.setStream(key.stream);
}
template <typename Op> llvm::LogicalResult verifyKey(Op op) {
  bool hasSeed = static_cast<bool>(op.getSeed()), hasStep = static_cast<bool>(op.getStep()),
       hasStream = static_cast<bool>(op.getStreamAttr());
  if (hasSeed == hasStep && hasSeed == hasStream) // dropout_c2, attention_c16
    return llvm::success();
  return op.emitOpError("expects seed, step and stream together, or none of them");
}

} // namespace mlc::nn
#endif
