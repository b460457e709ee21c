#include "dialects/NN/Scalar.h"
#include "dialects/NN/NN.h"
#include "dialects/NN/SpecialFunctions.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/bit.h"
#include <cmath>
#include <limits>

namespace mlc::nn {

Scalar Scalar::ofInteger(int64_t value, unsigned width) {
  if (width == 1)
    value = value != 0;
  else if (width < 64)
    value = static_cast<int64_t>(static_cast<uint64_t>(value) << (64 - width)) >> (64 - width);
  return {0.0, 0.0, value, width};
}

Scalar Scalar::of(double number, mlir::Type element) { return cast(real(number), element); }

Extremum::Extremum(Kind kind, const Scalar &first)
    : kind(kind), best(first), tangents(first.tangent) {}
void Extremum::add(const Scalar &x) {
  bool isLargest = kind == Kind::largest;
  if (x.isInteger()) {
    best.integer =
        isLargest ? std::max(best.integer, x.integer) : std::min(best.integer, x.integer);
  } else if (best.isNaN() || x.isNaN()) {
    best = x.isNaN() ? x : best;
    tangents = std::numeric_limits<double>::quiet_NaN();
  } else if (x.value == best.value) {
    tangents += x.tangent;
    ++ties;
  } else if (isLargest ? x.value > best.value : x.value < best.value) {
    best = x;
    tangents = x.tangent;
    ties = 1;
  }
}
Scalar Extremum::result() const {
  return best.isInteger() ? best : Scalar::real(best.value, tangents / static_cast<double>(ties));
}

static Scalar integer(uint64_t value, const Scalar &like) {
  return Scalar::ofInteger(static_cast<int64_t>(value), like.width);
}
/// The low `width` bits, without sign.
static uint64_t bits(const Scalar &x) {
  uint64_t value = static_cast<uint64_t>(x.integer);
  return x.width < 64 ? value & ((uint64_t(1) << x.width) - 1) : value;
}
/// f(x) with derivative `slope`; a zero tangent stays zero where the slope is infinite or NaN.
static Scalar chain(const Scalar &x, double value, double slope) {
  return Scalar::real(value, x.tangent == 0.0 ? 0.0 : slope * x.tangent);
}

Scalar operator-(const Scalar &x) {
  return x.isInteger() ? integer(-static_cast<uint64_t>(x.integer), x)
                       : Scalar::real(-x.value, -x.tangent);
}
Scalar operator+(const Scalar &x, const Scalar &y) {
  if (x.isInteger())
    return integer(static_cast<uint64_t>(x.integer) + static_cast<uint64_t>(y.integer), x);
  return Scalar::real(x.value + y.value, x.tangent + y.tangent);
}
Scalar operator-(const Scalar &x, const Scalar &y) { return x + -y; }
Scalar operator*(const Scalar &x, const Scalar &y) {
  if (x.isInteger())
    return integer(static_cast<uint64_t>(x.integer) * static_cast<uint64_t>(y.integer), x);
  double tangent = (x.tangent == 0.0 ? 0.0 : x.tangent * y.value) +
                   (y.tangent == 0.0 ? 0.0 : y.tangent * x.value);
  return Scalar::real(x.value * y.value, tangent);
}
Scalar operator/(const Scalar &x, const Scalar &y) {
  if (x.isInteger()) {
    if (y.integer == 0)
      return Scalar::ofInteger(-1, x.width);
    return y.integer == -1 ? -x : Scalar::ofInteger(x.integer / y.integer, x.width);
  }
  double quotient = x.value / y.value;
  double tangent = (x.tangent == 0.0 ? 0.0 : x.tangent / y.value) -
                   (y.tangent == 0.0 ? 0.0 : quotient * y.tangent / y.value);
  return Scalar::real(quotient, tangent);
}
Scalar operator~(const Scalar &x) { return x ^ Scalar::ofInteger(-1, x.width); }
Scalar operator&(const Scalar &x, const Scalar &y) { return integer(bits(x) & bits(y), x); }
Scalar operator|(const Scalar &x, const Scalar &y) { return integer(bits(x) | bits(y), x); }
Scalar operator^(const Scalar &x, const Scalar &y) { return integer(bits(x) ^ bits(y), x); }
Scalar operator<<(const Scalar &x, const Scalar &y) {
  return bits(y) >= x.width ? integer(0, x) : integer(bits(x) << bits(y), x);
}
Scalar operator>>(const Scalar &x, const Scalar &y) {
  return bits(y) >= x.width ? integer(0, x) : integer(bits(x) >> bits(y), x);
}

Scalar sign(const Scalar &x) {
  if (x.isInteger())
    return Scalar::ofInteger((x.integer > 0) - (x.integer < 0), x.width);
  return Scalar::real(std::isnan(x.value) ? x.value : (x.value > 0) - (x.value < 0));
}
Scalar abs(const Scalar &x) {
  if (x.isInteger())
    return x.integer < 0 ? -x : x;
  return chain(x, std::fabs(x.value), sign(x).value);
}
Scalar exp(const Scalar &x) { return chain(x, std::exp(x.value), std::exp(x.value)); }
Scalar expm1(const Scalar &x) { return chain(x, std::expm1(x.value), std::exp(x.value)); }
Scalar log(const Scalar &x) { return chain(x, std::log(x.value), 1.0 / x.value); }
Scalar log1p(const Scalar &x) { return chain(x, std::log1p(x.value), 1.0 / (1.0 + x.value)); }
Scalar sqrt(const Scalar &x) {
  double root = std::sqrt(x.value);
  return chain(x, root, 0.5 / root);
}
Scalar rsqrt(const Scalar &x) {
  double root = 1.0 / std::sqrt(x.value);
  return chain(x, root, -0.5 * root / x.value);
}
Scalar sin(const Scalar &x) { return chain(x, std::sin(x.value), std::cos(x.value)); }
Scalar cos(const Scalar &x) { return chain(x, std::cos(x.value), -std::sin(x.value)); }
Scalar tan(const Scalar &x) {
  double cosine = std::cos(x.value);
  return chain(x, std::tan(x.value), 1.0 / (cosine * cosine));
}
Scalar asin(const Scalar &x) {
  return chain(x, std::asin(x.value), 1.0 / std::sqrt((1.0 - x.value) * (1.0 + x.value)));
}
Scalar acos(const Scalar &x) {
  return chain(x, std::acos(x.value), -1.0 / std::sqrt((1.0 - x.value) * (1.0 + x.value)));
}
Scalar atan(const Scalar &x) {
  return chain(x, std::atan(x.value), 1.0 / (1.0 + x.value * x.value));
}
Scalar sinh(const Scalar &x) { return chain(x, std::sinh(x.value), std::cosh(x.value)); }
Scalar cosh(const Scalar &x) { return chain(x, std::cosh(x.value), std::sinh(x.value)); }
Scalar asinh(const Scalar &x) {
  return chain(x, std::asinh(x.value), 1.0 / std::hypot(x.value, 1.0));
}
Scalar acosh(const Scalar &x) {
  return chain(x, std::acosh(x.value), 1.0 / (std::sqrt(x.value - 1.0) * std::sqrt(x.value + 1.0)));
}
Scalar atanh(const Scalar &x) {
  return chain(x, std::atanh(x.value), 1.0 / ((1.0 - x.value) * (1.0 + x.value)));
}
Scalar tanh(const Scalar &x) {
  double cosh = std::cosh(x.value);
  return chain(x, std::tanh(x.value), 1.0 / (cosh * cosh));
}
Scalar erf(const Scalar &x) {
  return chain(x, std::erf(x.value), 2.0 / std::sqrt(M_PI) * std::exp(-x.value * x.value));
}
Scalar erfc(const Scalar &x) {
  return chain(x, std::erfc(x.value), -2.0 / std::sqrt(M_PI) * std::exp(-x.value * x.value));
}
Scalar erfInv(const Scalar &x) {
  double y = inverseErrorFunction(x.value);
  return chain(x, y, std::sqrt(M_PI) / 2.0 * std::exp(y * y));
}
Scalar lgamma(const Scalar &x) {
  return chain(x, logarithmOfGamma(x.value), digammaFunction(x.value));
}
Scalar digamma(const Scalar &x) {
  return chain(x, digammaFunction(x.value), trigammaFunction(x.value));
}
Scalar logistic(const Scalar &x) {
  double small = std::exp(-std::fabs(x.value)), value = 1.0 / (1.0 + small);
  return chain(x, x.value >= 0 ? value : small * value, small * value * value);
}
Scalar floor(const Scalar &x) { return Scalar::real(std::floor(x.value)); }
Scalar ceil(const Scalar &x) { return Scalar::real(std::ceil(x.value)); }
Scalar roundEven(const Scalar &x) { return Scalar::real(std::nearbyint(x.value)); }
Scalar isFinite(const Scalar &x) { return Scalar::boolean(std::isfinite(x.value)); }
Scalar popcount(const Scalar &x) { return integer(llvm::popcount(bits(x)), x); }
Scalar clz(const Scalar &x) { return integer(llvm::countl_zero(bits(x)) - (64 - x.width), x); }
Scalar stopGradient(const Scalar &x) {
  Scalar stopped = x;
  stopped.tangent = 0.0;
  return stopped;
}

Scalar rem(const Scalar &x, const Scalar &y) {
  if (x.isInteger()) {
    bool unchanged = y.integer == 0;
    return Scalar::ofInteger(unchanged         ? x.integer
                             : y.integer == -1 ? 0
                                               : x.integer % y.integer,
                             x.width);
  }
  double remainder = std::fmod(x.value, y.value);
  double slope = -std::nearbyint((x.value - remainder) / y.value);
  return Scalar::real(remainder, x.tangent + (y.tangent == 0.0 ? 0.0 : slope * y.tangent));
}
Scalar pow(const Scalar &x, const Scalar &y) {
  double value = std::pow(x.value, y.value);
  double byBase = y.value == 0.0 ? 0.0 : y.value * std::pow(x.value, y.value - 1.0);
  double byExponent = x.value == 0.0 ? 0.0 : value * std::log(x.value);
  return Scalar::real(value, (x.tangent == 0.0 ? 0.0 : byBase * x.tangent) +
                                 (y.tangent == 0.0 ? 0.0 : byExponent * y.tangent));
}
static Scalar extremum(const Scalar &x, const Scalar &y, bool takeX) {
  if (x.isInteger())
    return takeX ? x : y;
  if (std::isnan(x.value) || std::isnan(y.value))
    return Scalar::real(std::numeric_limits<double>::quiet_NaN(), x.tangent + y.tangent);
  if (x.value == y.value)
    return Scalar::real(takeX ? x.value : y.value, 0.5 * (x.tangent + y.tangent));
  return takeX ? x : y;
}
Scalar max(const Scalar &x, const Scalar &y) {
  return extremum(x, y, x.isInteger() ? x.integer > y.integer : x.value > y.value);
}
Scalar min(const Scalar &x, const Scalar &y) {
  return extremum(x, y, x.isInteger() ? x.integer < y.integer : x.value < y.value);
}
Scalar atan2(const Scalar &y, const Scalar &x) {
  double squared = x.value * x.value + y.value * y.value;
  return Scalar::real(std::atan2(y.value, x.value),
                      (y.tangent == 0.0 ? 0.0 : x.value / squared * y.tangent) -
                          (x.tangent == 0.0 ? 0.0 : y.value / squared * x.tangent));
}

template <typename T> static bool holds(Predicate predicate, T x, T y) {
  switch (predicate) {
  case Predicate::eq:
    return x == y;
  case Predicate::ne:
    return x != y;
  case Predicate::lt:
    return x < y;
  case Predicate::le:
    return x <= y;
  case Predicate::gt:
    return x > y;
  case Predicate::ge:
    return x >= y;
  }
  llvm_unreachable("all predicates handled");
}
Scalar compare(Predicate predicate, const Scalar &x, const Scalar &y) {
  return Scalar::boolean(x.isInteger() ? holds(predicate, x.integer, y.integer)
                                       : holds(predicate, x.value, y.value));
}
Scalar select(const Scalar &condition, const Scalar &onTrue, const Scalar &onFalse) {
  return condition.integer ? onTrue : onFalse;
}

/// An integer as a double that `roundTo` takes to the number that the integer itself rounds to:
/// where a double does not hold it, its neighbour whose last bit is 1.
static double oddDouble(int64_t integer) {
  constexpr int64_t kHeld = int64_t(1) << 53, kLow = (1 << 11) - 1;
  if (integer < -kHeld || integer >= kHeld)
    integer = (integer & ~kLow) | (((integer & kLow) + kLow) & (kLow + 1));
  return static_cast<double>(integer);
}

Scalar cast(const Scalar &x, mlir::Type element) {
  if (element.isF64())
    return x.isInteger() ? Scalar::real(static_cast<double>(x.integer)) : x;
  if (!element.isIntOrIndex())
    return x.isInteger() ? Scalar::real(oddDouble(x.integer)) : x;
  unsigned width = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  if (width == 1)
    return Scalar::boolean(x.isInteger() ? x.integer != 0 : x.value != 0.0);
  if (x.isInteger())
    return Scalar::ofInteger(x.integer, width);
  if (std::isnan(x.value))
    return Scalar::ofInteger(0, width);
  double limit = std::ldexp(1.0, static_cast<int>(width) - 1);
  if (x.value >= limit)
    return Scalar::ofInteger(static_cast<int64_t>(~uint64_t(0) >> (65 - width)), width);
  if (x.value < -limit)
    return Scalar::ofInteger(static_cast<int64_t>(uint64_t(1) << (width - 1)), width);
  return Scalar::ofInteger(static_cast<int64_t>(x.value), width);
}

Scalar roundTo(const Scalar &x, mlir::Type element) {
  auto type = mlir::dyn_cast<mlir::FloatType>(element);
  if (!type || type.isF64() || x.isInteger())
    return x;
  if (type.isF32())
    return Scalar::real(static_cast<float>(x.value), x.tangent);
  llvm::APFloat value(x.value);
  bool losesInfo;
  value.convert(type.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return Scalar::real(value.convertToDouble(), x.tangent);
}

Scalar bitcast(const Scalar &x, mlir::Type from, mlir::Type to) {
  if (from == to)
    return x;
  Scalar rounded = roundTo(x, from);
  if (from.isF64())
    return Scalar::ofInteger(llvm::bit_cast<int64_t>(rounded.value), 64);
  if (from.isF32())
    return Scalar::ofInteger(llvm::bit_cast<int32_t>(static_cast<float>(rounded.value)), 32);
  return Scalar::real(to.isF64() ? llvm::bit_cast<double>(x.integer)
                                 : llvm::bit_cast<float>(static_cast<int32_t>(x.integer)));
}

Scalar nextafter(const Scalar &x, const Scalar &y, mlir::Type element) {
  double from = roundTo(x, element).value, to = roundTo(y, element).value;
  if (std::isnan(from) || std::isnan(to) || from == to)
    return Scalar::real(from == to ? to : from + to, x.tangent);
  llvm::APFloat next(from);
  bool losesInfo;
  next.convert(mlir::cast<mlir::FloatType>(element).getFloatSemantics(),
               llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  next.next(/*nextDown=*/to < from);
  return Scalar::real(next.convertToDouble(), x.tangent);
}

} // namespace mlc::nn
