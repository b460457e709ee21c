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

LogicalResult LeakyReluOp::verify() { // leaky_relu_c1
  return verifyFits(*this, "slope", computedElement(tensorType(getX())), getSlopeAttr());
}
Results LeakyReluOp::decompose(OpBuilder &builder) {
  return computeWide(builder, *this, [&](const TensorExpr &x) {
    return select(x > 0.0, x, getSlope().convertToDouble() * x);
  });
}

/// The exponential is that of numbers up to 0 only, so that nothing overflows.
static TensorExpr eluOf(const TensorExpr &x, double alpha) {
  TensorExpr isPositive = x > 0.0;
  return select(isPositive, x, alpha * expm1(select(isPositive, zeroLike(x), x)));
}
LogicalResult EluOp::verify() { // elu_c1
  return verifyFits(*this, "alpha", computedElement(tensorType(getX())), getAlphaAttr());
}
Results EluOp::decompose(OpBuilder &builder) {
  return computeWide(builder, *this,
                     [&](const TensorExpr &x) { return eluOf(x, getAlpha().convertToDouble()); });
}
Results SeluOp::decompose(OpBuilder &builder) {
  constexpr double kScale = 1.0507009873554804934, kAlpha = 1.6732632423543772848;
  return computeWide(builder, *this, [](const TensorExpr &x) { return kScale * eluOf(x, kAlpha); });
}

/// x, or a large number of its sign, so that no infinity meets a factor of 0; NaN passes.
static TensorExpr boundedBelow(const TensorExpr &x) {
  constexpr double kLowest = -1e30;
  return select(x < kLowest, x.constant(kLowest), x);
}
static TensorExpr bounded(const TensorExpr &x) {
  constexpr double kLargest = 1e30;
  return select(x > kLargest, x.constant(kLargest), boundedBelow(x));
}

/// The argument of the logistic function that approximates the normal distribution: (1 + tanh(w /
/// 2)) / 2 = logistic(w), which costs less.
constexpr double kGeluSlope = 1.5957691216057308, kGeluCubic = 0.044715; // sqrt(8 / pi)
static TensorExpr geluArgument(const TensorExpr &x) {
  return x * (kGeluSlope + kGeluSlope * kGeluCubic * (x * x));
}

Results GeluOp::decompose(OpBuilder &builder) {
  return computeWide(builder, *this, [&](const TensorExpr &x) {
    if (getApproximate() == GeluApproximation::tanh)
      return boundedBelow(x) * logistic(geluArgument(x));
    return 0.5 * boundedBelow(x) * erfc(-std::sqrt(0.5) * x);
  });
}
LogicalResult GeluOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr x = widened(vjp.operand(0)), dy = widened(vjp.cotangent());
  auto derivative = [&] {
    if (getApproximate() == GeluApproximation::tanh) {
      TensorExpr share = logistic(geluArgument(x));
      TensorExpr slope = kGeluSlope + 3.0 * kGeluSlope * kGeluCubic * (x * x);
      return share + bounded(x * slope) * (share * (1.0 - share));
    }
    TensorExpr u = -std::sqrt(0.5) * x;
    return 0.5 * erfc(u) + 1.0 / std::sqrt(2.0 * M_PI) * bounded(x) * exp(-(u * u));
  };
  vjp.accumulate(0, cast(dy * derivative(), vjp.operand(0)));
  return success();
}

Results SiluOp::decompose(OpBuilder &builder) {
  return computeWide(builder, *this,
                     [](const TensorExpr &x) { return boundedBelow(x) * logistic(x); });
}
LogicalResult SiluOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr x = widened(vjp.operand(0)), dy = widened(vjp.cotangent()), share = logistic(x);
  TensorExpr slope = share * (1.0 + bounded(x) * (1.0 - share));
  vjp.accumulate(0, cast(dy * slope, vjp.operand(0)));
  return success();
}

namespace {
/// t = tanh(log(1 + exp(x))) as a quotient of sums of positive numbers: with e = exp(-|x|), of
/// 1 + 2 e and that plus 2 e^2 for positive x, of e^2 + 2 e and that plus 2 for negative.
struct MishGate {
  TensorExpr numerator, rest, denominator;

  MishGate(const TensorExpr &x) {
    TensorExpr isPositive = x > 0.0, small = exp(select(isPositive, -x, x));
    TensorExpr square = small * small, two = x.constant(2.0);
    numerator = select(isPositive, x.constant(1.0), square) + two * small;
    rest = two * select(isPositive, square, x.constant(1.0));
    denominator = numerator + rest;
  }
  TensorExpr value() const { return numerator / denominator; }
  /// 1 - t^2
  TensorExpr slope() const {
    return rest / denominator * ((denominator + numerator) / denominator);
  }
};
} // namespace

Results MishOp::decompose(OpBuilder &builder) {
  return computeWide(builder, *this,
                     [](const TensorExpr &x) { return boundedBelow(x) * MishGate(x).value(); });
}
LogicalResult MishOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr x = widened(vjp.operand(0)), dy = widened(vjp.cotangent());
  MishGate gate(x);
  TensorExpr slope = gate.value() + bounded(x) * (gate.slope() * logistic(x));
  vjp.accumulate(0, cast(dy * slope, vjp.operand(0)));
  return success();
}

Results HardSwishOp::decompose(OpBuilder &builder) {
  return computeWide(builder, *this, [](const TensorExpr &x) {
    return boundedBelow(x) * (clamp(x + 3.0, 0.0, 6.0) / 6.0);
  });
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
  for (auto [name, bound] : {std::pair("low", getLowAttr()), std::pair("high", getHighAttr())}) {
    if (bound && bound.getValue().isNaN()) // clamp_c2
      return emitOpError("expects a number as ") << name << ", but got " << bound;
    if (failed(verifyFits(*this, name, tensorType(getX()).getElementType(), bound))) // clamp_c3
      return failure();
  }
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
LogicalResult ClampOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr x = vjp.operand(0), dx = vjp.cotangent();
  if (getLow())
    dx = select(x >= getLowAttr().getValueAsDouble(), dx, zeroLike(dx));
  if (getHigh())
    dx = select(x <= getHighAttr().getValueAsDouble(), dx, zeroLike(dx));
  vjp.accumulate(0, dx);
  return success();
}

} // namespace mlc::nn
