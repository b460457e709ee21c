//===- ExpandMathLog.cpp - log, log1p and powf ----------------------------===//
#include "compiler/Codegen/Common/ExpandMathFunctions.h"
#include "compiler/Codegen/Common/ExpandMathPolynomials.h"

using namespace mlc;
using namespace mlc::polynomials;

namespace {
/// x = 2^exponent * mantissa, the mantissa around 1: in [2/3, 4/3) (f32) or [sqrt(1/2), sqrt(2))
/// (f64).
struct LogReduction {
  Bits exponent;
  Real mantissa;
};
} // namespace

/// Of positive, finite x.
static LogReduction reduceLog(Real x) {
  MathContext &context = *x.context;
  bool wide = context.isF64();
  int64_t mantissaBits = wide ? 52 : 23;
  int64_t lowest = wide ? 0x3fe6a09e667f3bcd : 0x3f2aaaab;
  Mask denormal = x < (wide ? 0x1p-1022 : 0x1p-126);
  Real normal = select(denormal, x * (wide ? 0x1p54 : 0x1p25), x);
  Bits offset = bits(normal) - lowest;
  Bits mantissa = (offset & ((int64_t(1) << mantissaBits) - 1)) + lowest;
  Bits shift = select(denormal, bitsConstant(context, wide ? 54 : 25), bitsConstant(context, 0));
  return {(offset >> mantissaBits) - shift, fromBits(mantissa)};
}

/// log(1 + f) + e ln(2).
static Real logOf(Real f, Real e) {
  if (!f.context->isF64()) {
    Real tail = f * f * f * polynomial(f, kLogF32);
    tail = multiplyAdd(e, -2.12194440e-4, tail);
    tail = multiplyAdd(f * f, -0.5, tail);
    return multiplyAdd(e, 0.693359375, f + tail);
  }
  // log(1 + f) = log((1 + s) / (1 - s)), written so that only small terms are rounded (Ng 1993).
  Real s = f / (2.0 + f);
  Real z = s * s;
  Real halfSquare = 0.5 * f * f;
  Real series = s * (halfSquare + z * polynomial(z, kLogF64));
  Real small = halfSquare - multiplyAdd(e, 1.9082149292705877e-10, series);
  return multiplyAdd(e, 0.6931471803691238, f - small);
}

/// Gives log's special cases: NaN below zero, -inf at zero; infinity and NaN pass.
static Real withLogSpecialCases(Real argument, Real result) {
  result = select(equal(argument, 0.0), -kInfinity, result);
  result = select(argument < 0.0, kNan, result);
  return select(argument < kInfinity, result, argument);
}

Real mlc::expandLog(Real x) {
  LogReduction reduction = reduceLog(x);
  return withLogSpecialCases(x, logOf(reduction.mantissa - 1.0, toReal(reduction.exponent)));
}

Real mlc::expandLog1p(Real x) {
  MathContext &context = *x.context;
  bool wide = context.isF64();
  DoubleReal sum = twoSum(constant(context, 1.0), x);
  LogReduction reduction = reduceLog(sum.high);
  // The rounding error of 1 + x counts as long as x is not so large that it vanishes.
  Real correction = sum.low * powerOfTwo(bitsConstant(context, 0) - reduction.exponent);
  correction = select(x < (wide ? 0x1p60 : 0x1p30), correction, constant(context, 0.0));
  Real f = (reduction.mantissa - 1.0) + correction;
  Real result = withLogSpecialCases(sum.high, logOf(f, toReal(reduction.exponent)));
  return select(abs(x) < (wide ? 1e-290 : 1e-30), x, result);
}

/// log(x) of positive, finite f64 x to about 2^-65 relative.
static DoubleReal logDoubleDouble(Real x) {
  MathContext &context = *x.context;
  LogReduction reduction = reduceLog(x);
  Real f = reduction.mantissa - 1.0;
  // s = f / (2 + f), with its remainder.
  DoubleReal divisor = fastTwoSum(constant(context, 2.0), f);
  Real s = f / divisor.high;
  DoubleReal product = twoProduct(s, divisor.high);
  Real sLow = ((f - product.high) - product.low - s * divisor.low) / divisor.high;
  DoubleReal z = twoProduct(s, s);
  z.low = multiplyAdd(2.0 * s, sLow, z.low);
  // g = 2 + 2/3 z + z^2 tail(z), so that log(1 + f) = s g.
  constexpr double kTwoThirds = 0.6666666666666666, kTwoThirdsLow = 3.700743415417188e-17;
  DoubleReal third = twoProduct(z.high, constant(context, kTwoThirds));
  third.low = third.low + multiplyAdd(z.high, kTwoThirdsLow, z.low * kTwoThirds);
  DoubleReal series = fastTwoSum(third.high, z.high * z.high * polynomial(z.high, kLogTailF64));
  series.low = series.low + third.low;
  DoubleReal g = fastTwoSum(constant(context, 2.0), series.high);
  g.low = g.low + series.low;
  DoubleReal mantissaLog = twoProduct(s, g.high);
  mantissaLog.low = mantissaLog.low + multiplyAdd(s, g.low, sLow * g.high);
  // e ln(2) with ln(2) in 32, 32 and 53 bits: the first two products are exact.
  Real e = toReal(reduction.exponent);
  DoubleReal sum = twoSum(e * 0.6931471803691238, mantissaLog.high);
  Real low = multiplyAdd(e, 4.275175589747649e-20, mantissaLog.low + sum.low);
  DoubleReal exact = twoSum(sum.high, e * 1.9082149288430703e-10);
  return fastTwoSum(exact.high, exact.low + low);
}

/// |x|^y for finite, positive x and |y| <= 2^66.
static Real powMagnitude(Real x, Real y, bool roundsToF32) {
  if (roundsToF32)
    return expandExp(y * expandLog(x));
  DoubleReal logarithm = logDoubleDouble(x);
  DoubleReal product = twoProduct(y, logarithm.high);
  Real tail = multiplyAdd(y, logarithm.low, product.low);
  // Where exp saturates the tail may be large, and must not take it back.
  Real zero = constant(*x.context, 0.0);
  return expandExp(product.high, select(abs(product.high) < 800.0, tail, zero));
}

namespace {
struct Parity {
  Mask isInteger;
  Mask isOdd;
};
} // namespace

static Parity parityOf(Real y) {
  // From 2^52 on every f64 is an integer whose lowest bit is its parity, from 2^53 on even.
  Real magnitude = abs(y);
  Mask large = magnitude >= 0x1p52;
  Real shifted = select(large, magnitude, magnitude + 0x1p52);
  Mask lowBit = equal(bits(shifted) & 1, 1);
  Mask isInteger = large | equal(shifted - 0x1p52, magnitude);
  return {isInteger, isInteger & lowBit & (magnitude < 0x1p53)};
}

/// C's pow in f64; `roundsToF32` allows the shorter way when the caller rounds the result.
static Real powF64(Real x, Real y, bool roundsToF32) {
  MathContext &context = *x.context;
  Real magnitude = abs(x);
  // From 2^66 on a power of anything but 1 is 0 or infinity.
  Real exponent = clampBelow(clampAbove(y, -0x1p66), 0x1p66);
  Real result = powMagnitude(magnitude, exponent, roundsToF32);
  Mask zero = equal(x, 0.0), infinite = equal(magnitude, kInfinity), negativeY = y < 0.0;
  result = select(zero, select(negativeY, kInfinity, constant(context, 0.0)), result);
  result = select(infinite, select(negativeY, 0.0, constant(context, kInfinity)), result);

  Parity parity = parityOf(y);
  result = select((x < 0.0) & !parity.isInteger & !infinite, kNan, result);
  Mask flips = (bits(x) < 0) & parity.isOdd;
  result = select(flips, -result, result);
  result = select(isNan(x) | isNan(y), x + y, result);
  return select(equal(x, 1.0) | equal(y, 0.0), 1.0, result);
}

Real mlc::expandPow(Real x, Real y) {
  MathContext &context = *x.context;
  if (context.isF64())
    return powF64(x, y, /*roundsToF32=*/false);
  MathContext f64 = asF64(context);
  return truncate(powF64(extend(x, f64), extend(y, f64), /*roundsToF32=*/true), context);
}
