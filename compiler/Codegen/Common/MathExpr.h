//===- MathExpr.h - formulas on f32 and f64 as C++ expressions ------*- C++ -*-===//
//
// `Real`, `Bits` and `Mask` wrap MLIR values of one shape, scalar or vector, so that a numeric
// algorithm reads as its formula. The operators build arith and math ops; nothing is folded or
// reassociated.
//
//===----------------------------------------------------------------------===//
#ifndef MLC_COMPILER_CODEGEN_COMMON_MATHEXPR_H
#define MLC_COMPILER_CODEGEN_COMMON_MATHEXPR_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/ArrayRef.h"

namespace mlc {

/// Where the formulas are built, and for which element type and shape.
struct MathContext {
  mlir::OpBuilder &builder;
  mlir::Location loc;
  /// f32 or f64, or a vector of these.
  mlir::Type type;
  /// Whether a fused multiply-add is one instruction. Without it the formulas use a product and a
  /// sum, and stay within their bounds.
  bool fusedMultiplyAdd = true;
  /// Whether f32 times a power of two is one instruction, exponent as an integer beside it.
  bool scalesByExponent = false;

  bool isF64() const { return mlir::getElementTypeOrSelf(type).isF64(); }
  unsigned width() const { return isF64() ? 64 : 32; }
  /// `element` in the shape of `type`.
  mlir::Type like(mlir::Type element) const;
  mlir::Type intType() const { return like(builder.getIntegerType(width())); }
};

/// A condition per element.
struct Mask {
  MathContext *context;
  mlir::Value value;
};

/// The elements as integers of their width: bit patterns and exponents.
struct Bits {
  MathContext *context;
  mlir::Value value;
};

/// Floating-point elements.
struct Real {
  MathContext *context;
  mlir::Value value;
};

Real constant(MathContext &context, double value);
Bits bitsConstant(MathContext &context, int64_t value);

Real operator+(Real a, Real b);
Real operator-(Real a, Real b);
Real operator*(Real a, Real b);
Real operator/(Real a, Real b);
Real operator-(Real a);
Real operator+(Real a, double b);
Real operator-(Real a, double b);
Real operator*(Real a, double b);
Real operator+(double a, Real b);
Real operator-(double a, Real b);
Real operator*(double a, Real b);
Real operator/(double a, Real b);
/// a * b + c, with one rounding where the target has the instruction.
Real multiplyAdd(Real a, Real b, Real c);
Real multiplyAdd(Real a, double b, Real c);
/// `coefficients` from the highest degree to the lowest, by Horner's rule.
Real polynomial(Real x, llvm::ArrayRef<double> coefficients);
/// The same by pairs, with x^2 at hand: as many steps, but half as many after one another.
Real polynomial(Real x, Real square, llvm::ArrayRef<double> coefficients);
Real sqrt(Real a);
/// |a| and the sign of `sign` on the magnitude of `a`; both keep NaN.
Real abs(Real a);
Real copySign(Real a, Real sign);
/// `a` kept within the bounds; NaN stays NaN.
Real clampAbove(Real a, double low);
Real clampBelow(Real a, double high);

/// Comparisons are ordered: false where an operand is NaN.
Mask operator<(Real a, Real b);
Mask operator<(Real a, double b);
Mask operator<=(Real a, double b);
Mask operator>(Real a, double b);
Mask operator>=(Real a, double b);
Mask equal(Real a, Real b);
Mask equal(Real a, double b);
Mask isNan(Real a);
/// Neither NaN nor infinite.
Mask isFinite(Real a);
Mask operator&(Mask a, Mask b);
Mask operator|(Mask a, Mask b);
Mask operator!(Mask a);
Real select(Mask condition, Real yes, Real no);
Real select(Mask condition, double yes, Real no);
Real select(Mask condition, double yes, double no);
Bits select(Mask condition, Bits yes, Bits no);

Bits operator+(Bits a, Bits b);
Bits operator-(Bits a, Bits b);
Bits operator+(Bits a, int64_t b);
Bits operator-(Bits a, int64_t b);
Bits operator&(Bits a, int64_t b);
Bits operator|(Bits a, Bits b);
Bits operator^(Bits a, Bits b);
Bits operator<<(Bits a, int64_t amount);
/// Arithmetic shift: the sign is kept.
Bits operator>>(Bits a, int64_t amount);
Mask equal(Bits a, int64_t b);
Mask operator<(Bits a, int64_t b);

/// The bit pattern, and back.
Bits bits(Real a);
Real fromBits(Bits a);
/// The integer as a number.
Real toReal(Bits a);

/// An integer as a number and as an integer of the same width.
struct Rounded {
  Real real;
  Bits integer;
};
/// The integer nearest to a * b, ties to even, for |a * b| < 2^21 (f32) or 2^50 (f64).
Rounded roundProduct(Real a, double b);

/// An integer n as a number, and a pattern whose low bits are those of n + bias: moved into the
/// exponent (`exponentField`) it is a power of two.
struct RoundedExponent {
  Real real;
  Bits biased;
};
/// The same integer as `roundProduct`, biased for free.
RoundedExponent roundExponent(Real a, double b, int64_t bias);
/// The number whose sign and exponent are the low bits of `biased`, and whose mantissa is 1.
Real exponentField(Bits biased);
/// Of the exponents of the context's type.
int64_t exponentBias(MathContext &context);

/// Whether value * 2^n is one instruction, and that instruction: overflow and denormals right.
bool scalesInOneInstruction(MathContext &context);
Real scaleByPowerOfTwo(Real value, Bits n);
/// 2^n for n in the normal range of exponents.
Real powerOfTwo(Bits n);

/// high + low: about twice the precision of one number.
struct DoubleReal {
  Real high;
  Real low;
};
/// a + b exactly; `fastTwoSum` needs |a| >= |b| or a = 0.
DoubleReal twoSum(Real a, Real b);
DoubleReal fastTwoSum(Real a, Real b);
/// a * b exactly, unless it over- or underflows.
DoubleReal twoProduct(Real a, Real b);

} // namespace mlc

#endif // MLC_COMPILER_CODEGEN_COMMON_MATHEXPR_H
