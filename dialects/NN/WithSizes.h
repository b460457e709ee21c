// For decompositions that would take operands of other sizes.
#ifndef MLC_DIALECTS_NN_WITHSIZES_H
#define MLC_DIALECTS_NN_WITHSIZES_H

#include "dialects/NN/TensorExpr.h"

namespace mlc::nn {

/// x, where a call refuses sizes other than these. Its type has what is known of either. Choosing
/// between x and x is x, once the sizes have been compared.
inline TensorExpr withSizes(const TensorExpr &x, llvm::ArrayRef<mlir::OpFoldResult> sizes) {
  llvm::SmallVector<mlir::Value> dynamic;
  llvm::SmallVector<int64_t> shape;
  mlir::dispatchIndexOpFoldResults(sizes, dynamic, shape);
  if (x.type().hasStaticShape() && x.type().getShape() == llvm::ArrayRef(shape))
    return x;
  auto type = mlir::RankedTensorType::get({}, x.builder->getI1Type());
  mlir::Value always = ConstantOp::create(*x.builder, *x.location,
                                          mlir::DenseElementsAttr::get(type, /*value=*/true));
  mlir::Value everywhere = BroadcastOp::create(*x.builder, *x.location, type.clone(shape), always,
                                               dynamic, llvm::ArrayRef<int64_t>());
  return select(x.with(everywhere), x, x);
}

} // namespace mlc::nn
#endif
