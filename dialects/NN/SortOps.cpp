#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/Refusal.h"
#include "dialects/NN/WithSizes.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace mlir;

namespace mlc::nn {

/// So many elements of a dimension have to be there.
static LogicalResult verifyCount(std::optional<Location> location, StringRef name, int64_t count,
                                 int64_t dim, RankedTensorType x) {
  int64_t size = x.getDimSize(dim);
  if (count >= 0 && (ShapedType::isDynamic(size) || count <= size))
    return success();
  return refuse(location, "", "expects ", name, " in [0, ", size,
                "], the elements along dimension ", dim, " of ", x, ", but got ", count);
}
static SizeLimit limitOf(int64_t count, StringRef name, StringRef op, Value x, int64_t dim,
                         DimensionAnalysis &sizes) {
  std::string text =
      llvm::formatv("fewer than {0} elements along dimension {1} of {2}", name, dim, op);
  return {sizes.constant(count), sizes.dimension(x, dim), false, text};
}

LogicalResult ArgSortOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, adaptor.getX());
  if (failed(x) || failed(verifyDim(location, "dim", adaptor.getDim(), *x))) // argsort_c1
    return failure();
  SmallVector<int64_t> shape(x->getShape());
  int64_t dim = adaptor.getDim();
  if (std::optional<int64_t> first = adaptor.getFirst()) {
    if (failed(verifyCount(location, "first", *first, dim, *x))) // argsort_c2
      return failure();
    shape[dim] = *first;
  }
  types.push_back(RankedTensorType::get(shape, IntegerType::get(context, 64)));
  return success();
}
AffineExpr ArgSortOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return getFirst() && dim == getDim() ? sizes.constant(*getFirst()) : sizes.dimension(getX(), dim);
}
void ArgSortOp::collectLimits(DimensionAnalysis &sizes, SmallVectorImpl<SizeLimit> &limits) {
  if (getFirst())
    limits.push_back(limitOf(*getFirst(), "first", "nn.argsort", getX(), getDim(), sizes));
}
/// Comparisons, as many per element as halving the dimension takes; of free sizes as of 2^16.
AffineExpr ArgSortOp::operations(DimensionAnalysis &sizes) {
  int64_t size = tensorType(getX()).getDimSize(getDim());
  return sizes.elements(getX()) *
         (ShapedType::isDynamic(size) ? 16 : llvm::Log2_64_Ceil(std::max<int64_t>(size, 2)));
}

FailureOr<SmallVector<Tensor>> ArgSortOp::evaluate(ArrayRef<Tensor> operands,
                                                   ArrayRef<RankedTensorType> resultTypes) {
  const Tensor &x = operands[0];
  Tensor result(resultTypes.front());
  int64_t dim = getDim();
  auto isBefore = [&](const Scalar &a, const Scalar &b) {
    if (a.isNaN() || b.isNaN())
      return a.isNaN() != b.isNaN() && a.isNaN() == getDescending();
    return compare(getDescending() ? Predicate::gt : Predicate::lt, a, b).integer != 0;
  };
  SmallVector<int64_t> others;
  for (int64_t other = 0; other < static_cast<int64_t>(x.shape.size()); ++other)
    if (other != dim)
      others.push_back(other);
  std::vector<int64_t> along = offsetsAlong(x.shape, {dim}),
                       alongResult = offsetsAlong(result.shape, {dim}),
                       bases = offsetsAlong(x.shape, others),
                       basesOfResult = offsetsAlong(result.shape, others);
  for (auto [base, to] : llvm::zip_equal(bases, basesOfResult)) {
    std::vector<int64_t> order(along.size());
    std::iota(order.begin(), order.end(), 0);
    llvm::sort(order, [&](int64_t a, int64_t b) {
      const Scalar &left = x.data[base + along[a]], &right = x.data[base + along[b]];
      return isBefore(left, right) || (!isBefore(right, left) && a < b);
    });
    for (auto [at, position] : llvm::zip(alongResult, order))
      result.data[to + at] = Scalar::ofInteger(position, 64);
  }
  return SmallVector<Tensor>{std::move(result)};
}

/// x[..., positions[..., k, ...], ...] along `dim`: gathers pick along the last dimension.
static TensorExpr takeAlong(const TensorExpr &x, const TensorExpr &positions, int64_t dim) {
  int64_t last = x.rank() - 1;
  if (dim == last)
    return x.gather(positions, last, last);
  SmallVector<int64_t> swap = llvm::to_vector(llvm::seq<int64_t>(0, x.rank()));
  std::swap(swap[dim], swap[last]);
  return x.transpose(swap).gather(positions.transpose(swap), last, last).transpose(swap);
}

LogicalResult SortOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                       Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> keys = rankedType(location, adaptor.getKeys());
  if (failed(keys) || failed(verifyDim(location, "dim", adaptor.getDim(), *keys))) // sort_c1
    return failure();
  SmallVector<int64_t> shape(keys->getShape());
  SmallVector<RankedTensorType> operands = {*keys};
  for (Value payload : adaptor.getPayloads()) {
    FailureOr<RankedTensorType> type = rankedType(location, payload);
    if (failed(type))
      return failure();
    if (type->getRank() != keys->getRank() ||
        !llvm::equal(type->getShape(), shape, areCompatible)) // sort_c2
      return refuse(location, "nn.broadcast gives a payload the shape of the keys",
                    "expects payloads of the shape of the keys, but got ", *type, " and ", *keys);
    operands.push_back(*type);
    for (auto [known, size] : llvm::zip_equal(shape, type->getShape()))
      known = mergeSizes(known, size);
  }
  for (RankedTensorType type : operands)
    types.push_back(type.clone(shape));
  return success();
}
AffineExpr SortOp::resultDimension(unsigned result, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getOperand(result), dim);
}
FailureOr<SmallVector<Value>> SortOp::decompose(OpBuilder &builder) {
  TensorExpr keys(builder, getLoc(), getKeys());
  TensorExpr order = keys.with(
      ArgSortOp::create(builder, getLoc(), getKeys(), getDim(), getDescending(), IntegerAttr()));
  for (Value payload : getPayloads())
    order = withSizes(order, keys.with(payload).sizes());
  return llvm::map_to_vector(getOperands(), [&](Value operand) {
    return takeAlong(keys.with(operand), order, getDim()).value();
  });
}

LogicalResult TopKOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                       Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, adaptor.getX());
  if (failed(x) || failed(verifyDim(location, "dim", adaptor.getDim(), *x))) // top_k_c1
    return failure();
  int64_t k = adaptor.getK(), dim = adaptor.getDim();
  if (failed(verifyCount(location, "k", k, dim, *x))) // top_k_c2
    return failure();
  SmallVector<int64_t> shape(x->getShape());
  shape[dim] = k;
  types.push_back(x->clone(shape));
  types.push_back(RankedTensorType::get(shape, IntegerType::get(context, 64)));
  return success();
}
AffineExpr TopKOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return dim == getDim() ? sizes.constant(getK()) : sizes.dimension(getX(), dim);
}
void TopKOp::collectLimits(DimensionAnalysis &sizes, SmallVectorImpl<SizeLimit> &limits) {
  limits.push_back(limitOf(getK(), "k", "nn.top_k", getX(), getDim(), sizes));
}
FailureOr<SmallVector<Value>> TopKOp::decompose(OpBuilder &builder) {
  TensorExpr x(builder, getLoc(), getX());
  TensorExpr positions = x.with(ArgSortOp::create(
      builder, getLoc(), getX(), getDim(), /*descending=*/true, builder.getI64IntegerAttr(getK())));
  return SmallVector<Value>{takeAlong(x, positions, getDim()).value(), positions.value()};
}

} // namespace mlc::nn
