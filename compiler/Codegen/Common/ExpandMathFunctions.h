//===- ExpandMathFunctions.h - elementary functions as arithmetic ---*- C++ -*-===//
//
// Each function builds its result from arith ops at `x.context`, for f32 and f64, scalar or vector,
// without calls. NaN gives NaN; infinities, signed zeros and denormals are right. The bounds are
// largest errors in units in the last place as `test/unit/ExpandMathTest.cpp` finds them, f32 then
// f64.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_COMPILER_CODEGEN_COMMON_EXPANDMATHFUNCTIONS_H
#define MLC_COMPILER_CODEGEN_COMMON_EXPANDMATHFUNCTIONS_H

#include "compiler/Codegen/Common/MathExpr.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <limits>

namespace mlc {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// e^x: 1.1, 1.1 ulp.
Real expandExp(Real x);
/// The same of x that is negative, zero or NaN, in fewer steps.
Real expandExpOfNonPositive(Real x);
/// e^(x + tail) of f64, |tail| below one ulp of x, for x too precise for one number.
Real expandExp(Real x, Real tail);
/// e^x - 1, accurate near 0: 1.6, 1.6 ulp.
Real expandExpm1(Real x);
/// tanh(x): 1.5, 2.4 ulp.
Real expandTanh(Real x);
/// sinh(x): 2.2, 2.2 ulp; cosh(x): 1.5, 1.4 ulp. They overflow where the result does.
Real expandSinh(Real x);
Real expandCosh(Real x);
/// log(x): 1.0, 1.0 ulp. NaN below zero, -inf at zero.
Real expandLog(Real x);
/// log(1 + x), accurate near 0: 1.5, 1.4 ulp.
Real expandLog1p(Real x);
/// erf(x): 1.3, 1.2 ulp.
Real expandErf(Real x);
/// 1 - erf(x), also where that is small: 6.1, 5.0 ulp.
Real expandErfc(Real x);
/// 1 / sqrt(x): 1.5, 1.5 ulp, by the exact square root and quotient.
Real expandRsqrt(Real x);

/// x^y with C's special cases: 0.6, 1.1 ulp. `x` and `y` share a context.
Real expandPow(Real x, Real y);
/// sin(x), cos(x) for every finite x: 0.6, 2.4 ulp. Up to 1e6 in magnitude the argument is reduced
/// by a three-part pi/2; beyond, lane by lane with the needed 192 bits of 2/pi (Payne and Hanek
/// 1983).
Real expandSin(Real x);
Real expandCos(Real x);
/// tan(x) for every finite x, reduced as sin is: 0.6, 3.8 ulp.
Real expandTan(Real x);
/// The angle of the point (x, y): 0.6, 1.9 ulp; signed zeros and infinities as in C.
Real expandAtan2(Real y, Real x);
/// The same of the point (1, x).
Real expandAtan(Real x);

/// asin(x): 1.7, 1.8 ulp; acos(x): 1.3, 1.3 ulp. NaN beyond [-1, 1].
Real expandAsin(Real x);
Real expandAcos(Real x);
/// asinh(x): 1.9, 1.9 ulp; acosh(x): 2.1, 2.1 ulp, NaN below 1; atanh(x): 2.2, 2.1 ulp, NaN beyond
/// [-1, 1].
Real expandAsinh(Real x);
Real expandAcosh(Real x);
Real expandAtanh(Real x);
/// y with erf(y) = x: 3.0, 3.0 ulp. NaN beyond [-1, 1].
Real expandErfInv(Real x);

/// log(|gamma(x)|): 0.6, 7.0 ulp; infinite at 0, -1, -2, ... For negative x the unit of f64 is that
/// of 1 or of the value at 1 - x, if larger: the terms of the reflection cancel.
Real expandLgamma(Real x);
/// The derivative of log(|gamma(x)|): 0.6, 7.0 ulp, for negative x as above; NaN at -1, -2, ...,
/// infinite at 0 with the sign that is opposite to that of x.
Real expandDigamma(Real x);

/// sin(r) and cos(r) of f64 |r| <= pi/4; the same shorter where the caller rounds to f32.
struct SineCosine {
  Real sine, cosine;
};
SineCosine sineCosine(Real r, bool roundsToF32);
/// tan(r + quadrant pi/2).
Real tangent(SineCosine parts, Bits quadrant);

/// A context of f64 elements in the shape of `context`, and conversions to and from it.
MathContext asF64(MathContext &context);
Real extend(Real a, MathContext &f64);
Real truncate(Real a, MathContext &f32);
/// f(x, false) of f64, f(x, true) in f64 and rounded of f32.
Real throughF64(Real x, llvm::function_ref<Real(Real, bool)> function);

} // namespace mlc

#endif // MLC_COMPILER_CODEGEN_COMMON_EXPANDMATHFUNCTIONS_H
