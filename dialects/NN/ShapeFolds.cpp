// Folders of the ops that create tensors or move their elements.
#include "dialects/NN/NN.h"

using namespace mlir;

namespace mlc::nn {

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

OpFoldResult DimOp::fold(FoldAdaptor) {
  auto type = mlir::cast<RankedTensorType>(getX().getType());
  if (type.isDynamicDim(getDim()))
    return nullptr;
  return IntegerAttr::get(IndexType::get(getContext()), type.getDimSize(getDim()));
}

OpFoldResult BroadcastOp::fold(FoldAdaptor) { return getX().getType() == getType() ? OpFoldResult(getX()) : nullptr; }

/// A reshape to the same type moves nothing: with one `?` at most, the sizes are the same too.
OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  auto type = mlir::cast<RankedTensorType>(getX().getType());
  return getX().getType() == getType() && type.getNumDynamicDims() <= 1 ? OpFoldResult(getX()) : nullptr;
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  return llvm::equal(getPermutation(), llvm::seq<int64_t>(0, getPermutation().size())) ? OpFoldResult(getX()) : nullptr;
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  bool isWhole = getX().getType() == getType() && mlir::cast<RankedTensorType>(getType()).hasStaticShape();
  return isWhole ? OpFoldResult(getX()) : nullptr;
}

} // namespace mlc::nn
