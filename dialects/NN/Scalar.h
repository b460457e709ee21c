// The reference evaluator's number: a double with a tangent (a dual number), or a 64-bit integer.
#ifndef MLC_DIALECTS_NN_SCALAR_H
#define MLC_DIALECTS_NN_SCALAR_H

#include "mlir/IR/Types.h"
#include <cstdint>

namespace mlc::nn {
enum class Predicate : uint32_t;

/// One element of a tensor in exact arithmetic. Floats carry their derivative along one direction:
/// for every operation f, tangent(f(x)) = f'(x) * tangent(x), which makes evaluation an independent
/// check of every VJP rule.
struct Scalar {
  double value = 0.0;
  double tangent = 0.0;
  int64_t integer = 0;
  unsigned width = 0; ///< bits of an integer (1: bool); 0 for floats

  static Scalar real(double value, double tangent = 0.0) { return {value, tangent, 0, 0}; }
  /// An integer wrapped to `width` bits, sign-extended (1 bit: 0 or 1).
  static Scalar ofInteger(int64_t value, unsigned width);
  static Scalar boolean(bool value) { return ofInteger(value, 1); }
  /// `number` as an element of dtype `element`.
  static Scalar of(double number, mlir::Type element);
  bool isInteger() const { return width != 0; }
  bool isNaN() const { return !isInteger() && value != value; }
};

/// The largest or smallest of the numbers added: NaN if any is NaN; equal ones share the derivative
/// evenly.
class Extremum {
public:
  enum class Kind { largest, smallest };
  /// Starts from `first`, which is what an empty sequence yields.
  Extremum(Kind kind, const Scalar &first);
  void add(const Scalar &x);
  Scalar result() const;

private:
  Kind kind;
  Scalar best;
  double tangents;
  int64_t ties = 1;
};

Scalar operator-(const Scalar &x);
Scalar operator~(const Scalar &x);
Scalar operator+(const Scalar &x, const Scalar &y);
Scalar operator-(const Scalar &x, const Scalar &y);
Scalar operator*(const Scalar &x, const Scalar &y);
Scalar operator/(const Scalar &x, const Scalar &y);
Scalar operator&(const Scalar &x, const Scalar &y);
Scalar operator|(const Scalar &x, const Scalar &y);
Scalar operator^(const Scalar &x, const Scalar &y);
Scalar operator<<(const Scalar &x, const Scalar &y);
Scalar operator>>(const Scalar &x, const Scalar &y);
Scalar abs(const Scalar &x);
Scalar sign(const Scalar &x);
Scalar exp(const Scalar &x);
Scalar expm1(const Scalar &x);
Scalar log(const Scalar &x);
Scalar log1p(const Scalar &x);
Scalar sqrt(const Scalar &x);
Scalar rsqrt(const Scalar &x);
Scalar sin(const Scalar &x);
Scalar cos(const Scalar &x);
Scalar tan(const Scalar &x);
Scalar asin(const Scalar &x);
Scalar acos(const Scalar &x);
Scalar atan(const Scalar &x);
Scalar sinh(const Scalar &x);
Scalar cosh(const Scalar &x);
Scalar asinh(const Scalar &x);
Scalar acosh(const Scalar &x);
Scalar atanh(const Scalar &x);
Scalar tanh(const Scalar &x);
Scalar erf(const Scalar &x);
Scalar erfc(const Scalar &x);
Scalar erfInv(const Scalar &x);
Scalar lgamma(const Scalar &x);
Scalar digamma(const Scalar &x);
Scalar logistic(const Scalar &x);
Scalar floor(const Scalar &x);
Scalar ceil(const Scalar &x);
Scalar roundEven(const Scalar &x);
Scalar isFinite(const Scalar &x);
Scalar popcount(const Scalar &x);
Scalar clz(const Scalar &x);
/// x without its tangent.
Scalar stopGradient(const Scalar &x);
Scalar rem(const Scalar &x, const Scalar &y);
Scalar pow(const Scalar &x, const Scalar &y);
Scalar max(const Scalar &x, const Scalar &y);
Scalar min(const Scalar &x, const Scalar &y);
Scalar atan2(const Scalar &y, const Scalar &x);
/// The number after x toward y of the dtype `element`; the derivative is that of x.
Scalar nextafter(const Scalar &x, const Scalar &y, mlir::Type element);
Scalar compare(Predicate predicate, const Scalar &x, const Scalar &y);
Scalar select(const Scalar &condition, const Scalar &onTrue, const Scalar &onFalse);
/// Converts to the given element type (nn.cast); does not round a float to a narrower float: see
/// `roundTo`.
Scalar cast(const Scalar &x, mlir::Type element);
/// The bits of x, rounded to `from`, as `to`, which is as wide.
Scalar bitcast(const Scalar &x, mlir::Type from, mlir::Type to);
/// Rounds a float to the nearest value of `element`, ties to even; integers are returned as they
/// are.
Scalar roundTo(const Scalar &x, mlir::Type element);

} // namespace mlc::nn
#endif
