//===- ExpandMathInverse.cpp - asin, acos, asinh, acosh, atanh, erf_inv ---===//
#include "compiler/Codegen/Common/ExpandMathFunctions.h"
#include "compiler/Codegen/Common/ExpandMathPolynomials.h"

#include <cmath>

using namespace mlc;
using namespace mlc::polynomials;

static constexpr double kLn2 = 0.6931471805599453;
/// From here on 1 is nothing beside x^2, which does not overflow yet, in f32 and f64.
static constexpr double kLarge = 1e18;

namespace {
/// The arc sine of |x|: `base` + `rest` where |x| <= 1/2, else pi/2 - 2 (`base` + `rest`), where
/// sin(base + rest)^2 = (1 - |x|) / 2.
struct ArcSine {
  Mask isLarge;
  Real base, rest;
};
/// A number as the nearest of the type and what is left.
struct Split {
  double high, low;
};
} // namespace

static ArcSine arcSine(Real x) {
  Real magnitude = abs(x);
  Mask isLarge = magnitude > 0.5;
  Real square = select(isLarge, 0.5 - 0.5 * magnitude, magnitude * magnitude);
  Real base = select(isLarge, sqrt(square), magnitude);
  bool wide = x.context->isF64();
  Real series =
      polynomial(square, wide ? llvm::ArrayRef(kAsinF64) : llvm::ArrayRef(kAsinF32)) * square;
  return {isLarge, base, series * base};
}

static Split halfPi(MathContext &context) {
  if (context.isF64())
    return {1.5707963267948966, 6.123233995736766e-17};
  return {1.57079637050628662109375, -4.37113900018624283e-8};
}

Real mlc::expandAsin(Real x) {
  ArcSine arc = arcSine(x);
  Split quarterTurn = halfPi(*x.context);
  Real rest = multiplyAdd(arc.rest, -2.0, constant(*x.context, quarterTurn.low));
  Real large = quarterTurn.high - (2.0 * arc.base - rest);
  return copySign(select(arc.isLarge, large, arc.base + arc.rest), x);
}

Real mlc::expandAcos(Real x) {
  ArcSine arc = arcSine(x);
  Split quarterTurn = halfPi(*x.context);
  Mask isNegative = bits(x) < 0;
  Real twice = 2.0 * (arc.base + arc.rest);
  Real left = 2.0 * quarterTurn.high - (twice - 2.0 * quarterTurn.low);
  Real right = quarterTurn.high - (x - (quarterTurn.low - copySign(arc.rest, x)));
  return select(arc.isLarge, select(isNegative, left, twice), right);
}

/// log(1 + x + small) of x >= 0, where log(2 x) if x is large.
static Real logOfSum(Real x, Real small) {
  Mask isLarge = x >= kLarge;
  Real logarithm = expandLog1p(select(isLarge, x, x + small));
  return select(isLarge, logarithm + kLn2, logarithm);
}

Real mlc::expandAsinh(Real x) {
  Real magnitude = abs(x), square = x * x;
  // sqrt(1 + x^2) - 1
  Real small = square / (1.0 + sqrt(1.0 + square));
  return copySign(logOfSum(magnitude, small), x);
}

Real mlc::expandAcosh(Real x) {
  Real above = x - 1.0;
  Real result = logOfSum(above, sqrt(above * (above + 2.0)));
  return select(x < 1.0, kNan, result);
}

Real mlc::expandAtanh(Real x) {
  Real magnitude = abs(x);
  return copySign(0.5 * expandLog1p(2.0 * magnitude / (1.0 - magnitude)), x);
}

Real mlc::expandErfInv(Real x) {
  Real w = -expandLog((1.0 - x) * (1.0 + x));
  Real root = sqrt(w);
  bool wide = x.context->isF64();
  Real near =
      polynomial(w - 2.5, wide ? llvm::ArrayRef(kErfInvNearF64) : llvm::ArrayRef(kErfInvNearF32));
  Real far = wide ? select(root < 3.8, polynomial(root - 2.9, kErfInvMiddleF64),
                           polynomial(root - 5.0, kErfInvFarF64))
                  : polynomial(root - 3.0, kErfInvFarF32);
  Real result = x * select(w < 5.0, near, far);
  return select(equal(abs(x), 1.0), copySign(constant(*x.context, kInfinity), x), result);
}
