#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/NormalizedRows.h"
#include <cfloat>
#include <cmath>

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

//===- What softmax and its like share ------------------------------------===//

/// The op on x in f32: a 16-bit softmax is the rounded 32-bit one, so that rules that want the
/// exact result and the decomposition share one computation.
template <typename Op> static TensorExpr wideResult(OpBuilder &builder, Op op) {
  TensorExpr x(builder, op.getLoc(), op.getX());
  if (!isNarrow(x.element()))
    return x.with(op.getResult());
  return x.with(
      Op::create(builder, op.getLoc(), ValueRange(widened(x).value()), op.getProperties()));
}

template <typename Op> static LogicalResult verifyDim(Op op) {
  int64_t dim = op.getDim(), rank = tensorType(op.getX()).getRank();
  if (dim >= 0 && dim < rank) // softmax_c1, log_softmax_c1
    return success();
  if (rank == 0)
    return op.emitOpError("expects x of at least one dimension, but got ") << op.getX().getType();
  InFlightDiagnostic error = op.emitOpError("expects dim from 0 to ");
  error << rank - 1 << " for " << op.getX().getType() << ", but got " << dim;
  if (dim < 0 && dim >= -rank)
    error << "; dimensions are counted from the front: write dim = " << rank + dim;
  return error;
}

static EmptyRow emptyRow(bool masked) { return masked ? EmptyRow::zeros : EmptyRow::nan; }

//===- softmax, log_softmax -------------------------------------------------===//

LogicalResult SoftmaxOp::verify() { return verifyDim(*this); }
Results SoftmaxOp::decompose(OpBuilder &builder) {
  TensorExpr x(builder, getLoc(), getX());
  if (isNarrow(x.element()))
    return SmallVector<Value>{cast(wideResult(builder, *this), x).value()};
  int64_t dim[] = {static_cast<int64_t>(getDim())};
  return SmallVector<Value>{ShiftedRows(x, dim).softmax(emptyRow(getMasked())).value()};
}
LogicalResult SoftmaxOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr y = wideResult(vjp.builder, *this), dy = widened(vjp.cotangent());
  int64_t dim[] = {static_cast<int64_t>(getDim())};
  TensorExpr inner = (dy * y).sum(dim).broadcastAlong(dim, y);
  vjp.accumulate(0, cast(y * (dy - inner), vjp.operand(0)));
  return success();
}

LogicalResult LogSoftmaxOp::verify() { return verifyDim(*this); }
Results LogSoftmaxOp::decompose(OpBuilder &builder) {
  TensorExpr x(builder, getLoc(), getX());
  if (isNarrow(x.element()))
    return SmallVector<Value>{cast(wideResult(builder, *this), x).value()};
  int64_t dim[] = {static_cast<int64_t>(getDim())};
  ShiftedRows rows(x, dim);
  return SmallVector<Value>{(rows.shifted - rows.logSum().broadcastAlong(dim, x)).value()};
}
LogicalResult LogSoftmaxOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr y = wideResult(vjp.builder, *this), dy = widened(vjp.cotangent());
  int64_t dim[] = {static_cast<int64_t>(getDim())};
  vjp.accumulate(0, cast(dy - exp(y) * dy.sum(dim).broadcastAlong(dim, y), vjp.operand(0)));
  return success();
}

//===- logsumexp ------------------------------------------------------------===//

LogicalResult LogSumExpOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  if (x.getRank() == 0 && !adaptor.getDims().empty()) // logsumexp_c1
    return emitOptionalError(location,
                             "'nn.logsumexp' op expects x of at least one dimension, but got ", x);
  SmallVector<int64_t> shape;
  int64_t next = 0;
  for (int64_t dim : adaptor.getDims()) {
    if (dim < next || dim >= x.getRank()) // logsumexp_c1
      return emitOptionalError(location,
                               "'nn.logsumexp' op expects distinct, increasing dims from 0 to ",
                               x.getRank() - 1, " for ", x, ", but got [", adaptor.getDims(), "]");
    llvm::append_range(shape, x.getShape().slice(next, dim - next));
    next = dim + 1;
  }
  llvm::append_range(shape, x.getShape().drop_front(next));
  types.push_back(x.clone(shape));
  return success();
}
AffineExpr LogSumExpOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  unsigned from = dim;
  for (int64_t reduced : getDims())
    from += reduced <= static_cast<int64_t>(from);
  return sizes.dimension(getX(), from);
}
Results LogSumExpOp::decompose(OpBuilder &builder) {
  TensorExpr x(builder, getLoc(), getX());
  if (isNarrow(x.element()))
    return SmallVector<Value>{cast(wideResult(builder, *this), x).value()};
  ShiftedRows rows(x, getDims());
  TensorExpr result = rows.logSum() + rows.shift;
  return SmallVector<Value>{select(rows.largest == INFINITY, rows.largest, result).value()};
}
LogicalResult LogSumExpOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr x = widened(vjp.operand(0)), dy = widened(vjp.cotangent());
  // Not exp(x - y): where x is large, y is rounded by more than the logarithm of the sum.
  TensorExpr share = ShiftedRows(x, getDims()).softmax(emptyRow(getMasked()));
  vjp.accumulate(0, cast(dy.broadcastAlong(getDims(), x) * share, vjp.operand(0)));
  return success();
}

//===- layer_norm -----------------------------------------------------------===//

/// What norms along the last dimension of x need of x, of epsilon, and of the named operands with
/// one element per element of that dimension.
template <typename Op>
static LogicalResult verifyNorm(Op op, ArrayRef<std::pair<StringRef, Value>> perElement) {
  RankedTensorType x = tensorType(op.getX());
  if (x.getRank() < 1) // layer_norm_c1, rms_norm_c1
    return op.emitOpError("expects x of at least one dimension, but got ") << x;
  for (auto [name, value] : perElement) {
    RankedTensorType type = tensorType(value);
    int64_t width = x.getShape().back();
    bool fits = type.getRank() == 1 && (type.getDimSize(0) == width || type.isDynamicDim(0) ||
                                        ShapedType::isDynamic(width));
    if (fits && type.getElementType() == x.getElementType())
      continue;
    InFlightDiagnostic diagnostic =
        op.emitOpError("expects ") // layer_norm_c2, layer_norm_c3, rms_norm_c2, rms_norm_c3
        << name << " with one element of the dtype of x per element of its last dimension, but got "
        << type << " for x of " << x;
    diagnostic.attachNote() << "declare the " << name << " as "
                            << RankedTensorType::get({width}, x.getElementType());
    return diagnostic;
  }
  return verifyEpsilon(op, op.getEpsilonAttr(), x);
}

LogicalResult LayerNormOp::verify() {
  return verifyNorm(*this, {{"scale", getScale()}, {"bias", getBias()}});
}

Results LayerNormOp::decompose(OpBuilder &builder) {
  TensorExpr narrow(builder, getLoc(), getX()), x = widened(narrow);
  int64_t last[] = {x.rank() - 1};
  TensorExpr scale = widened(narrow.with(getScale())), bias = widened(narrow.with(getBias()));
  NormalizedRows rows(x, last, getEpsilon().convertToDouble());
  TensorExpr y = rows.normalized * scale.broadcastTo(x, last) + bias.broadcastTo(x, last);
  return SmallVector<Value>{cast(y, narrow).value()};
}

LogicalResult LayerNormOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr x = widened(vjp.operand(0)), scale = widened(vjp.operand(1)),
             dy = widened(vjp.cotangent());
  int64_t last[] = {x.rank() - 1};
  SmallVector<int64_t> leading = llvm::to_vector(llvm::seq<int64_t>(0, x.rank() - 1));
  NormalizedRows rows(x, last, getEpsilon().convertToDouble());
  if (vjp.isActive(0))
    vjp.accumulate(0, cast(rows.cotangent(dy * scale.broadcastTo(x, last)), vjp.operand(0)));
  if (vjp.isActive(1))
    vjp.accumulate(1, cast((dy * rows.normalized).sum(leading), vjp.operand(1)));
  if (vjp.isActive(2))
    vjp.accumulate(2, cast(dy.sum(leading), vjp.operand(2)));
  return success();
}

//===- rms_norm -------------------------------------------------------------===//

LogicalResult RmsNormOp::verify() { return verifyNorm(*this, {{"scale", getScale()}}); }

Results RmsNormOp::decompose(OpBuilder &builder) {
  TensorExpr narrow(builder, getLoc(), getX()), x = widened(narrow);
  int64_t last[] = {x.rank() - 1};
  TensorExpr scale = widened(narrow.with(getScale()));
  TensorExpr inverse = rsqrt(mean(x * x, last) + getEpsilon().convertToDouble());
  TensorExpr y = x * inverse.broadcastAlong(last, x) * scale.broadcastTo(x, last);
  return SmallVector<Value>{cast(y, narrow).value()};
}

} // namespace mlc::nn
