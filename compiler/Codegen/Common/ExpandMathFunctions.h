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

namespace mlc {

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
/// The angle of the point (x, y): 0.6, 1.7 ulp; signed zeros and infinities as in C.
Real expandAtan2(Real y, Real x);

/// A context of f64 elements in the shape of `context`, and conversions to and from it.
MathContext asF64(MathContext &context);
Real extend(Real a, MathContext &f64);
Real truncate(Real a, MathContext &f32);

} // namespace mlc

#endif // MLC_COMPILER_CODEGEN_COMMON_EXPANDMATHFUNCTIONS_H
