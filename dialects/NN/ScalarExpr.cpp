#include "dialects/NN/ScalarExpr.h"
#include "dialects/NN/NN.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <limits>

using namespace mlir;
namespace mlc::nn {

static Type elementOf(const ScalarExpr &x) { return getElementTypeOrSelf(x.type()); }
static Type withElement(Type like, Type element) {
  auto vector = dyn_cast<VectorType>(like);
  return vector ? vector.cloneWith(std::nullopt, element) : element;
}
static ScalarExpr constantOf(const ScalarExpr &like, TypedAttr element) {
  TypedAttr value = element;
  if (auto vector = dyn_cast<VectorType>(like.type()))
    value = DenseElementsAttr::get(vector, Attribute(element));
  return like.with(arith::ConstantOp::create(*like.builder, like.location, value));
}

bool ScalarExpr::isInteger() const { return elementOf(*this).isIntOrIndex(); }
unsigned ScalarExpr::width() const {
  Type element = elementOf(*this);
  return element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
}
ScalarExpr ScalarExpr::integer(int64_t number) const {
  Type element = elementOf(*this);
  APInt value(width(), static_cast<uint64_t>(number), /*isSigned=*/true, /*implicitTrunc=*/true);
  return constantOf(*this, IntegerAttr::get(element, value));
}
ScalarExpr ScalarExpr::constant(double number) const {
  if (isInteger())
    return integer(static_cast<int64_t>(number));
  return constantOf(*this, FloatAttr::get(elementOf(*this), number));
}

template <typename FloatOp, typename IntegerOp>
static ScalarExpr binary(const ScalarExpr &x, const ScalarExpr &y) {
  if (x.isInteger())
    return x.with(IntegerOp::create(*x.builder, x.location, x.value(), y.value()));
  return x.with(FloatOp::create(*x.builder, x.location, x.value(), y.value()));
}
template <typename Op> static ScalarExpr unary(const ScalarExpr &x) {
  return x.with(Op::create(*x.builder, x.location, x.value()));
}

ScalarExpr operator-(const ScalarExpr &x) {
  return x.isInteger() ? x.integer(0) - x : unary<arith::NegFOp>(x);
}
ScalarExpr operator+(const ScalarExpr &x, const ScalarExpr &y) {
  return binary<arith::AddFOp, arith::AddIOp>(x, y);
}
ScalarExpr operator-(const ScalarExpr &x, const ScalarExpr &y) {
  return binary<arith::SubFOp, arith::SubIOp>(x, y);
}
ScalarExpr operator*(const ScalarExpr &x, const ScalarExpr &y) {
  return binary<arith::MulFOp, arith::MulIOp>(x, y);
}
/// Integer division without the machine's traps: the divisor 0 and the overflow min / -1 are
/// replaced by 1 and mended.
ScalarExpr operator/(const ScalarExpr &x, const ScalarExpr &y) {
  if (!x.isInteger())
    return x.with(arith::DivFOp::create(*x.builder, x.location, x.value(), y.value()));
  ScalarExpr isZero = compare(Predicate::eq, y, y.integer(0));
  ScalarExpr isMinusOne = compare(Predicate::eq, y, y.integer(-1));
  ScalarExpr divisor = select(isZero | isMinusOne, y.integer(1), y);
  ScalarExpr quotient =
      x.with(arith::DivSIOp::create(*x.builder, x.location, x.value(), divisor.value()));
  return select(isZero, y.integer(-1), select(isMinusOne, -x, quotient));
}
template <typename Op> static ScalarExpr bitwise(const ScalarExpr &x, const ScalarExpr &y) {
  return x.with(Op::create(*x.builder, x.location, x.value(), y.value()));
}
ScalarExpr operator&(const ScalarExpr &x, const ScalarExpr &y) {
  return bitwise<arith::AndIOp>(x, y);
}
ScalarExpr operator|(const ScalarExpr &x, const ScalarExpr &y) {
  return bitwise<arith::OrIOp>(x, y);
}
ScalarExpr operator^(const ScalarExpr &x, const ScalarExpr &y) {
  return bitwise<arith::XOrIOp>(x, y);
}
ScalarExpr operator~(const ScalarExpr &x) { return x ^ x.integer(-1); }

template <typename Op> static ScalarExpr shift(const ScalarExpr &x, const ScalarExpr &y) {
  ScalarExpr inRange = x.with(arith::CmpIOp::create(
      *x.builder, x.location, arith::CmpIPredicate::ult, y.value(), y.integer(x.width()).value()));
  ScalarExpr count = select(inRange, y, y.integer(0));
  return select(inRange, bitwise<Op>(x, count), x.integer(0));
}
ScalarExpr operator<<(const ScalarExpr &x, const ScalarExpr &y) {
  return shift<arith::ShLIOp>(x, y);
}
ScalarExpr operator>>(const ScalarExpr &x, const ScalarExpr &y) {
  return shift<arith::ShRUIOp>(x, y);
}

ScalarExpr abs(const ScalarExpr &x) {
  // So that f(x) and f(-x) share what they make of |x|.
  if (auto negation = x.value().getDefiningOp<arith::NegFOp>())
    return abs(x.with(negation.getOperand()));
  return x.isInteger() ? unary<math::AbsIOp>(x) : unary<math::AbsFOp>(x);
}
ScalarExpr sign(const ScalarExpr &x) {
  ScalarExpr zero = x.constant(0.0);
  ScalarExpr negative = select(compare(Predicate::lt, x, zero), x.constant(-1.0), zero);
  ScalarExpr value = select(compare(Predicate::gt, x, zero), x.constant(1.0), negative);
  return x.isInteger() ? value : select(compare(Predicate::ne, x, x), x, value);
}
ScalarExpr exp(const ScalarExpr &x) { return unary<math::ExpOp>(x); }
ScalarExpr expm1(const ScalarExpr &x) { return unary<math::ExpM1Op>(x); }
ScalarExpr log(const ScalarExpr &x) { return unary<math::LogOp>(x); }
ScalarExpr log1p(const ScalarExpr &x) { return unary<math::Log1pOp>(x); }
ScalarExpr sqrt(const ScalarExpr &x) { return unary<math::SqrtOp>(x); }
ScalarExpr rsqrt(const ScalarExpr &x) { return unary<math::RsqrtOp>(x); }
ScalarExpr sin(const ScalarExpr &x) { return unary<math::SinOp>(x); }
ScalarExpr cos(const ScalarExpr &x) { return unary<math::CosOp>(x); }
ScalarExpr tan(const ScalarExpr &x) { return unary<math::TanOp>(x); }
ScalarExpr asin(const ScalarExpr &x) { return unary<math::AsinOp>(x); }
ScalarExpr acos(const ScalarExpr &x) { return unary<math::AcosOp>(x); }
ScalarExpr atan(const ScalarExpr &x) { return unary<math::AtanOp>(x); }
ScalarExpr sinh(const ScalarExpr &x) { return unary<math::SinhOp>(x); }
ScalarExpr cosh(const ScalarExpr &x) { return unary<math::CoshOp>(x); }
ScalarExpr asinh(const ScalarExpr &x) { return unary<math::AsinhOp>(x); }
ScalarExpr acosh(const ScalarExpr &x) { return unary<math::AcoshOp>(x); }
ScalarExpr atanh(const ScalarExpr &x) { return unary<math::AtanhOp>(x); }
ScalarExpr tanh(const ScalarExpr &x) { return unary<math::TanhOp>(x); }
ScalarExpr erf(const ScalarExpr &x) { return unary<math::ErfOp>(x); }
ScalarExpr erfc(const ScalarExpr &x) { return unary<math::ErfcOp>(x); }
static ScalarExpr function(Function which, const ScalarExpr &x) {
  return x.with(FunctionOp::create(*x.builder, x.location, which, x.value()));
}
ScalarExpr erfInv(const ScalarExpr &x) { return function(Function::erf_inv, x); }
ScalarExpr lgamma(const ScalarExpr &x) { return function(Function::lgamma, x); }
ScalarExpr digamma(const ScalarExpr &x) { return function(Function::digamma, x); }
/// exp of a non-positive number only, so that nothing overflows.
ScalarExpr logistic(const ScalarExpr &x) {
  ScalarExpr one = x.constant(1.0), small = exp(-abs(x));
  return select(compare(Predicate::ge, x, x.constant(0.0)), one, small) / (one + small);
}
ScalarExpr floor(const ScalarExpr &x) { return unary<math::FloorOp>(x); }
ScalarExpr ceil(const ScalarExpr &x) { return unary<math::CeilOp>(x); }
ScalarExpr roundEven(const ScalarExpr &x) { return unary<math::RoundEvenOp>(x); }
ScalarExpr isFinite(const ScalarExpr &x) {
  return compare(Predicate::lt, abs(x), x.constant(std::numeric_limits<double>::infinity()));
}
ScalarExpr popcount(const ScalarExpr &x) { return unary<math::CtPopOp>(x); }
ScalarExpr clz(const ScalarExpr &x) { return unary<math::CountLeadingZerosOp>(x); }
ScalarExpr rem(const ScalarExpr &x, const ScalarExpr &y) {
  if (!x.isInteger())
    return x.with(arith::RemFOp::create(*x.builder, x.location, x.value(), y.value()));
  ScalarExpr isZero = compare(Predicate::eq, y, y.integer(0));
  ScalarExpr isMinusOne = compare(Predicate::eq, y, y.integer(-1));
  ScalarExpr divisor = select(isZero | isMinusOne, y.integer(1), y);
  ScalarExpr remainder =
      x.with(arith::RemSIOp::create(*x.builder, x.location, x.value(), divisor.value()));
  return select(isZero, x, remainder);
}
ScalarExpr pow(const ScalarExpr &x, const ScalarExpr &y) {
  return x.with(math::PowFOp::create(*x.builder, x.location, x.value(), y.value()));
}
/// Compare and select instead of maximumf: LLVM lowers that one with a blend for signed zeros.
static ScalarExpr extremum(Predicate predicate, const ScalarExpr &x, const ScalarExpr &y) {
  ScalarExpr chosen = select(compare(predicate, x, y), x, y);
  return x.isInteger() ? chosen : select(compare(Predicate::ne, x, x), x, chosen);
}
ScalarExpr max(const ScalarExpr &x, const ScalarExpr &y) { return extremum(Predicate::gt, x, y); }
ScalarExpr min(const ScalarExpr &x, const ScalarExpr &y) { return extremum(Predicate::lt, x, y); }
ScalarExpr atan2(const ScalarExpr &y, const ScalarExpr &x) {
  return y.with(math::Atan2Op::create(*y.builder, y.location, y.value(), x.value()));
}

ScalarExpr compare(Predicate predicate, const ScalarExpr &x, const ScalarExpr &y) {
  if (!x.isInteger()) {
    static constexpr arith::CmpFPredicate kFloat[] = {
        arith::CmpFPredicate::OEQ, arith::CmpFPredicate::UNE, arith::CmpFPredicate::OLT,
        arith::CmpFPredicate::OLE, arith::CmpFPredicate::OGT, arith::CmpFPredicate::OGE};
    return x.with(arith::CmpFOp::create(
        *x.builder, x.location, kFloat[static_cast<uint32_t>(predicate)], x.value(), y.value()));
  }
  // A bool is 0 or 1, so that false < true: unsigned.
  bool isBool = x.width() == 1;
  const arith::CmpIPredicate integer[] = {
      arith::CmpIPredicate::eq,
      arith::CmpIPredicate::ne,
      isBool ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt,
      isBool ? arith::CmpIPredicate::ule : arith::CmpIPredicate::sle,
      isBool ? arith::CmpIPredicate::ugt : arith::CmpIPredicate::sgt,
      isBool ? arith::CmpIPredicate::uge : arith::CmpIPredicate::sge};
  return x.with(arith::CmpIOp::create(
      *x.builder, x.location, integer[static_cast<uint32_t>(predicate)], x.value(), y.value()));
}
ScalarExpr select(const ScalarExpr &condition, const ScalarExpr &onTrue,
                  const ScalarExpr &onFalse) {
  return onTrue.with(arith::SelectOp::create(*onTrue.builder, onTrue.location, condition.value(),
                                             onTrue.value(), onFalse.value()));
}

/// Truncates toward zero, saturates, NaN to 0: the operand is clamped to what converts exactly, and
/// the ends are mended.
static ScalarExpr floatToInteger(const ScalarExpr &x, Type element) {
  unsigned width = element.getIntOrFloatBitWidth();
  Type target = withElement(x.type(), element);
  ScalarExpr limit = x.constant(std::ldexp(1.0, static_cast<int>(width) - 1));
  ScalarExpr tooLarge = compare(Predicate::ge, x, limit),
             tooSmall = compare(Predicate::lt, x, -limit);
  ScalarExpr outside = tooLarge | tooSmall | compare(Predicate::ne, x, x);
  ScalarExpr inside = select(outside, x.constant(0.0), x);
  ScalarExpr whole =
      x.with(arith::FPToSIOp::create(*x.builder, x.location, target, inside.value()));
  ScalarExpr largest = whole.integer(static_cast<int64_t>(~uint64_t(0) >> (65 - width)));
  ScalarExpr smallest = whole.integer(static_cast<int64_t>(uint64_t(1) << (width - 1)));
  return select(tooLarge, largest, select(tooSmall, smallest, whole));
}
ScalarExpr cast(const ScalarExpr &x, Type element) {
  Type from = elementOf(x), target = withElement(x.type(), element);
  if (from == element)
    return x;
  if (element.isInteger(1))
    return compare(Predicate::ne, x, x.constant(0.0));
  unsigned fromWidth = x.width(), toWidth = element.getIntOrFloatBitWidth();
  auto make = [&](auto op) {
    return x.with(decltype(op)::create(*x.builder, x.location, target, x.value()));
  };
  if (x.isInteger()) {
    if (!element.isInteger())
      return from.isInteger(1) ? make(arith::UIToFPOp()) : make(arith::SIToFPOp());
    if (toWidth < fromWidth)
      return make(arith::TruncIOp());
    return from.isInteger(1) ? make(arith::ExtUIOp()) : make(arith::ExtSIOp());
  }
  if (element.isInteger())
    return floatToInteger(x.width() < 32 ? cast(x, x.builder->getF32Type()) : x, element);
  if (toWidth == fromWidth) // bf16 and f16 convert through f32
    return cast(cast(x, x.builder->getF32Type()), element);
  return toWidth < fromWidth ? make(arith::TruncFOp()) : make(arith::ExtFOp());
}

ScalarExpr bitcast(const ScalarExpr &x, Type from, Type to) {
  if (from == to)
    return x;
  return x.with(
      arith::BitcastOp::create(*x.builder, x.location, withElement(x.type(), to), x.value()));
}

/// Patterns of numbers of one sign are in the order of their magnitudes.
ScalarExpr nextafter(const ScalarExpr &x, const ScalarExpr &y, Type element) {
  Type from = elementOf(x), pattern = x.builder->getIntegerType(x.width());
  ScalarExpr raw = bitcast(x, from, pattern);
  ScalarExpr step = raw.integer(element.isBF16() ? 1 << 16 : 1); // the upper half of an f32
  ScalarExpr rises = compare(Predicate::lt, x, y), zero = x.constant(0.0);
  ScalarExpr grows = compare(Predicate::eq, rises, compare(Predicate::gt, x, zero));
  ScalarExpr moved = bitcast(raw + select(grows, step, -step), pattern, from);
  ScalarExpr smallest = bitcast(step, pattern, from);
  moved = select(compare(Predicate::eq, x, zero), select(rises, smallest, -smallest), moved);
  moved = select(compare(Predicate::eq, x, y), y, moved);
  ScalarExpr isNumber = compare(Predicate::eq, x, x) & compare(Predicate::eq, y, y);
  return select(isNumber, moved, x + y);
}

} // namespace mlc::nn
