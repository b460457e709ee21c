// Where the largest and smallest elements are, and what they are.
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/Refusal.h"

using namespace mlir;

namespace mlc::nn {

LogicalResult inferPosition(std::optional<Location> location, Value x, ArrayRef<int64_t> dims,
                            SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> kept = typeWithout(location, x, dims);
  if (failed(kept))
    return failure();
  for (int64_t dim : dims)
    if (tensorType(x).getDimSize(dim) == 0) // argmax_c2, max_with_position_c2
      return refuse(location, "", "expects elements along dimension ", dim, ", but ", x.getType(),
                    " has none");
  types.push_back(kept->clone(IntegerType::get(x.getContext(), 64)));
  return success();
}
LogicalResult inferValueAndPosition(std::optional<Location> location, Value x,
                                    ArrayRef<int64_t> dims, SmallVectorImpl<Type> &types) {
  if (failed(inferPosition(location, x, dims, types)))
    return failure();
  auto position = cast<RankedTensorType>(types.back());
  types.insert(types.end() - 1, position.clone(tensorType(x).getElementType()));
  return success();
}

void collectNotEmpty(Operation *op, ArrayRef<int64_t> dims, DimensionAnalysis &sizes,
                     SmallVectorImpl<SizeLimit> &limits) {
  for (int64_t dim : dims)
    limits.push_back({sizes.constant(1), sizes.dimension(op->getOperand(0), dim), false,
                      "no elements along dimension " + std::to_string(dim) + " of " +
                          op->getName().getStringRef().str()});
}

SmallVector<Tensor> evaluatePositions(const Tensor &x, ArrayRef<int64_t> dims, Reduction kind,
                                      RankedTensorType resultType) {
  Tensor result(resultType);
  std::vector<int64_t> along = offsetsAlong(x.shape, dims);
  assert(!along.empty() && "refused when the result's type is inferred from static sizes");
  auto isBetter = [&](const Scalar &a, const Scalar &b) {
    if (a.isNaN() || b.isNaN())
      return a.isNaN() && !b.isNaN();
    return compare(kind == Reduction::max ? Predicate::gt : Predicate::lt, a, b).integer != 0;
  };
  SmallVector<int64_t> kept = complement(dims, static_cast<int64_t>(x.shape.size()));
  for (auto [position, base] : llvm::enumerate(offsetsAlong(x.shape, kept))) {
    size_t best = 0;
    for (size_t i = 1; i < along.size(); ++i)
      if (isBetter(x.data[base + along[i]], x.data[base + along[best]]))
        best = i;
    result.data[position] = Scalar::ofInteger(static_cast<int64_t>(best), 64);
  }
  return {std::move(result)};
}

SmallVector<Value> elementsAt(OpBuilder &builder, Location location, Value from,
                              ArrayRef<int64_t> dims, Value position) {
  TensorExpr x(builder, location, from);
  SmallVector<int64_t> order = complement(dims, x.rank());
  auto kept = static_cast<int64_t>(order.size());
  llvm::append_range(order, dims);
  if (!llvm::is_sorted(order))
    x = x.transpose(order);
  TensorExpr rows = mergeDims(x, kept, x.rank());
  return {rows.gather(x.with(position), kept, kept).value(), position};
}

} // namespace mlc::nn
