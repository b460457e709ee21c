// What shape ops need of sizes that are known at run time only.
#include "dialects/NN/NN.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace mlc::nn {

/// All of rank-0 conditions; null if there is none.
static Value conjunction(ArrayRef<TensorExpr> conditions) {
  if (conditions.empty())
    return Value();
  TensorExpr all = conditions.front();
  for (const TensorExpr &condition : conditions.drop_front())
    all = all & condition;
  return all.value();
}

/// Whether the box of a slice fits: (size - 1) * stride < the size of x, in every dimension where
/// that is not certain.
Value SliceOp::buildInRange(OpBuilder &builder) {
  DimensionAnalysis sizes((*this)->getParentOfType<FunctionOpInterface>());
  TensorExpr x(builder, getLoc(), getX());
  Type integer = builder.getI64Type();
  SmallVector<TensorExpr> conditions;
  for (auto [dim, size] : llvm::enumerate(getMixedSizes())) {
    int64_t stride = getStrides()[dim];
    AffineExpr whole = sizes.dimension(getX(), dim);
    if (sizes.isAtMost((sizes.index(size) - 1) * stride + 1, whole))
      continue;
    TensorExpr steps = sizeTensor(builder, getLoc(), size, integer) - 1.0;
    conditions.push_back(steps * static_cast<double>(stride) <
                         x.count({static_cast<int64_t>(dim)}, integer));
  }
  return conjunction(conditions);
}
std::string SliceOp::describeRange() { return "box of nn.slice larger than its operand"; }

Value UpdateSliceOp::buildInRange(OpBuilder &builder) {
  DimensionAnalysis sizes((*this)->getParentOfType<FunctionOpInterface>());
  TensorExpr x(builder, getLoc(), getX()), update = x.with(getUpdate());
  Type integer = builder.getI64Type();
  SmallVector<TensorExpr> conditions;
  for (int64_t dim = 0; dim < x.rank(); ++dim)
    if (!sizes.isAtMost(sizes.dimension(getUpdate(), dim), sizes.dimension(getX(), dim)))
      conditions.push_back(update.count({dim}, integer) <= x.count({dim}, integer));
  return conjunction(conditions);
}
std::string UpdateSliceOp::describeRange() {
  return "update of nn.update_slice larger than its operand";
}

/// Whether the element counts are equal; the one `?` without a size operand is a quotient, which
/// must leave no remainder.
Value ReshapeOp::buildInRange(OpBuilder &builder) {
  DimensionAnalysis sizes((*this)->getParentOfType<FunctionOpInterface>());
  auto type = mlir::cast<RankedTensorType>(getType());
  AffineExpr from = sizes.constant(1), to = from;
  for (AffineExpr size : sizes.shape(getX()))
    from = from * size;
  for (AffineExpr size : sizes.shape(getResult()))
    to = to * size;
  if (sizes.areEqual(from, to))
    return Value();
  TensorExpr x(builder, getLoc(), getX());
  TensorExpr count =
      x.count(llvm::to_vector(llvm::seq<int64_t>(0, x.rank())), builder.getI64Type());
  TensorExpr product = count.scalar(1.0);
  unsigned next = 0;
  bool isQuotient = false;
  for (int64_t size : type.getShape()) {
    if (ShapedType::isDynamic(size) && getSizes().empty()) {
      isQuotient = true;
      continue;
    }
    OpFoldResult factor =
        ShapedType::isDynamic(size) ? OpFoldResult(getSizes()[next++]) : builder.getIndexAttr(size);
    product = product * sizeTensor(builder, getLoc(), factor, builder.getI64Type());
  }
  if (isQuotient)
    product = (count / product) * product;
  return (product == count).value();
}
std::string ReshapeOp::describeRange() {
  return "element count of nn.reshape unlike that of its operand";
}

} // namespace mlc::nn
