// Values of expressions over sizes: as numbers, as operations that compute them, as text.
#ifndef MLC_DIALECTS_NN_SIZEEVALUATOR_H
#define MLC_DIALECTS_NN_SIZEEVALUATOR_H

#include "dialects/NN/SizeSign.h"
#include "mlir/IR/AffineExprVisitor.h"

namespace mlc::nn {

/// Evaluates expressions whose symbols are sizes, from the leaves up. `Derived` is the algebra:
/// `constant(int64_t)`, `symbol(unsigned)`, and of the values of both sides and the expression
/// that they make up `add`, `mul`, `floorDiv`, `ceilDiv` and `mod`. What a number is that does not
/// fit, and a quotient by zero, is the algebra's to say.
template <typename Derived, typename T>
class SizeEvaluator : public mlir::AffineExprVisitor<SizeEvaluator<Derived, T>, T> {
  using Pair = mlir::AffineBinaryOpExpr;

public:
  T visitConstantExpr(mlir::AffineConstantExpr expr) { return self().constant(expr.getValue()); }
  T visitSymbolExpr(mlir::AffineSymbolExpr expr) { return self().symbol(expr.getPosition()); }
  T visitDimExpr(mlir::AffineDimExpr) { llvm_unreachable("sizes are symbols"); }
  T visitAddExpr(Pair expr) { return combine(&Derived::add, expr); }
  T visitMulExpr(Pair expr) { return combine(&Derived::mul, expr); }
  T visitFloorDivExpr(Pair expr) { return combine(&Derived::floorDiv, expr); }
  T visitCeilDivExpr(Pair expr) { return combine(&Derived::ceilDiv, expr); }
  T visitModExpr(Pair expr) { return combine(&Derived::mod, expr); }

protected:
  Derived &self() { return static_cast<Derived &>(*this); }

private:
  template <typename Rule> T combine(Rule rule, Pair expr) {
    T lhs = self().visit(expr.getLHS()), rhs = self().visit(expr.getRHS());
    return (self().*rule)(lhs, rhs, expr);
  }
};

/// The rules of integers, which divide rounding down, for an algebra of `plus`, `minus`, `times`,
/// `quotient(lhs, rhs, mayBeNegative)` (rounded down; of lhs) and `remainder` (of numbers that are
/// not negative).
template <typename Derived, typename T> class IntegerSizes : public SizeEvaluator<Derived, T> {
  using Pair = mlir::AffineBinaryOpExpr;
  using SizeEvaluator<Derived, T>::self;

public:
  T add(T lhs, T rhs, Pair) { return self().plus(lhs, rhs); }
  T mul(T lhs, T rhs, Pair) { return self().times(lhs, rhs); }
  T floorDiv(T lhs, T rhs, Pair expr) {
    return self().quotient(lhs, rhs, mayBeNegative(expr.getLHS()));
  }
  T ceilDiv(T lhs, T rhs, Pair expr) {
    T most = self().minus(rhs, self().constant(1));
    return self().quotient(self().plus(lhs, most), rhs, mayBeNegative(expr.getLHS()));
  }
  T mod(T lhs, T rhs, Pair expr) {
    if (!mayBeNegative(expr.getLHS()))
      return self().remainder(lhs, rhs);
    return self().minus(lhs, self().times(self().quotient(lhs, rhs, true), rhs));
  }
};

} // namespace mlc::nn
#endif
