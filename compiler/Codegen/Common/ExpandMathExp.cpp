//===- ExpandMathExp.cpp - exp, expm1, tanh, erf, logistic, rsqrt ---------===//
#include "compiler/Codegen/Common/ExpandMathFunctions.h"
#include "compiler/Codegen/Common/ExpandMathPolynomials.h"

using namespace mlc;
using namespace mlc::polynomials;

static constexpr double kLog2E = 1.4426950408889634;

namespace {
/// x = n ln(2) + r, |r| <= ln(2)/2; `lost` is what rounding took from r (f64 only).
struct ExpReduction {
  Rounded n;
  Real r;
  Real lost;
};
} // namespace

/// Of x + tail; only f64 has a tail.
static ExpReduction reduceExp(Real x, std::optional<Real> tail = std::nullopt) {
  MathContext &context = *x.context;
  Rounded n = roundProduct(x, kLog2E);
  if (!context.isF64()) {
    // The high part has 10 bits, so that its product with n is exact.
    Real r = multiplyAdd(n.real, -0.693359375, x);
    return {n, multiplyAdd(n.real, 2.12194440e-4, r), constant(context, 0.0)};
  }
  Real high = multiplyAdd(n.real, -0.6931471803691238, x);
  Real low = n.real * -1.9082149292705877e-10;
  if (tail)
    low = low + *tail;
  Real r = high + low;
  return {n, r, low - (r - high)};
}

/// e^r - 1 on the reduced range.
static Real expm1Reduced(const ExpReduction &reduction) {
  Real r = reduction.r;
  if (!r.context->isF64())
    return multiplyAdd(polynomial(r, kExpF32), r * r, r);
  return multiplyAdd(polynomial(r, kExpF64), r * r, reduction.lost) + r;
}

/// e^(x + tail); no tail is none.
static Real exponential(Real x, std::optional<Real> tail) {
  // Beyond the bounds the result is 0 or infinity anyway; within, n stays small.
  bool wide = x.context->isF64();
  Real bounded = clampBelow(clampAbove(x, wide ? -746.0 : -110.0), wide ? 710.0 : 100.0);
  ExpReduction reduction = reduceExp(bounded, tail);
  return scaleByPowerOfTwo(expm1Reduced(reduction) + 1.0, reduction.n.integer);
}

Real mlc::expandExp(Real x) { return exponential(x, std::nullopt); }
Real mlc::expandExp(Real x, Real tail) { return exponential(x, tail); }

Real mlc::expandExpm1(Real x) {
  bool wide = x.context->isF64();
  Real bounded = clampBelow(clampAbove(x, wide ? -40.0 : -20.0), wide ? 710.0 : 89.0);
  ExpReduction reduction = reduceExp(bounded);
  // At half scale, because 2^n itself may overflow where the result does not.
  Real halfPower = powerOfTwo(reduction.n.integer - 1);
  Real half = multiplyAdd(halfPower, expm1Reduced(reduction), halfPower - 0.5);
  // Halving would lose a bit of a denormal, and the sum the sign of zero.
  return select(abs(x) < (wide ? 1e-290 : 1e-30), x, half * 2.0);
}

Real mlc::expandTanh(Real x) {
  Real magnitude = abs(x);
  if (x.context->isF64()) {
    Real e = expandExpm1(2.0 * clampBelow(magnitude, 22.0));
    return copySign(e / (e + 2.0), x);
  }
  Real square = x * x;
  Real small = multiplyAdd(polynomial(square, kTanhF32) * square, x, x);
  Real e = expandExp(2.0 * clampBelow(magnitude, 10.0));
  return copySign(select(magnitude < 0.625, small, 1.0 - 2.0 / (e + 1.0)), x);
}

Real mlc::expandErf(Real x) {
  bool wide = x.context->isF64();
  Real magnitude = abs(x);
  Real square = x * x;
  Real small = multiplyAdd(
      polynomial(square, wide ? llvm::ArrayRef(kErfSmallF64) : llvm::ArrayRef(kErfSmallF32)), x, x);
  // 1 - erf falls below half an ulp of 1 at the bound.
  Real bounded = clampBelow(magnitude, wide ? 6.0 : 4.0);
  Real complement = wide ? expandExp(-(bounded * bounded)) *
                               polynomial((bounded - 2.0) / (bounded + 2.0), kErfLargeF64)
                         : expandExp(-polynomial(bounded, kErfLargeF32));
  return copySign(select(magnitude < (wide ? 1.0 : 0.9277), small, 1.0 - complement), x);
}

Real mlc::expandRsqrt(Real x) { return 1.0 / sqrt(x); }

Real mlc::expandLogistic(Real x) { return 1.0 / (1.0 + expandExp(-x)); }
