#include "dialects/NN/CompositeSupport.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include <cfloat>

using namespace mlir;

namespace mlc::nn {

SmallVector<int64_t> allDims(const TensorExpr &x) {
  return llvm::to_vector(llvm::seq<int64_t>(0, x.rank()));
}

bool isNarrow(Type element) { return element.isBF16() || element.isF16(); }

Type computedElement(RankedTensorType type) {
  Type element = type.getElementType();
  return isNarrow(element) ? Float32Type::get(element.getContext()) : element;
}

TensorExpr widened(const TensorExpr &x) { return cast(x, computedElement(x.type())); }

TensorExpr countOf(const TensorExpr &x, ArrayRef<int64_t> dims) {
  bool isStatic = llvm::none_of(dims, [&](int64_t dim) { return x.type().isDynamicDim(dim); });
  if (isStatic)
    return x.count(dims, x.element());
  return cast(x.count(dims, IntegerType::get(x.element().getContext(), 64)), x);
}

TensorExpr mean(const TensorExpr &x, ArrayRef<int64_t> dims) {
  TensorExpr total = x.sum(dims);
  return total / countOf(x, dims).splatTo(total);
}

TensorExpr reshaped(const TensorExpr &x, ArrayRef<int64_t> shape) {
  if (shape == x.type().getShape())
    return x;
  return x.with(ReshapeOp::create(*x.builder, *x.location, x.type().clone(shape), x.value(),
                                  x.dynamicSizes()));
}

TensorExpr logSumExp(const TensorExpr &x, ArrayRef<int64_t> dims) {
  return x.with(LogSumExpOp::create(*x.builder, *x.location, x.value(), dims));
}

ShiftedRows::ShiftedRows(const TensorExpr &x, ArrayRef<int64_t> along)
    : x(x), dims(along.begin(), along.end()) {
  largest = x.reduce(Reduction::max, dims);
  // A row of -inf alone is shifted by a finite number: -inf - -inf would be NaN.
  bool wide = x.element().isF64();
  shift = max(largest, largest.constant(-(wide ? DBL_MAX : FLT_MAX)));
  shifted = x - shift.broadcastAlong(dims, x);
  exponential = exp(shifted);
  sum = exponential.sum(dims);
}
TensorExpr ShiftedRows::softmax(EmptyRow empty) const {
  // The exponentials of an empty row are zeros: so is any quotient, and its derivative.
  TensorExpr total = empty == EmptyRow::nan ? sum : select(sum == 0.0, sum.constant(1.0), sum);
  // One quotient a row instead of one an element.
  return exponential * (1.0 / total).broadcastAlong(dims, exponential);
}

/// x is compared, not the difference: kernels may compute x anew, where a product less the largest
/// is one instruction and not 0. Of an infinity nothing is the largest: the result is NaN.
TensorExpr ShiftedRows::logSum() const {
  TensorExpr infinity = shift.constant(std::numeric_limits<double>::infinity()),
             nothing = shift.constant(std::numeric_limits<double>::quiet_NaN()),
             finite = select(shift == infinity, nothing, shift);
  TensorExpr isLargest = x == finite.broadcastAlong(dims, x), zero = zeroLike(exponential),
             one = exponential.constant(1.0).splatTo(exponential);
  TensorExpr others = select(isLargest, zero, exponential).sum(dims);
  return log1p(others + (select(isLargest, one, zero).sum(dims) - 1.0));
}

TensorExpr repeated(const TensorExpr &x, int64_t dim, int64_t times) {
  SmallVector<OpFoldResult> sizes = x.sizes();
  sizes.insert(sizes.begin() + dim + 1, x.builder->getIndexAttr(times));
  SmallVector<int64_t> dims = allDims(x), shape;
  for (int64_t &later : MutableArrayRef(dims).drop_front(dim + 1))
    ++later;
  SmallVector<Value> dynamic;
  dispatchIndexOpFoldResults(sizes, dynamic, shape);
  auto type = RankedTensorType::get(shape, x.element());
  TensorExpr copies =
      x.with(BroadcastOp::create(*x.builder, *x.location, type, x.value(), dynamic, dims));
  return mergeDims(copies, dim, dim + 2);
}

TensorExpr softplus(const TensorExpr &x) {
  return x.with(SoftplusOp::create(*x.builder, *x.location, x.value()));
}

TensorExpr clamp(const TensorExpr &x, std::optional<double> low, std::optional<double> high) {
  auto attribute = [&](std::optional<double> bound) {
    return bound ? x.builder->getF64FloatAttr(*bound) : FloatAttr();
  };
  return x.with(
      ClampOp::create(*x.builder, *x.location, x.value(), attribute(low), attribute(high)));
}

TensorExpr contractLast(const TensorExpr &x, const TensorExpr &w) {
  int64_t last[] = {x.rank() - 1}, first[] = {0};
  return x.with(ContractOp::create(*x.builder, *x.location, x.value(), w.value(),
                                   ArrayRef<int64_t>(), ArrayRef<int64_t>(), last, first));
}

TensorExpr allOf(const TensorExpr &condition) {
  return condition.reduce(Reduction::and_, allDims(condition));
}

TensorExpr gatherIndices(const TensorExpr &index) {
  return index.element().isInteger(8) ? cast(index, index.builder->getI32Type()) : index;
}

TensorExpr mergeDims(const TensorExpr &x, int64_t first, int64_t end) {
  if (end == first + 1)
    return x;
  SmallVector<OpFoldResult> all = x.sizes(), merged(all.begin(), all.begin() + first);
  OpFoldResult count = x.builder->getIndexAttr(1);
  for (OpFoldResult size : ArrayRef(all).slice(first, end - first))
    count = multiplySizes(*x.builder, *x.location, count, size);
  merged.push_back(count);
  merged.append(all.begin() + end, all.end());
  SmallVector<Value> dynamic;
  SmallVector<int64_t> shape;
  dispatchIndexOpFoldResults(merged, dynamic, shape);
  auto type = RankedTensorType::get(shape, x.element());
  return x.with(ReshapeOp::create(*x.builder, *x.location, type, x.value(), dynamic));
}

/// Whether `value` is x - s, s at least the maximum of x along some dimensions, as in ShiftedRows.
bool isNeverPositive(Value value) {
  auto difference = value.getDefiningOp<SubOp>();
  auto broadcast = difference ? difference.getRhs().getDefiningOp<BroadcastOp>() : nullptr;
  if (!broadcast)
    return false;
  SmallVector<Value> candidates = {broadcast.getX()};
  if (auto larger = broadcast.getX().getDefiningOp<MaxOp>())
    llvm::append_range(candidates, larger->getOperands());
  return llvm::any_of(candidates, [&](Value candidate) {
    auto maximum = candidate.getDefiningOp<ReduceOp>();
    if (!maximum || maximum.getKind() != Reduction::max || maximum.getX() != difference.getLhs())
      return false;
    ArrayRef<int64_t> reduced = maximum.getDims();
    return llvm::none_of(broadcast.getDims(),
                         [&](int64_t dim) { return llvm::is_contained(reduced, dim); });
  });
}

} // namespace mlc::nn
