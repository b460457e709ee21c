//===- MathExpr.cpp - formulas on f32 and f64 as C++ expressions ----------===//
#include "compiler/Codegen/Common/MathExpr.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlc;

Type MathContext::like(Type element) const {
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.clone(element);
  return element;
}

static Value splat(MathContext &context, Type type, TypedAttr element) {
  if (auto vector = dyn_cast<VectorType>(type))
    return arith::ConstantOp::create(context.builder, context.loc,
                                     DenseElementsAttr::get(vector, Attribute(element)));
  return arith::ConstantOp::create(context.builder, context.loc, element);
}

Real mlc::constant(MathContext &context, double value) {
  Type element = getElementTypeOrSelf(context.type);
  return {&context, splat(context, context.type, FloatAttr::get(element, value))};
}

Bits mlc::bitsConstant(MathContext &context, int64_t value) {
  Type type = context.intType();
  llvm::APInt pattern(context.width(), uint64_t(value), /*isSigned=*/true,
                      /*implicitTrunc=*/true);
  return {&context, splat(context, type, IntegerAttr::get(getElementTypeOrSelf(type), pattern))};
}

template <typename Op, typename Result = Real, typename... Operands>
static Result build(MathContext *context, Operands... operands) {
  return {context, Op::create(context->builder, context->loc, operands...)};
}

Real mlc::operator+(Real a, Real b) { return build<arith::AddFOp>(a.context, a.value, b.value); }
Real mlc::operator-(Real a, Real b) { return build<arith::SubFOp>(a.context, a.value, b.value); }
Real mlc::operator*(Real a, Real b) { return build<arith::MulFOp>(a.context, a.value, b.value); }
Real mlc::operator/(Real a, Real b) { return build<arith::DivFOp>(a.context, a.value, b.value); }
Real mlc::operator-(Real a) { return build<arith::NegFOp>(a.context, a.value); }
Real mlc::operator+(Real a, double b) { return a + constant(*a.context, b); }
Real mlc::operator-(Real a, double b) { return a - constant(*a.context, b); }
Real mlc::operator*(Real a, double b) { return a * constant(*a.context, b); }
Real mlc::operator+(double a, Real b) { return constant(*b.context, a) + b; }
Real mlc::operator-(double a, Real b) { return constant(*b.context, a) - b; }
Real mlc::operator*(double a, Real b) { return constant(*b.context, a) * b; }
Real mlc::operator/(double a, Real b) { return constant(*b.context, a) / b; }

Real mlc::multiplyAdd(Real a, Real b, Real c) {
  if (!a.context->fusedMultiplyAdd)
    return a * b + c;
  return build<math::FmaOp>(a.context, a.value, b.value, c.value);
}
Real mlc::multiplyAdd(Real a, double b, Real c) {
  return multiplyAdd(a, constant(*a.context, b), c);
}

Real mlc::polynomial(Real x, llvm::ArrayRef<double> coefficients) {
  Real sum = constant(*x.context, coefficients.front());
  for (double coefficient : coefficients.drop_front())
    sum = multiplyAdd(sum, x, constant(*x.context, coefficient));
  return sum;
}

Real mlc::polynomial(Real x, Real square, llvm::ArrayRef<double> coefficients) {
  auto pair = [&](double high, double low) {
    return multiplyAdd(x, high, constant(*x.context, low));
  };
  size_t odd = coefficients.size() % 2;
  Real sum = odd ? constant(*x.context, coefficients[0]) : pair(coefficients[0], coefficients[1]);
  for (size_t i = 2 - odd; i + 1 < coefficients.size(); i += 2)
    sum = multiplyAdd(sum, square, pair(coefficients[i], coefficients[i + 1]));
  return sum;
}

Real mlc::sqrt(Real a) { return build<math::SqrtOp>(a.context, a.value); }
Real mlc::abs(Real a) { return build<math::AbsFOp>(a.context, a.value); }
Real mlc::copySign(Real a, Real sign) {
  return build<math::CopySignOp>(a.context, a.value, sign.value);
}
Real mlc::clampAbove(Real a, double low) { return select(a < low, low, a); }
Real mlc::clampBelow(Real a, double high) { return select(a > high, high, a); }

static Mask compare(arith::CmpFPredicate predicate, Real a, Real b) {
  return build<arith::CmpFOp, Mask>(a.context, predicate, a.value, b.value);
}
Mask mlc::operator<(Real a, Real b) { return compare(arith::CmpFPredicate::OLT, a, b); }
Mask mlc::operator<(Real a, double b) { return a < constant(*a.context, b); }
Mask mlc::operator<=(Real a, double b) {
  return compare(arith::CmpFPredicate::OLE, a, constant(*a.context, b));
}
Mask mlc::operator>(Real a, double b) {
  return compare(arith::CmpFPredicate::OGT, a, constant(*a.context, b));
}
Mask mlc::operator>=(Real a, double b) {
  return compare(arith::CmpFPredicate::OGE, a, constant(*a.context, b));
}
Mask mlc::equal(Real a, Real b) { return compare(arith::CmpFPredicate::OEQ, a, b); }
Mask mlc::equal(Real a, double b) { return equal(a, constant(*a.context, b)); }
Mask mlc::isNan(Real a) { return compare(arith::CmpFPredicate::UNO, a, a); }
Mask mlc::isFinite(Real a) { return abs(a) < std::numeric_limits<double>::infinity(); }

Mask mlc::operator&(Mask a, Mask b) {
  return build<arith::AndIOp, Mask>(a.context, a.value, b.value);
}
Mask mlc::operator|(Mask a, Mask b) {
  return build<arith::OrIOp, Mask>(a.context, a.value, b.value);
}
Mask mlc::operator!(Mask a) {
  Type type = a.value.getType();
  Value ones = splat(*a.context, type, a.context->builder.getBoolAttr(true));
  return build<arith::XOrIOp, Mask>(a.context, a.value, ones);
}

Real mlc::select(Mask condition, Real yes, Real no) {
  return build<arith::SelectOp>(yes.context, condition.value, yes.value, no.value);
}
Real mlc::select(Mask condition, double yes, Real no) {
  return select(condition, constant(*no.context, yes), no);
}
Real mlc::select(Mask condition, double yes, double no) {
  return select(condition, yes, constant(*condition.context, no));
}
Bits mlc::select(Mask condition, Bits yes, Bits no) {
  return build<arith::SelectOp, Bits>(yes.context, condition.value, yes.value, no.value);
}

Bits mlc::operator+(Bits a, Bits b) {
  return build<arith::AddIOp, Bits>(a.context, a.value, b.value);
}
Bits mlc::operator-(Bits a, Bits b) {
  return build<arith::SubIOp, Bits>(a.context, a.value, b.value);
}
Bits mlc::operator+(Bits a, int64_t b) { return a + bitsConstant(*a.context, b); }
Bits mlc::operator-(Bits a, int64_t b) { return a - bitsConstant(*a.context, b); }
Bits mlc::operator&(Bits a, int64_t b) {
  return build<arith::AndIOp, Bits>(a.context, a.value, bitsConstant(*a.context, b).value);
}
Bits mlc::operator|(Bits a, Bits b) {
  return build<arith::OrIOp, Bits>(a.context, a.value, b.value);
}
Bits mlc::operator^(Bits a, Bits b) {
  return build<arith::XOrIOp, Bits>(a.context, a.value, b.value);
}
Bits mlc::operator<<(Bits a, int64_t amount) {
  return build<arith::ShLIOp, Bits>(a.context, a.value, bitsConstant(*a.context, amount).value);
}
Bits mlc::operator>>(Bits a, int64_t amount) {
  return build<arith::ShRSIOp, Bits>(a.context, a.value, bitsConstant(*a.context, amount).value);
}
Mask mlc::equal(Bits a, int64_t b) {
  return build<arith::CmpIOp, Mask>(a.context, arith::CmpIPredicate::eq, a.value,
                                    bitsConstant(*a.context, b).value);
}
Mask mlc::operator<(Bits a, int64_t b) {
  return build<arith::CmpIOp, Mask>(a.context, arith::CmpIPredicate::slt, a.value,
                                    bitsConstant(*a.context, b).value);
}

Bits mlc::bits(Real a) {
  return build<arith::BitcastOp, Bits>(a.context, a.context->intType(), a.value);
}
Real mlc::fromBits(Bits a) { return build<arith::BitcastOp>(a.context, a.context->type, a.value); }
Real mlc::toReal(Bits a) { return build<arith::SIToFPOp>(a.context, a.context->type, a.value); }

static unsigned mantissaBits(MathContext &context) { return context.isF64() ? 52 : 23; }
int64_t mlc::exponentBias(MathContext &context) { return context.isF64() ? 1023 : 127; }

/// Near this number numbers are one apart, and their low bits are an integer.
static double integersFrom(MathContext &context) {
  return std::ldexp(1.5, int(mantissaBits(context)));
}

Rounded mlc::roundProduct(Real a, double b) {
  MathContext &context = *a.context;
  RoundedExponent n = roundExponent(a, b, 0);
  return {n.real, n.biased - bits(constant(context, integersFrom(context)))};
}

RoundedExponent mlc::roundExponent(Real a, double b, int64_t bias) {
  MathContext &context = *a.context;
  double magic = integersFrom(context) + double(bias);
  Real shifted = multiplyAdd(a, b, constant(context, magic));
  return {shifted - magic, bits(shifted)};
}

Real mlc::exponentField(Bits biased) { return fromBits(biased << mantissaBits(*biased.context)); }

Real mlc::powerOfTwo(Bits n) {
  MathContext &context = *n.context;
  return exponentField(n + exponentBias(context));
}

bool mlc::scalesInOneInstruction(MathContext &context) {
  auto vector = dyn_cast<VectorType>(context.type);
  bool isFlat = !vector || (vector.getRank() == 1 && !vector.isScalable());
  return context.scalesByExponent && !context.isF64() && isFlat;
}

Real mlc::scaleByPowerOfTwo(Real value, Bits n) {
  MathContext &context = *value.context;
  return {&context, LLVM::CallIntrinsicOp::create(context.builder, context.loc, context.type,
                                                  context.builder.getStringAttr("llvm.ldexp"),
                                                  ValueRange{value.value, n.value})
                        .getResult(0)};
}

DoubleReal mlc::twoSum(Real a, Real b) {
  Real sum = a + b;
  Real bRounded = sum - a;
  return {sum, (a - (sum - bRounded)) + (b - bRounded)};
}

DoubleReal mlc::fastTwoSum(Real a, Real b) {
  Real sum = a + b;
  return {sum, b - (sum - a)};
}

DoubleReal mlc::twoProduct(Real a, Real b) {
  Real product = a * b;
  if (a.context->fusedMultiplyAdd)
    return {product, multiplyAdd(a, b, -product)};
  // Dekker: halves of at most 26 (12) bits have exact products.
  int64_t lowBits = a.context->isF64() ? 27 : 12;
  auto high = [&](Real x) { return fromBits(bits(x) & -(int64_t(1) << lowBits)); };
  Real aHigh = high(a), bHigh = high(b);
  Real aLow = a - aHigh, bLow = b - bHigh;
  return {product, ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow};
}
