#include "dialects/NN/NN.h"
#include "dialects/NN/TensorExpr.h"

using namespace mlir;

namespace mlc::nn {

static SmallVector<int64_t> freeDims(int64_t rank, ArrayRef<int64_t> batch, ArrayRef<int64_t> contract) {
  SmallVector<int64_t> rest;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(batch, dim) && !llvm::is_contained(contract, dim))
      rest.push_back(dim);
  return rest;
}
SmallVector<int64_t> ContractOp::lhsFreeDims() {
  return freeDims(cast<RankedTensorType>(getLhs().getType()).getRank(), getLhsBatch(), getLhsContract());
}
SmallVector<int64_t> ContractOp::rhsFreeDims() {
  return freeDims(cast<RankedTensorType>(getRhs().getType()).getRank(), getRhsBatch(), getRhsContract());
}

LogicalResult ContractOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  auto lhs = cast<RankedTensorType>(adaptor.getLhs().getType()), rhs = cast<RankedTensorType>(adaptor.getRhs().getType());
  // Inference runs before absent attributes get their defaults.
  auto dimsOf = [](DenseI64ArrayAttr dims) { return dims ? dims.asArrayRef() : ArrayRef<int64_t>(); };
  ArrayRef<int64_t> lhsBatch = dimsOf(adaptor.getLhsBatchAttr()), rhsBatch = dimsOf(adaptor.getRhsBatchAttr());
  auto checkPairs = [&](ArrayRef<int64_t> left, ArrayRef<int64_t> right) -> LogicalResult {
    if (left.size() != right.size())
      return emitOptionalError(location, "expects dimensions in pairs, but got ", left.size(), " of lhs and ", right.size(),
                               " of rhs");
    for (auto [l, r] : llvm::zip(left, right)) {
      if (l < 0 || l >= lhs.getRank() || r < 0 || r >= rhs.getRank()) // contract_c3
        return emitOptionalError(location, "expects dimensions in range of ", lhs, " and ", rhs);
      int64_t lhsSize = lhs.getDimSize(l), rhsSize = rhs.getDimSize(r);
      if (lhsSize != rhsSize && !ShapedType::isDynamic(lhsSize) && !ShapedType::isDynamic(rhsSize)) // contract_c1
        return emitOptionalError(location, "expects equal sizes, but lhs dimension ", l, " has size ", lhsSize,
                                 " and rhs dimension ", r, " has size ", rhsSize, ": ", lhs, " and ", rhs);
    }
    return success();
  };
  if (failed(checkPairs(lhsBatch, rhsBatch)) ||
      failed(checkPairs(adaptor.getLhsContract(), adaptor.getRhsContract())))
    return failure();
  SmallVector<int64_t> shape;
  for (int64_t dim : lhsBatch)
    shape.push_back(lhs.getDimSize(dim));
  for (int64_t dim : freeDims(lhs.getRank(), lhsBatch, adaptor.getLhsContract()))
    shape.push_back(lhs.getDimSize(dim));
  for (int64_t dim : freeDims(rhs.getRank(), rhsBatch, adaptor.getRhsContract()))
    shape.push_back(rhs.getDimSize(dim));
  types.push_back(lhs.clone(shape));
  return success();
}
AffineExpr ContractOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  size_t batch = getLhsBatch().size();
  if (dim < batch)
    return sizes.dimension(getLhs(), getLhsBatch()[dim]);
  SmallVector<int64_t> lhsFree = lhsFreeDims();
  if (dim < batch + lhsFree.size())
    return sizes.dimension(getLhs(), lhsFree[dim - batch]);
  return sizes.dimension(getRhs(), rhsFreeDims()[dim - batch - lhsFree.size()]);
}

FailureOr<SmallVector<Tensor>> ContractOp::evaluate(ArrayRef<Tensor>, ArrayRef<RankedTensorType>) {
  return emitOpError("not supported yet: evaluation");
}
LogicalResult ContractOp::buildVjp(VjpBuilder &) { return emitOpError("not supported yet: derivative"); }

} // namespace mlc::nn
