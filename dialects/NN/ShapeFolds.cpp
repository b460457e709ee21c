// Folders of the ops that create tensors or move their elements.
#include "dialects/NN/NN.h"

using namespace mlir;

namespace mlc::nn {

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getDense(); }

OpFoldResult DimOp::fold(FoldAdaptor) {
  auto type = mlir::cast<RankedTensorType>(getX().getType());
  if (type.isDynamicDim(getDim()))
    return nullptr;
  return IntegerAttr::get(IndexType::get(getContext()), type.getDimSize(getDim()));
}

OpFoldResult BroadcastOp::fold(FoldAdaptor) {
  return getX().getType() == getType() ? OpFoldResult(getX()) : nullptr;
}

/// A reshape to the same type moves nothing: with one `?` at most, the sizes are the same too. A
/// reshape of a reshape needs only the elements.
OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  auto type = mlir::cast<RankedTensorType>(getX().getType());
  if (type == getType() && type.getNumDynamicDims() <= 1)
    return getX();
  auto inner = getX().getDefiningOp<ReshapeOp>();
  if (!inner)
    return nullptr;
  getXMutable().assign(inner.getX());
  return getResult();
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  if (llvm::equal(getPermutation(), llvm::seq<int64_t>(0, getPermutation().size())))
    return getX();
  auto inner = getX().getDefiningOp<TransposeOp>();
  if (!inner)
    return nullptr;
  SmallVector<int64_t> both;
  for (int64_t dim : getPermutation())
    both.push_back(inner.getPermutation()[dim]);
  setPermutation(both);
  getXMutable().assign(inner.getX());
  return getResult();
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  bool isWhole =
      getX().getType() == getType() && mlir::cast<RankedTensorType>(getType()).hasStaticShape();
  return isWhole ? OpFoldResult(getX()) : nullptr;
}

} // namespace mlc::nn
