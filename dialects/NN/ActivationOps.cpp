#include "dialects/NN/CompositeSupport.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

/// formula(x), computed in f32 for 16-bit floats.
static Results computeWide(OpBuilder &builder, Operation *op,
                           function_ref<TensorExpr(TensorExpr)> formula) {
  TensorExpr x(builder, op->getLoc(), op->getOperand(0));
  return SmallVector<Value>{cast(formula(widened(x)), x).value()};
}

Results ReluOp::decompose(OpBuilder &builder) {
  TensorExpr x(builder, getLoc(), getX());
  return SmallVector<Value>{select(x <= 0.0, zeroLike(x), x).value()};
}

Results GeluOp::decompose(OpBuilder &builder) {
  return computeWide(builder, *this, [&](TensorExpr x) {
    // (1 + tanh(u)) / 2 = logistic(2 u), which costs less, forward and backward.
    if (getApproximate() == GeluApproximation::tanh)
      return x * logistic(std::sqrt(8.0 / M_PI) * (x + 0.044715 * (x * x * x)));
    return 0.5 * x * (1.0 + erf(std::sqrt(0.5) * x));
  });
}

Results SiluOp::decompose(OpBuilder &builder) {
  return computeWide(builder, *this, [](TensorExpr x) { return x * logistic(x); });
}

Results SoftplusOp::decompose(OpBuilder &builder) {
  return computeWide(builder, *this,
                     [](TensorExpr x) { return max(x, zeroLike(x)) + log1p(exp(-abs(x))); });
}
LogicalResult SoftplusOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr x = widened(vjp.operand(0)), dy = widened(vjp.cotangent());
  vjp.accumulate(0, cast(dy * logistic(x), vjp.operand(0)));
  return success();
}

LogicalResult ClampOp::verify() {
  if (!getLow() && !getHigh()) // clamp_c1
    return emitOpError("expects `low = ...`, `high = ...` or both, but got neither");
  if (getLow() && getHigh() &&
      !(getLowAttr().getValueAsDouble() <= getHighAttr().getValueAsDouble())) // clamp_c2
    return emitOpError("expects low <= high, but got ") << getLowAttr() << " and " << getHighAttr();
  for (FloatAttr bound : {getLowAttr(), getHighAttr()}) // clamp_c3
    if (bound && !isa<FloatType>(tensorType(getX()).getElementType()) &&
        bound.getValueAsDouble() != std::floor(bound.getValueAsDouble()))
      return emitOpError("expects whole bounds for ") << getX().getType() << ", but got " << bound;
  return success();
}
Results ClampOp::decompose(OpBuilder &builder) {
  TensorExpr x(builder, getLoc(), getX()), y = x;
  if (getHigh())
    y = select(x > getHighAttr().getValueAsDouble(), x.constant(getHighAttr().getValueAsDouble()),
               y);
  if (getLow())
    y = select(x < getLowAttr().getValueAsDouble(), x.constant(getLowAttr().getValueAsDouble()), y);
  return SmallVector<Value>{y.value()};
}

} // namespace mlc::nn
