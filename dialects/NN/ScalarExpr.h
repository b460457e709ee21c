// Builds arith and math operations from formulas: `1.0 - y * y` on IR values, scalars or vectors
// alike.
#ifndef MLC_DIALECTS_NN_SCALAREXPR_H
#define MLC_DIALECTS_NN_SCALAREXPR_H

#include "mlir/IR/Builders.h"

namespace mlc::nn {
enum class Predicate : uint32_t;

/// An IR value of integer or float type, or a vector of one, with the operators and functions of
/// the ODS formulas.
class ScalarExpr {
public:
  ScalarExpr(mlir::OpBuilder &builder, mlir::Location location, mlir::Value value)
      : builder(&builder), location(location), wrapped(value) {}

  mlir::Value value() const { return wrapped; }
  mlir::Type type() const { return wrapped.getType(); }
  bool isInteger() const;
  /// Bits of an element.
  unsigned width() const;
  /// A constant of this expression's type.
  ScalarExpr constant(double number) const;
  /// An integer constant of this expression's type; keeps all 64 bits.
  ScalarExpr integer(int64_t number) const;
  ScalarExpr with(mlir::Value value) const { return ScalarExpr(*builder, location, value); }

  mlir::OpBuilder *builder;
  mlir::Location location;

private:
  mlir::Value wrapped;
};

ScalarExpr operator-(const ScalarExpr &x);
ScalarExpr operator~(const ScalarExpr &x);
ScalarExpr operator+(const ScalarExpr &x, const ScalarExpr &y);
ScalarExpr operator-(const ScalarExpr &x, const ScalarExpr &y);
ScalarExpr operator*(const ScalarExpr &x, const ScalarExpr &y);
ScalarExpr operator/(const ScalarExpr &x, const ScalarExpr &y);
ScalarExpr operator&(const ScalarExpr &x, const ScalarExpr &y);
ScalarExpr operator|(const ScalarExpr &x, const ScalarExpr &y);
ScalarExpr operator^(const ScalarExpr &x, const ScalarExpr &y);
ScalarExpr operator<<(const ScalarExpr &x, const ScalarExpr &y);
ScalarExpr operator>>(const ScalarExpr &x, const ScalarExpr &y);
ScalarExpr abs(const ScalarExpr &x);
ScalarExpr sign(const ScalarExpr &x);
ScalarExpr exp(const ScalarExpr &x);
ScalarExpr expm1(const ScalarExpr &x);
ScalarExpr log(const ScalarExpr &x);
ScalarExpr log1p(const ScalarExpr &x);
ScalarExpr sqrt(const ScalarExpr &x);
ScalarExpr rsqrt(const ScalarExpr &x);
ScalarExpr sin(const ScalarExpr &x);
ScalarExpr cos(const ScalarExpr &x);
ScalarExpr tan(const ScalarExpr &x);
ScalarExpr asin(const ScalarExpr &x);
ScalarExpr acos(const ScalarExpr &x);
ScalarExpr atan(const ScalarExpr &x);
ScalarExpr sinh(const ScalarExpr &x);
ScalarExpr cosh(const ScalarExpr &x);
ScalarExpr asinh(const ScalarExpr &x);
ScalarExpr acosh(const ScalarExpr &x);
ScalarExpr atanh(const ScalarExpr &x);
ScalarExpr tanh(const ScalarExpr &x);
ScalarExpr erf(const ScalarExpr &x);
ScalarExpr erfc(const ScalarExpr &x);
ScalarExpr erfInv(const ScalarExpr &x);
ScalarExpr lgamma(const ScalarExpr &x);
ScalarExpr digamma(const ScalarExpr &x);
ScalarExpr logistic(const ScalarExpr &x);
ScalarExpr floor(const ScalarExpr &x);
ScalarExpr ceil(const ScalarExpr &x);
ScalarExpr roundEven(const ScalarExpr &x);
ScalarExpr isFinite(const ScalarExpr &x);
ScalarExpr popcount(const ScalarExpr &x);
ScalarExpr clz(const ScalarExpr &x);
inline ScalarExpr stopGradient(const ScalarExpr &x) { return x; }
ScalarExpr rem(const ScalarExpr &x, const ScalarExpr &y);
ScalarExpr pow(const ScalarExpr &x, const ScalarExpr &y);
ScalarExpr max(const ScalarExpr &x, const ScalarExpr &y);
ScalarExpr min(const ScalarExpr &x, const ScalarExpr &y);
ScalarExpr atan2(const ScalarExpr &y, const ScalarExpr &x);
/// The number after x toward y of the dtype `element`: bf16 is computed on as f32.
ScalarExpr nextafter(const ScalarExpr &x, const ScalarExpr &y, mlir::Type element);
ScalarExpr compare(Predicate predicate, const ScalarExpr &x, const ScalarExpr &y);
ScalarExpr select(const ScalarExpr &condition, const ScalarExpr &onTrue, const ScalarExpr &onFalse);
/// Converts every element to `element` with nn.cast's meaning; the vector shape stays.
ScalarExpr cast(const ScalarExpr &x, mlir::Type element);
/// The bits of x, of dtype `from`, as `to`, which is as wide.
ScalarExpr bitcast(const ScalarExpr &x, mlir::Type from, mlir::Type to);

} // namespace mlc::nn
#endif
