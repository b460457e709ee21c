//===- ExpandMathExp.cpp - exp, expm1, sinh, cosh, tanh, erf, rsqrt ------===//
#include "compiler/Codegen/Common/ExpandMathFunctions.h"
#include "compiler/Codegen/Common/ExpandMathPolynomials.h"

#include <cmath>

using namespace mlc;
using namespace mlc::polynomials;

static constexpr double kLog2E = 1.4426950408889634;

namespace {
/// x - n ln(2) = r, |r| <= ln(2)/2; `lost` is what rounding took from r (f64 only).
struct ExpReduction {
  Real r;
  Real lost;
};
} // namespace

/// Of x + tail; only f64 has a tail.
static ExpReduction reduceExp(Real x, Real n, std::optional<Real> tail = std::nullopt) {
  MathContext &context = *x.context;
  if (!context.isF64()) {
    // The high part has 10 bits, so that its product with n is exact.
    Real r = multiplyAdd(n, -0.693359375, x);
    return {multiplyAdd(n, 2.12194440e-4, r), constant(context, 0.0)};
  }
  Real high = multiplyAdd(n, -0.6931471803691238, x);
  Real low = n * -1.9082149292705877e-10;
  if (tail)
    low = low + *tail;
  Real r = high + low;
  return {r, low - (r - high)};
}

/// e^r - 1 on the reduced range.
static Real expm1Reduced(const ExpReduction &reduction) {
  Real r = reduction.r;
  Real square = r * r;
  if (!r.context->isF64())
    return multiplyAdd(polynomial(r, square, kExpF32), square, r);
  return multiplyAdd(polynomial(r, square, kExpF64), square, reduction.lost) + r;
}

/// scale * (1 + small), the scale a power of two: one rounding with a fused multiply-add.
static Real scaleOnePlus(Real small, Real scale) {
  if (!small.context->fusedMultiplyAdd)
    return (small + 1.0) * scale;
  return multiplyAdd(small, scale, scale);
}

/// Below, e^x is 0: the exponent stays small.
static double lowestExponent(MathContext &context) { return context.isF64() ? -746.0 : -110.0; }

/// e^(x + tail); no tail is none.
static Real exponential(Real x, std::optional<Real> tail) {
  MathContext &context = *x.context;
  Real bounded =
      clampBelow(clampAbove(x, lowestExponent(context)), context.isF64() ? 710.0 : 100.0);
  if (scalesInOneInstruction(context)) {
    Rounded n = roundProduct(bounded, kLog2E);
    return scaleByPowerOfTwo(expm1Reduced(reduceExp(bounded, n.real, tail)) + 1.0, n.integer);
  }
  // 2^n in two factors, of which only the second can round: one would leave the exponent range.
  RoundedExponent n = roundExponent(bounded, kLog2E, 2 * exponentBias(context));
  Bits half = n.biased >> 1;
  Real small = expm1Reduced(reduceExp(bounded, n.real, tail));
  return scaleOnePlus(small, exponentField(half)) * exponentField(n.biased - half);
}

/// 2^lift e^x where that has a normal exponent.
static Real normalExponential(Real x, int64_t lift) {
  RoundedExponent n = roundExponent(x, kLog2E, exponentBias(*x.context) + lift);
  return scaleOnePlus(expm1Reduced(reduceExp(x, n.real)), exponentField(n.biased));
}

Real mlc::expandExp(Real x) { return exponential(x, std::nullopt); }
Real mlc::expandExp(Real x, Real tail) { return exponential(x, tail); }

/// Without exponents above 0 one factor suffices for e^x if it is lifted by this power of two.
static int64_t liftOfNonPositive(MathContext &context) { return context.isF64() ? 512 : 64; }
static Real liftedExpOfNonPositive(Real x) {
  MathContext &context = *x.context;
  return normalExponential(clampAbove(x, lowestExponent(context)), liftOfNonPositive(context));
}

Real mlc::expandExpOfNonPositive(Real x) {
  MathContext &context = *x.context;
  int64_t lift = liftOfNonPositive(context);
  // The last product rounds denormals, for which processors take a hundred cycles: where the result
  // is 0, as of all scores that a mask leaves out, there is none to round.
  Real lifted =
      select(x < lowestExponent(context), constant(context, 0.0), normalExponential(x, lift));
  return lifted * std::ldexp(1.0, -int(lift));
}

Real mlc::expandExpm1(Real x) {
  bool wide = x.context->isF64();
  Real bounded = clampBelow(clampAbove(x, wide ? -40.0 : -20.0), wide ? 710.0 : 89.0);
  // At half scale, because 2^n itself may overflow where the result does not.
  RoundedExponent n = roundExponent(bounded, kLog2E, exponentBias(*x.context) - 1);
  Real halfPower = exponentField(n.biased);
  Real reduced = expm1Reduced(reduceExp(bounded, n.real));
  Real half = multiplyAdd(halfPower, reduced, halfPower - 0.5);
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
  Real e = normalExponential(2.0 * clampBelow(magnitude, 10.0), 0);
  return copySign(select(magnitude < 0.625, small, 1.0 - 2.0 / (e + 1.0)), x);
}

/// Of |x|: e^|x| / 4 overflows where sinh and cosh do not, but at the bound they do.
static Real boundHyperbolic(Real x) {
  return clampBelow(abs(x), x.context->isF64() ? 710.5 : 89.5);
}

Real mlc::expandSinh(Real x) {
  Real bounded = boundHyperbolic(x);
  RoundedExponent n = roundExponent(bounded, kLog2E, exponentBias(*x.context) - 2);
  Real quarterPower = exponentField(n.biased);
  Real reduced = expm1Reduced(reduceExp(bounded, n.real));
  // q = (e^|x| - 1) / 4, so that sinh(|x|) = 2 (q + q / (4 q + 1)).
  Real quarter = multiplyAdd(quarterPower, reduced, quarterPower - 0.25);
  Real half = quarter + quarter / (4.0 * quarter + 1.0);
  bool wide = x.context->isF64();
  // Quarters would lose the bits of a denormal.
  return select(abs(x) < (wide ? 1e-290 : 1e-30), x, copySign(half * 2.0, x));
}

Real mlc::expandCosh(Real x) {
  Real quarter = normalExponential(boundHyperbolic(x), -2);
  return 2.0 * (quarter + 0.0625 / quarter);
}

Real mlc::expandErf(Real x) {
  bool wide = x.context->isF64();
  Real magnitude = abs(x);
  Real square = x * x;
  Real small = multiplyAdd(
      polynomial(square, wide ? llvm::ArrayRef(kErfSmallF64) : llvm::ArrayRef(kErfSmallF32)), x, x);
  // 1 - erf falls below half an ulp of 1 at the bound.
  Real bounded = clampBelow(magnitude, wide ? 6.0 : 4.0);
  Real complement = wide ? normalExponential(-(bounded * bounded), 0) *
                               polynomial((bounded - 2.0) / (bounded + 2.0), kErfLargeF64)
                         : normalExponential(-polynomial(bounded, kErfLargeF32), 0);
  return copySign(select(magnitude < (wide ? 1.0 : 0.9277), small, 1.0 - complement), x);
}

/// e^(x^2) erfc(x) of f64 x >= 1.
static Real scaledErfc(Real x) {
  Real inverse = 1.0 / x;
  Real far = inverse * polynomial(inverse * inverse, kErfcFarF64);
  return select(x < 6.0, polynomial((x - 2.0) / (x + 2.0), kErfLargeF64), far);
}

static Real erfcF64(Real x) {
  Real bounded = clampBelow(abs(x), 27.5); // where it is 0 already
  DoubleReal square = twoProduct(bounded, bounded);
  Real tail = expandExp(-square.high, -square.low) * scaledErfc(clampAbove(bounded, 1.0));
  // In [1/2, 1] the difference 1 - x is exact.
  Real small = multiplyAdd(-polynomial(x * x, kErfSmallF64), x, 1.0 - x);
  return select(bounded < 1.0, small, select(bits(x) < 0, 2.0 - tail, tail));
}

Real mlc::expandErfc(Real x) {
  MathContext &context = *x.context;
  if (context.isF64())
    return erfcF64(x);
  // e^(-x^2) is built as it is built elsewhere, so that a derivative shares it; the numerator takes
  // its power of two, and makes good what rounding took from x^2.
  Real negatedSquare = clampAbove(-(x * x), lowestExponent(context));
  Real bounded = clampBelow(abs(x), std::sqrt(-lowestExponent(context))), square = -negatedSquare;
  Real lost = context.fusedMultiplyAdd ? multiplyAdd(bounded, bounded, negatedSquare)
                                       : twoProduct(bounded, bounded).low;
  llvm::SmallVector<double> numerator(std::begin(kErfcNumeratorF32), std::end(kErfcNumeratorF32));
  for (double &coefficient : numerator)
    coefficient = std::ldexp(coefficient, -int(liftOfNonPositive(context)));
  Real scaled =
      polynomial(bounded, square, numerator) / polynomial(bounded, square, kErfcDenominatorF32);
  Real tail = liftedExpOfNonPositive(-(x * x)) * multiplyAdd(-lost, scaled, scaled);
  return select(bits(x) < 0, 2.0 - tail, tail);
}

Real mlc::expandRsqrt(Real x) { return 1.0 / sqrt(x); }
