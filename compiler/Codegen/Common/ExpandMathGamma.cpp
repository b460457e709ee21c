//===- ExpandMathGamma.cpp - lgamma and digamma ---------------------------===//
//
// From 7 on by Stirling's series; below, moved by the recurrence next to a zero, where a polynomial
// has the zero as a factor; negative numbers by reflection. f32 goes through f64.
//
//===----------------------------------------------------------------------===//
#include "compiler/Codegen/Common/ExpandMathFunctions.h"
#include "compiler/Codegen/Common/ExpandMathPolynomials.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlc;
using namespace mlc::polynomials;

static constexpr double kPi = 3.141592653589793;
/// From here on the series has all digits.
static constexpr double kFar = 7.0;

namespace {
/// sin and cos of pi x, up to a common sign.
struct HalfTurns {
  SineCosine parts;
  Bits quadrant;
  Mask isWhole; ///< x is an integer
};
} // namespace

static HalfTurns halfTurns(Real x, bool roundsToF32) {
  MathContext &context = *x.context;
  Real whole = {&context, mlir::math::RoundEvenOp::create(context.builder, context.loc, x.value)};
  Real fraction = x - whole;
  Rounded quarters = roundProduct(fraction, 2.0);
  Real r = multiplyAdd(quarters.real, -0.5, fraction) * kPi;
  return {sineCosine(r, roundsToF32), quarters.integer, equal(fraction, 0.0)};
}

//===- lgamma ---------------------------------------------------------------===//

/// log(gamma(y)) of y >= 0.
static Real lgammaOfPositive(Real y) {
  MathContext &context = *y.context;
  Real one = constant(context, 1.0);
  Real bounded = clampBelow(y, kFar);
  Real n = roundProduct(bounded, 1.0).real;
  // gamma(y) = gamma(2 + u) times the product, or divided by it where n is 0 or 1.
  Real u = bounded - n;
  Mask divides = n < 1.5;
  Real product = select(divides, bounded, one);
  product = select(n < 0.5, bounded * (bounded + 1.0), product);
  for (double j = 1.0; j < kFar - 1.0; j += 1.0)
    product = select(n > j + 1.5, product * (bounded - j), product);

  Mask isFar = y >= kFar;
  Real logarithm = expandLog(select(isFar, y, product));
  Real near = multiplyAdd(u, polynomial(u, kLgammaF64), select(divides, -logarithm, logarithm));
  Real inverse = 1.0 / y;
  constexpr double kHalfLogTwoPiLessOne = 0.4189385332046727;
  Real small = multiplyAdd(polynomial(inverse * inverse, kStirlingF64), inverse,
                           constant(context, kHalfLogTwoPiLessOne));
  return select(isFar, multiplyAdd(y - 0.5, logarithm - 1.0, small), near);
}

static Real lgammaF64(Real x, bool roundsToF32) {
  constexpr double kLogPi = 1.1447298858494002;
  // Next to 0 the sign of x makes no difference, and pi x may be a denormal.
  Mask isNegative = x < -1e-20;
  Real positive = lgammaOfPositive(select(isNegative, 1.0 - x, abs(x)));
  HalfTurns turns = halfTurns(x, roundsToF32);
  Real sine = select(equal(turns.quadrant & 1, 1), turns.parts.cosine, turns.parts.sine);
  Real negative = (kLogPi - expandLog(abs(sine))) - positive;
  negative = select(turns.isWhole, kInfinity, negative);
  Real result = select(isNegative, negative, positive);
  return select(equal(x, -kInfinity), kInfinity, result);
}

Real mlc::expandLgamma(Real x) { return throughF64(x, lgammaF64); }

//===- digamma --------------------------------------------------------------===//

static Real digammaOfPositive(Real y) {
  MathContext &context = *y.context;
  constexpr double kRoot = 1.4616321449683622, kRootLow = 9.549995429965697e-17;
  Real one = constant(context, 1.0), zero = constant(context, 0.0);
  Real bounded = clampBelow(y, kFar);
  Real n = roundProduct(bounded - kRoot, 1.0).real;
  // digamma(y) = digamma(y - n) + the sum of 1 / (y - j), a quotient of two polynomials.
  Real u = ((bounded - n) - kRoot) - kRootLow;
  Mask isBelow = n < -0.5;
  Real denominator = select(isBelow, bounded, one), numerator = select(isBelow, -1.0, zero);
  for (double j = 1.0; j < kFar; j += 1.0) {
    Mask counts = n > j - 0.5;
    Real factor = bounded - j;
    numerator = select(counts, multiplyAdd(numerator, factor, denominator), numerator);
    denominator = select(counts, denominator * factor, denominator);
  }
  Real near = multiplyAdd(u, polynomial(u, kDigammaF64), numerator / denominator);
  Real inverse = 1.0 / y;
  Real square = inverse * inverse;
  Real small = multiplyAdd(inverse, 0.5, polynomial(square, kDigammaFarF64) * square);
  return select(y >= kFar, expandLog(y) - small, near);
}

static Real digammaF64(Real x, bool roundsToF32) {
  Mask isNegative = x < 0.0;
  Real positive = digammaOfPositive(select(isNegative, 1.0 - x, x));
  HalfTurns turns = halfTurns(x, roundsToF32);
  Real negative = positive - kPi / tangent(turns.parts, turns.quadrant);
  negative = select(turns.isWhole, kNan, negative);
  return select(isNegative, negative, positive);
}

Real mlc::expandDigamma(Real x) { return throughF64(x, digammaF64); }
