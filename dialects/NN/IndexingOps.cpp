#include "dialects/NN/NN.h"
#include "dialects/NN/TensorExpr.h"

using namespace mlir;

namespace mlc::nn {

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto x = cast<RankedTensorType>(adaptor.getX().getType());
  auto indices = cast<RankedTensorType>(adaptor.getIndices().getType());
  int64_t axis = adaptor.getAxis(), batch = adaptor.getBatchDimsAttr() ? adaptor.getBatchDims() : 0; // before defaults are set
  if (batch < 0 || batch > indices.getRank() || axis < batch || axis >= x.getRank()) // gather_c2
    return emitOptionalError(location, "expects batch_dims <= axis < rank of ", x, ", but got axis ", axis, " and batch_dims ",
                             batch);
  SmallVector<int64_t> shape(x.getShape().take_front(axis));
  llvm::append_range(shape, indices.getShape().drop_front(batch));
  llvm::append_range(shape, x.getShape().drop_front(axis + 1));
  types.push_back(x.clone(shape));
  return success();
}
AffineExpr GatherOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  int64_t axis = getAxis(), batch = getBatchDims(), d = dim;
  int64_t indexDims = cast<RankedTensorType>(getIndices().getType()).getRank() - batch;
  if (d < axis)
    return sizes.dimension(getX(), d);
  if (d < axis + indexDims)
    return sizes.dimension(getIndices(), d - axis + batch);
  return sizes.dimension(getX(), d - indexDims + 1);
}

LogicalResult ScatterOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getX().getType());
  return success();
}
AffineExpr ScatterOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getX(), dim);
}

/// all(0 <= indices < size of x along axis) as a rank-0 i1.
static Value buildIndexRange(OpBuilder &builder, Location location, Value x, Value indices, int64_t axis) {
  TensorExpr index(builder, location, indices), table(builder, location, x);
  TensorExpr size = table.count({axis}, index.element()).splatTo(index);
  TensorExpr ok = (index >= 0.0) & (index < size);
  return ok.reduce(Reduction::and_, llvm::to_vector(llvm::seq<int64_t>(0, ok.rank()))).value();
}
Value GatherOp::buildInRange(OpBuilder &builder) {
  return buildIndexRange(builder, getLoc(), getX(), getIndices(), getAxis());
}
std::string GatherOp::describeRange() { return "indices of nn.gather outside the table"; }
Value ScatterOp::buildInRange(OpBuilder &builder) {
  return buildIndexRange(builder, getLoc(), getX(), getIndices(), getAxis());
}
std::string ScatterOp::describeRange() { return "indices of nn.scatter outside the table"; }

LogicalResult AssertOp::verify() {
  if (cast<RankedTensorType>(getCondition().getType()).getRank() != 0) // assert_c1
    return emitOpError("expects a rank-0 condition, but got ") << getCondition().getType();
  return success();
}

FailureOr<SmallVector<Tensor>> GatherOp::evaluate(ArrayRef<Tensor>, ArrayRef<RankedTensorType>) {
  return emitOpError("not supported yet: evaluation");
}
FailureOr<SmallVector<Tensor>> ScatterOp::evaluate(ArrayRef<Tensor>, ArrayRef<RankedTensorType>) {
  return emitOpError("not supported yet: evaluation");
}
LogicalResult GatherOp::buildVjp(VjpBuilder &) { return emitOpError("not supported yet: derivative"); }
LogicalResult ScatterOp::buildVjp(VjpBuilder &) { return emitOpError("not supported yet: derivative"); }

} // namespace mlc::nn
