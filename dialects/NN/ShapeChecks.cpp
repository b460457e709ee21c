// What shape ops need of sizes that are known at run time only.
#include "dialects/NN/NN.h"

using namespace mlir;

namespace mlc::nn {

/// The size operand of a dimension that x has says the same.
void BroadcastOp::collectLimits(DimensionAnalysis &sizes, SmallVectorImpl<SizeLimit> &limits) {
  auto type = mlir::cast<RankedTensorType>(getType());
  for (auto [from, to] : llvm::enumerate(getDims()))
    if (type.isDynamicDim(to))
      limits.push_back({sizes.dimension(getX(), from),
                        sizes.index(getSizes()[type.getDynamicDimIndex(to)]), true,
                        "a size of nn.broadcast unlike that of its operand"});
}

/// The box of a slice fits: (size - 1) * stride < the size of x, in every dimension; said without a
/// product, which might wrap.
void SliceOp::collectLimits(DimensionAnalysis &sizes, SmallVectorImpl<SizeLimit> &limits) {
  for (auto [dim, size] : llvm::enumerate(getMixedSizes()))
    limits.push_back({sizes.index(size), sizes.dimension(getX(), dim).ceilDiv(getStrides()[dim]),
                      false, "box of nn.slice larger than its operand"});
}

void UpdateSliceOp::collectLimits(DimensionAnalysis &sizes, SmallVectorImpl<SizeLimit> &limits) {
  for (unsigned dim = 0; dim < getStaticOffsets().size(); ++dim)
    limits.push_back({sizes.dimension(getUpdate(), dim), sizes.dimension(getX(), dim), false,
                      "update of nn.update_slice larger than its operand"});
}

/// The element counts are equal; the one `?` without a size operand is a quotient, which must leave
/// no remainder.
void ReshapeOp::collectLimits(DimensionAnalysis &sizes, SmallVectorImpl<SizeLimit> &limits) {
  AffineExpr from = sizes.constant(1), to = from;
  for (AffineExpr size : sizes.shape(getX()))
    from = from * size;
  for (AffineExpr size : sizes.shape(getResult()))
    to = to * size;
  limits.push_back({from, to, true, "element count of nn.reshape unlike that of its operand"});
}

} // namespace mlc::nn
