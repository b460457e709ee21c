#include "dialects/NN/NN.h"
#include "dialects/NN/TensorExpr.h"

using namespace mlir;

namespace mlc::nn {

static SmallVector<int64_t> complement(ArrayRef<int64_t> dims, int64_t rank) {
  SmallVector<int64_t> rest;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(dims, dim))
      rest.push_back(dim);
  return rest;
}

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto from = cast<RankedTensorType>(adaptor.getX().getType());
  int64_t last = -1;
  for (int64_t dim : adaptor.getDims()) {
    if (dim <= last || dim >= from.getRank()) // reduce_c1
      return emitOptionalError(location, "expects distinct, increasing dims below ", from.getRank());
    last = dim;
  }
  SmallVector<int64_t> shape;
  for (int64_t dim : complement(adaptor.getDims(), from.getRank()))
    shape.push_back(from.getDimSize(dim));
  types.push_back(from.clone(shape));
  return success();
}
SmallVector<int64_t> ReduceOp::keptDims() {
  return complement(getDims(), cast<RankedTensorType>(getX().getType()).getRank());
}
AffineExpr ReduceOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getX(), keptDims()[dim]);
}

static LogicalResult inferArg(std::optional<Location> location, Value x, int64_t dim, SmallVectorImpl<Type> &types) {
  auto from = cast<RankedTensorType>(x.getType());
  if (dim < 0 || dim >= from.getRank()) // arg_c1
    return emitOptionalError(location, "expects dim below the rank of ", from, ", but got ", dim);
  SmallVector<int64_t> shape(from.getShape());
  shape.erase(shape.begin() + dim);
  types.push_back(RankedTensorType::get(shape, IntegerType::get(from.getContext(), 64)));
  return success();
}
LogicalResult ArgMaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  return inferArg(location, adaptor.getX(), adaptor.getDim(), types);
}
LogicalResult ArgMinOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  return inferArg(location, adaptor.getX(), adaptor.getDim(), types);
}
AffineExpr ArgMaxOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getX(), dim < getDim() ? dim : dim + 1);
}
AffineExpr ArgMinOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getX(), dim < getDim() ? dim : dim + 1);
}

LogicalResult CumSumOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getX().getType());
  return success();
}
AffineExpr CumSumOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getX(), dim);
}

FailureOr<SmallVector<Tensor>> ReduceOp::evaluate(ArrayRef<Tensor>, ArrayRef<RankedTensorType>) {
  return emitOpError("not supported yet: evaluation");
}
FailureOr<SmallVector<Tensor>> ArgMaxOp::evaluate(ArrayRef<Tensor>, ArrayRef<RankedTensorType>) {
  return emitOpError("not supported yet: evaluation");
}
FailureOr<SmallVector<Tensor>> ArgMinOp::evaluate(ArrayRef<Tensor>, ArrayRef<RankedTensorType>) {
  return emitOpError("not supported yet: evaluation");
}
FailureOr<SmallVector<Tensor>> CumSumOp::evaluate(ArrayRef<Tensor>, ArrayRef<RankedTensorType>) {
  return emitOpError("not supported yet: evaluation");
}
LogicalResult ReduceOp::buildVjp(VjpBuilder &) { return emitOpError("not supported yet: derivative"); }
LogicalResult CumSumOp::buildVjp(VjpBuilder &) { return emitOpError("not supported yet: derivative"); }

} // namespace mlc::nn
