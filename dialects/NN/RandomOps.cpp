#include "dialects/NN/NN.h"

using namespace mlir;

namespace mlc::nn {

LogicalResult RngBitsOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  if (getSizes().size() != type.getNumDynamicDims()) // rng_bits_c2
    return emitOpError("expects one size operand per `?` of ") << type << ", but got " << getSizes().size();
  return success();
}
AffineExpr RngBitsOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.index(getSizes()[cast<RankedTensorType>(getType()).getDynamicDimIndex(dim)]);
}

FailureOr<SmallVector<Tensor>> RngBitsOp::evaluate(ArrayRef<Tensor>, ArrayRef<RankedTensorType>) {
  return emitOpError("not supported yet: evaluation");
}

} // namespace mlc::nn
