#include "compiler/Codegen/Common/NarrowFloat.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace mlc {

bool isNarrowFloat(Type element) { return element.isBF16() || element.isF16(); }
Type storedElement(Type element) {
  if (element.isInteger(1))
    return IntegerType::get(element.getContext(), 8);
  return isNarrowFloat(element) ? IntegerType::get(element.getContext(), 16) : element;
}

namespace {
/// Arithmetic on f32 and its bits, in the shape of one value.
struct Bits {
  OpBuilder &builder;
  Location location;
  Type like;

  Type shaped(Type element) {
    auto vector = dyn_cast<VectorType>(like);
    return vector ? Type(vector.cloneWith(std::nullopt, element)) : element;
  }
  Value constant(TypedAttr scalar) {
    Type type = shaped(scalar.getType());
    if (auto vector = dyn_cast<VectorType>(type))
      return arith::ConstantOp::create(builder, location,
                                       DenseElementsAttr::get(vector, Attribute(scalar)));
    return arith::ConstantOp::create(builder, location, scalar);
  }
  Value i32(uint32_t number) {
    return constant(IntegerAttr::get(builder.getI32Type(), APInt(32, number)));
  }
  Value f32(double number) { return constant(builder.getF32FloatAttr(number)); }
  Value asBits(Value value) {
    return arith::BitcastOp::create(builder, location, shaped(builder.getI32Type()), value);
  }
  Value asFloat(Value bits) {
    return arith::BitcastOp::create(builder, location, shaped(builder.getF32Type()), bits);
  }
  Value band(Value a, uint32_t mask) {
    return arith::AndIOp::create(builder, location, a, i32(mask));
  }
  Value bor(Value a, Value b) { return arith::OrIOp::create(builder, location, a, b); }
  Value add(Value a, Value b) { return arith::AddIOp::create(builder, location, a, b); }
  Value shr(Value a, unsigned count) {
    return arith::ShRUIOp::create(builder, location, a, i32(count));
  }
  Value shl(Value a, unsigned count) {
    return arith::ShLIOp::create(builder, location, a, i32(count));
  }
  Value below(Value a, uint32_t limit) {
    return arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ult, a, i32(limit));
  }
  Value select(Value condition, Value a, Value b) {
    return arith::SelectOp::create(builder, location, condition, a, b);
  }
  /// The low `drop` bits rounded away, ties to even; a carry moves into the exponent, as it should.
  Value rounded(Value bits, unsigned drop) {
    Value odd = band(shr(bits, drop), 1);
    Value sum = add(bits, add(odd, i32((1u << (drop - 1)) - 1)));
    return band(sum, ~((1u << drop) - 1));
  }
};
} // namespace

Value roundToNarrow(OpBuilder &builder, Location location, Value value, Type element) {
  Bits b{builder, location, value.getType()};
  Value bits = b.asBits(value), magnitude = b.band(bits, 0x7fffffff),
        sign = b.band(bits, 0x80000000);
  Value isNumber = b.below(magnitude, 0x7f800001);
  if (element.isBF16())
    return b.asFloat(b.select(isNumber, b.rounded(bits, 16), b.bor(bits, b.i32(0x400000))));
  // f16: 10 bits; from 65520 on infinite; below 2^-14 multiples of 2^-24, which adding 0.5 rounds
  // to.
  Value normal = b.rounded(magnitude, 13);
  normal = b.select(b.below(magnitude, 0x477ff000), normal, b.i32(0x7f800000));
  Value half = b.f32(0.5);
  Value shifted = arith::AddFOp::create(builder, location, b.asFloat(magnitude), half);
  Value small = b.asBits(arith::SubFOp::create(builder, location, shifted, half));
  Value result = b.select(b.below(magnitude, 0x38800000), small, normal);
  return b.asFloat(b.bor(sign, b.select(isNumber, result, b.bor(magnitude, b.i32(0x400000)))));
}

/// `value`, an integer, without the low bits that a float of `precision` bits would round away, but
/// with a 1 below the last bit kept where they were not all 0. Numbers that the float holds stay.
static Value stickyInteger(OpBuilder &builder, Location location, Value value, unsigned precision) {
  Type type = value.getType();
  unsigned width = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
  auto constant = [&](const APInt &number) -> Value {
    Type element = getElementTypeOrSelf(type);
    TypedAttr attribute = IntegerAttr::get(element, number);
    if (auto vector = dyn_cast<VectorType>(type))
      attribute = DenseElementsAttr::get(vector, Attribute(attribute));
    return arith::ConstantOp::create(builder, location, attribute);
  };
  unsigned dropped = width - precision;
  APInt low = APInt::getLowBitsSet(width, dropped), limit = APInt::getOneBitSet(width, precision);
  Value rest = arith::AndIOp::create(builder, location, value, constant(low));
  Value carry = arith::AddIOp::create(builder, location, rest, constant(low));
  Value sticky = arith::AndIOp::create(builder, location, carry,
                                       constant(APInt::getOneBitSet(width, dropped)));
  Value kept = arith::AndIOp::create(builder, location, value, constant(~low));
  Value shifted = arith::AddIOp::create(builder, location, value, constant(limit));
  Value isHeld = arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ult, shifted,
                                       constant(limit.shl(1)));
  Value result = arith::OrIOp::create(builder, location, kept, sticky);
  return arith::SelectOp::create(builder, location, isHeld, value, result);
}

Value floatForNarrow(OpBuilder &builder, Location location, Value value) {
  Type element = getElementTypeOrSelf(value.getType());
  Bits b{builder, location, value.getType()};
  Type f32 = b.shaped(builder.getF32Type()), f64 = b.shaped(builder.getF64Type());
  if (element.isInteger(1))
    return arith::UIToFPOp::create(builder, location, f32, value);
  if (element.isInteger()) {
    unsigned width = element.getIntOrFloatBitWidth();
    if (width > 32) {
      Value wide = stickyInteger(builder, location, value, 53);
      return floatForNarrow(builder, location,
                            arith::SIToFPOp::create(builder, location, f64, wide));
    }
    Value exact = width > 24 ? stickyInteger(builder, location, value, 24) : value;
    return arith::SIToFPOp::create(builder, location, f32, exact);
  }
  if (!element.isF64())
    return value; // f32, as which the others are computed on
  Value nearest = arith::TruncFOp::create(builder, location, f32, value);
  Value back = arith::ExtFOp::create(builder, location, f64, nearest);
  auto magnitude = [&](Value x) { return math::AbsFOp::create(builder, location, x); };
  auto holds = [&](arith::CmpFPredicate predicate, Value x, Value y) -> Value {
    Value condition = arith::CmpFOp::create(builder, location, predicate, x, y);
    return arith::ExtUIOp::create(builder, location, b.shaped(builder.getI32Type()), condition);
  };
  // Towards zero, and then odd; of infinity that means the largest number.
  Value isAbove = holds(arith::CmpFPredicate::OGT, magnitude(back), magnitude(value));
  Value isInexact = holds(arith::CmpFPredicate::ONE, back, value);
  Value truncated = arith::SubIOp::create(builder, location, b.asBits(nearest), isAbove);
  return b.asFloat(b.bor(truncated, isInexact));
}

Value packNarrow(OpBuilder &builder, Location location, Value value, Type element) {
  Bits b{builder, location, value.getType()};
  Value bits = b.asBits(value);
  Type i16 = b.shaped(builder.getI16Type());
  if (element.isBF16())
    return arith::TruncIOp::create(builder, location, i16, b.shr(bits, 16));
  Value magnitude = b.band(bits, 0x7fffffff), sign = b.shr(b.band(bits, 0x80000000), 16);
  Value normal =
      b.add(b.shr(magnitude, 13), b.i32(uint32_t(-(112 << 10)))); // another exponent bias
  // 2^24 times a number below 2^-14 is whole and below 2^10.
  Value scaled = arith::MulFOp::create(builder, location, b.asFloat(magnitude), b.f32(16777216.0));
  Value isSmall = b.below(magnitude, 0x38800000);
  Value small = arith::FPToSIOp::create(builder, location, b.shaped(builder.getI32Type()),
                                        b.select(isSmall, scaled, b.f32(0.0)));
  Value result =
      b.select(isSmall, small, b.select(b.below(magnitude, 0x7f800000), normal, b.i32(0x7c00)));
  result = b.select(b.below(magnitude, 0x7f800001), result, b.i32(0x7e00));
  return arith::TruncIOp::create(builder, location, i16, b.bor(sign, result));
}

Value unpackNarrow(OpBuilder &builder, Location location, Value bits, Type element) {
  Bits b{builder, location, bits.getType()};
  Value wide = arith::ExtUIOp::create(builder, location, b.shaped(builder.getI32Type()), bits);
  if (element.isBF16())
    return b.asFloat(b.shl(wide, 16));
  // The exponent's bias by a product, which normalises small numbers too; infinity and NaN apart.
  Value magnitude = b.shl(b.band(wide, 0x7fff), 13), sign = b.shl(b.band(wide, 0x8000), 16);
  Value scaled = b.asBits(arith::MulFOp::create(builder, location, b.asFloat(magnitude),
                                                b.f32(5.192296858534828e33))); // 2^112
  Value special = b.bor(magnitude, b.i32(0x7f800000));
  return b.asFloat(b.bor(sign, b.select(b.below(magnitude, 0x0f800000), scaled, special)));
}

} // namespace mlc
