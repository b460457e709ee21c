//===- ExpandMathTrig.cpp - sin, cos, tan, atan and atan2 -----------------===//
//
// f32 goes through f64: its products with pi/2 are then exact enough, and the result is rounded
// once.
//
//===----------------------------------------------------------------------===//
#include "compiler/Codegen/Common/ExpandMathFunctions.h"
#include "compiler/Codegen/Common/ExpandMathPolynomials.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlc;
using namespace mlc::polynomials;

/// Up to here n pi/2 has n below 2^20, for which the parts of pi/2 are cut.
static constexpr double kHuge = 1.0e6;

MathContext mlc::asF64(MathContext &context) {
  MathContext f64 = context;
  f64.type = context.like(context.builder.getF64Type());
  return f64;
}

Real mlc::extend(Real a, MathContext &f64) {
  return {&f64, arith::ExtFOp::create(f64.builder, f64.loc, f64.type, a.value)};
}

Real mlc::truncate(Real a, MathContext &f32) {
  return {&f32, arith::TruncFOp::create(f32.builder, f32.loc, f32.type, a.value)};
}

Real mlc::throughF64(Real x, llvm::function_ref<Real(Real, bool)> function) {
  MathContext &context = *x.context;
  if (context.isF64())
    return function(x, /*roundsToF32=*/false);
  MathContext f64 = asF64(context);
  return truncate(function(extend(x, f64), /*roundsToF32=*/true), context);
}

namespace {
/// x = quadrant pi/2 + r, |r| <= pi/4, the quadrant right in its last two bits.
struct TrigReduction {
  Real r;
  Bits quadrant;
};
} // namespace

static TrigReduction reduceModerate(Real x) {
  Rounded n = roundProduct(x, 0.6366197723675814);
  // pi/2 in 33, 33 and 53 bits: the products of the first two with n are exact.
  Real r = multiplyAdd(n.real, -1.5707963267341256, x);
  Real second = n.real * 6.077100506303966e-11;
  Real difference = r - second;
  Real lost = (r - difference) - second;
  return {difference + (lost - n.real * 2.0222662487959506e-21), n.integer};
}

namespace {
/// Builds 64-bit integer arithmetic on one scalar.
struct Word {
  OpBuilder *builder;
  Location loc;
  Value value;

  Word make(Value result) const { return {builder, loc, result}; }
  Word number(uint64_t n) const {
    return make(arith::ConstantOp::create(*builder, loc, builder->getI64IntegerAttr(int64_t(n))));
  }
  template <typename Op> Word apply(Word other) const {
    return make(Op::create(*builder, loc, value, other.value));
  }
  Word operator+(Word other) const { return apply<arith::AddIOp>(other); }
  Word operator-(Word other) const { return apply<arith::SubIOp>(other); }
  Word operator|(Word other) const { return apply<arith::OrIOp>(other); }
  Word operator^(Word other) const { return apply<arith::XOrIOp>(other); }
  Word operator&(uint64_t mask) const { return apply<arith::AndIOp>(number(mask)); }
  Word operator<<(Word n) const { return apply<arith::ShLIOp>(n); }
  Word operator>>(Word n) const { return apply<arith::ShRUIOp>(n); }
  Word operator<<(uint64_t n) const { return *this << number(n); }
  Word operator>>(uint64_t n) const { return *this >> number(n); }
  /// 1 if this is below `other`, both unsigned: the carry of a sum.
  Word below(Word other) const {
    Value less =
        arith::CmpIOp::create(*builder, loc, arith::CmpIPredicate::ult, value, other.value);
    return make(arith::ExtUIOp::create(*builder, loc, builder->getI64Type(), less));
  }
};
} // namespace

/// The high and low halves of a * b.
static std::pair<Word, Word> wideProduct(Word a, Word b) {
  auto product = arith::MulUIExtendedOp::create(*a.builder, a.loc, a.value, b.value);
  return {a.make(product.getHigh()), a.make(product.getLow())};
}

/// Words of 2/pi from bit `position` of `kTwoOverPi` on: three of them, the most significant first.
static std::array<Word, 3> twoOverPiWindow(Word position) {
  OpBuilder &builder = *position.builder;
  Location loc = position.loc;
  SmallVector<int64_t> words(std::begin(kTwoOverPi), std::end(kTwoOverPi));
  auto tableType = VectorType::get(words.size(), builder.getI64Type());
  Value table =
      arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(tableType, ArrayRef(words)));
  auto wordAt = [&](uint64_t offset) {
    Word index = (position >> 6) + position.number(offset);
    Value place = arith::IndexCastOp::create(builder, loc, builder.getIndexType(), index.value);
    return position.make(vector::ExtractOp::create(builder, loc, table, place));
  };
  Word shift = position & 63, counter = position.number(63) - shift;
  auto joined = [&](Word high, Word low) { return (high << shift) | ((low >> 1) >> counter); };
  Word w0 = wordAt(0), w1 = wordAt(1), w2 = wordAt(2), w3 = wordAt(3);
  return {joined(w0, w1), joined(w1, w2), joined(w2, w3)};
}

static Value wordToReal(Word word) {
  return arith::UIToFPOp::create(*word.builder, word.loc, word.builder->getF64Type(), word.value);
}

/// Reduces one finite f64 of magnitude `kHuge` or more: M 2^E times the 192 bits of 2/pi that
/// matter for the fraction and the two lowest integer bits.
static std::pair<Value, Value> reduceHugeScalar(OpBuilder &builder, Location loc, Value x) {
  Word pattern{&builder, loc, arith::BitcastOp::create(builder, loc, builder.getI64Type(), x)};
  Word exponent = (pattern >> 52) & 0x7ff;
  Word mantissa = (pattern & 0xfffffffffffff) | pattern.number(uint64_t(1) << 52);
  // x = M 2^E with E = exponent - 1075; the bit of weight 2^1 in x 2/pi stands E - 2 places after
  // the 64 leading zeros.
  auto [w2, w1, w0] = twoOverPiWindow(exponent - pattern.number(1075 - 62));

  auto [high0, low0] = wideProduct(mantissa, w0);
  auto [high1, low1] = wideProduct(mantissa, w1);
  Word top = mantissa.apply<arith::MulIOp>(w2);
  Word middle = low1 + high0;
  top = top + high1 + middle.below(high0);
  // Two integer bits, then 128 bits of fraction, taken as signed: in [-1/2, 1/2).
  Word fraction = (top << 2) | (middle >> 62), fractionLow = (middle << 2) | (low0 >> 62);
  Word negative = fraction >> 63;
  Word quadrant = (top >> 62) + negative;
  Word ones = pattern.number(0) - negative;
  Word magnitudeLow = (fractionLow ^ ones) + negative;
  Word magnitude = (fraction ^ ones) + ((magnitudeLow.below(negative)));
  Value scaleHigh = arith::ConstantOp::create(builder, loc, builder.getF64FloatAttr(0x1p-64));
  Value scaleLow = arith::ConstantOp::create(builder, loc, builder.getF64FloatAttr(0x1p-128));
  Value piHalf =
      arith::ConstantOp::create(builder, loc, builder.getF64FloatAttr(1.5707963267948966));
  Value high = arith::MulFOp::create(builder, loc, wordToReal(magnitude), scaleHigh);
  Value low = arith::MulFOp::create(builder, loc, wordToReal(magnitudeLow), scaleLow);
  Value turns = arith::AddFOp::create(builder, loc, high, low);
  Value r = arith::MulFOp::create(builder, loc, turns, piHalf);
  // The sign of r: of the fraction, turned over where x is negative; so is the quadrant.
  Word sign = pattern >> 63;
  Word rBits{&builder, loc, arith::BitcastOp::create(builder, loc, builder.getI64Type(), r)};
  rBits = rBits ^ ((sign ^ negative) << 63);
  Word signOnes = pattern.number(0) - sign;
  quadrant = (quadrant ^ signOnes) + sign;
  return {arith::BitcastOp::create(builder, loc, builder.getF64Type(), rBits.value),
          quadrant.value};
}

/// The huge lanes of a vector, one by one; the others keep what they have.
static SmallVector<Value> reduceHugeLanes(OpBuilder &builder, Location loc, Value x, Value isHuge,
                                          ValueRange reduced) {
  auto type = cast<VectorType>(x.getType());
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  Value one = arith::ConstantIndexOp::create(builder, loc, 1);
  Value lanes = arith::ConstantIndexOp::create(builder, loc, type.getNumElements());
  auto loop = scf::ForOp::create(builder, loc, zero, lanes, one, reduced);
  OpBuilder body = OpBuilder::atBlockBegin(loop.getBody());
  Value lane = loop.getInductionVar();
  auto at = [&](Value vector) -> Value {
    return vector::ExtractOp::create(body, loc, vector, lane);
  };
  auto [r, quadrant] = reduceHugeScalar(body, loc, at(x));
  SmallVector<Value> next;
  for (auto [fresh, old] : llvm::zip_equal(ValueRange{r, quadrant}, loop.getRegionIterArgs())) {
    Value chosen = arith::SelectOp::create(body, loc, at(isHuge), fresh, at(old));
    next.push_back(vector::InsertOp::create(body, loc, chosen, old, lane));
  }
  scf::YieldOp::create(body, loc, next);
  return loop.getResults();
}

static Value flatten(OpBuilder &builder, Location loc, Value value) {
  auto type = cast<VectorType>(value.getType());
  auto flat = VectorType::get(type.getNumElements(), type.getElementType());
  return type.getRank() == 1 ? value
                             : Value(vector::ShapeCastOp::create(builder, loc, flat, value));
}

/// Replaces the moderate reduction where |x| >= kHuge; the branch is taken by no ordinary argument.
static TrigReduction reduceTrig(Real x) {
  MathContext &context = *x.context;
  OpBuilder &builder = context.builder;
  Location loc = context.loc;
  TrigReduction moderate = reduceModerate(x);
  Real magnitude = abs(x);
  Mask huge = (magnitude >= kHuge) & (magnitude < kInfinity);
  bool isVector = isa<VectorType>(context.type);
  Value any = huge.value;
  if (isVector)
    any = vector::ReductionOp::create(builder, loc, vector::CombiningKind::OR,
                                      flatten(builder, loc, huge.value));
  auto branch = scf::IfOp::create(
      builder, loc, any,
      [&](OpBuilder &then, Location) {
        SmallVector<Value> results;
        if (isVector) {
          Value reduced[] = {flatten(then, loc, moderate.r.value),
                             flatten(then, loc, moderate.quadrant.value)};
          results = reduceHugeLanes(then, loc, flatten(then, loc, x.value),
                                    flatten(then, loc, huge.value), reduced);
          if (cast<VectorType>(context.type).getRank() != 1) {
            results[0] = vector::ShapeCastOp::create(then, loc, context.type, results[0]);
            results[1] = vector::ShapeCastOp::create(then, loc, context.intType(), results[1]);
          }
        } else {
          auto [r, quadrant] = reduceHugeScalar(then, loc, x.value);
          results = {r, quadrant};
        }
        scf::YieldOp::create(then, loc, results);
      },
      [&](OpBuilder &otherwise, Location) {
        scf::YieldOp::create(otherwise, loc, {moderate.r.value, moderate.quadrant.value});
      });
  return {{&context, branch.getResult(0)}, {&context, branch.getResult(1)}};
}

SineCosine mlc::sineCosine(Real r, bool roundsToF32) {
  Real z = r * r;
  Real sine = multiplyAdd(
      polynomial(z, roundsToF32 ? llvm::ArrayRef(kSinF32) : llvm::ArrayRef(kSinF64)) * z, r, r);
  // 1 - z/2 is rounded; what it lost is added back with the small terms.
  Real half = 0.5 * z;
  Real main = 1.0 - half;
  Real tail = polynomial(z, roundsToF32 ? llvm::ArrayRef(kCosF32) : llvm::ArrayRef(kCosF64));
  return {sine, main + multiplyAdd(z * z, tail, (1.0 - main) - half)};
}

Real mlc::tangent(SineCosine parts, Bits quadrant) {
  Mask odd = equal(quadrant & 1, 1);
  Real quotient = select(odd, parts.cosine, parts.sine) / select(odd, parts.sine, parts.cosine);
  return fromBits(bits(quotient) ^ (quadrant << 63));
}

/// sin(x + quarterTurns pi/2) of f64 x.
static Real sineF64(Real x, int64_t quarterTurns, bool roundsToF32) {
  TrigReduction reduction = reduceTrig(x);
  SineCosine parts = sineCosine(reduction.r, roundsToF32);
  Bits quadrant = reduction.quadrant + quarterTurns;
  Real chosen = select(equal(quadrant & 1, 1), parts.cosine, parts.sine);
  Real result = fromBits(bits(chosen) ^ ((quadrant & 2) << 62));
  return select(isFinite(x), result, x - x);
}

static Real sine(Real x, int64_t quarterTurns) {
  return throughF64(
      x, [=](Real x, bool roundsToF32) { return sineF64(x, quarterTurns, roundsToF32); });
}

Real mlc::expandSin(Real x) {
  // The reduction loses the sign of zero.
  return select(equal(x, 0.0), x, sine(x, 0));
}

Real mlc::expandCos(Real x) { return sine(x, 1); }

static Real tangentF64(Real x, bool roundsToF32) {
  TrigReduction reduction = reduceTrig(x);
  Real result = tangent(sineCosine(reduction.r, roundsToF32), reduction.quadrant);
  return select(isFinite(x), result, x - x);
}

Real mlc::expandTan(Real x) {
  return select(equal(x, 0.0), x, throughF64(x, tangentF64)); // as of sin
}

static Real atan2F64(Real y, Real x, bool roundsToF32) {
  MathContext &context = *x.context;
  Real ay = abs(y), ax = abs(x);
  Mask steep = ax < ay;
  Real numerator = select(steep, ax, ay), denominator = select(steep, ay, ax);
  // inf / inf is the diagonal, 0 / 0 the axis; near the top of the range n + d would overflow.
  Mask diagonal = equal(numerator, kInfinity);
  numerator = select(diagonal, 1.0, numerator);
  denominator = select(diagonal | equal(denominator, 0.0), 1.0, denominator);
  Mask large = denominator >= 0x1p1000;
  numerator = select(large, numerator * 0x1p-8, numerator);
  denominator = select(large & (denominator < kInfinity), denominator * 0x1p-8, denominator);

  // Above tan(pi/8): atan(n/d) = pi/4 + atan((n - d) / (n + d)).
  Mask upper = (denominator * 0.41421356237309503) < numerator;
  Real t = select(upper, numerator - denominator, numerator) /
           select(upper, numerator + denominator, denominator);
  Real z = t * t;
  Real series =
      polynomial(z, roundsToF32 ? llvm::ArrayRef(kAtanF32) : llvm::ArrayRef(kAtanF64)) * z;
  Real zero = constant(context, 0.0);
  Real base = select(upper, 0.7853981633974483, zero);
  Real baseLow = select(upper, 3.061616997868383e-17, zero);
  Real angle = base + (multiplyAdd(series, t, baseLow) + t);

  angle = select(steep, 1.5707963267948966 - (angle - 6.123233995736766e-17), angle);
  Mask left = bits(x) < 0;
  angle = select(left, 3.141592653589793 - (angle - 1.2246467991473532e-16), angle);
  return select(isNan(x) | isNan(y), x + y, copySign(angle, y));
}

Real mlc::expandAtan2(Real y, Real x) {
  MathContext &context = *x.context;
  if (context.isF64())
    return atan2F64(y, x, /*roundsToF32=*/false);
  MathContext f64 = asF64(context);
  return truncate(atan2F64(extend(y, f64), extend(x, f64), /*roundsToF32=*/true), context);
}

Real mlc::expandAtan(Real x) { return expandAtan2(x, constant(*x.context, 1.0)); }
