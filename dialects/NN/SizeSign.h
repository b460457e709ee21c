// Expressions over sizes, which are not negative.
#ifndef MLC_DIALECTS_NN_SIZESIGN_H
#define MLC_DIALECTS_NN_SIZESIGN_H

#include "mlir/IR/AffineExpr.h"

namespace mlc::nn {

/// Whether a part of an expression over sizes may be below zero: a difference, as simplification
/// leaves behind in a dividend. What divides it must round down, not towards zero.
inline bool mayBeNegative(mlir::AffineExpr expr) {
  if (auto number = mlir::dyn_cast<mlir::AffineConstantExpr>(expr))
    return number.getValue() < 0;
  auto pair = mlir::dyn_cast<mlir::AffineBinaryOpExpr>(expr);
  if (!pair || expr.getKind() == mlir::AffineExprKind::Mod)
    return false;
  bool isSum = expr.getKind() == mlir::AffineExprKind::Add,
       isProduct = expr.getKind() == mlir::AffineExprKind::Mul;
  return mayBeNegative(pair.getLHS()) || ((isSum || isProduct) && mayBeNegative(pair.getRHS()));
}

} // namespace mlc::nn
#endif
