#include "compiler/Codegen/Common/VectorBuilder.h"
#include "compiler/Codegen/Common/NarrowFloat.h"
#include "dialects/NN/SizeEvaluator.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc {

VectorBuilder::VectorBuilder(func::FuncOp function, Location location, LaneOptions lanes)
    : LoopBuilder(function, location), laneOptions(lanes) {
  hasMaskRegisters = lanes.hasMaskRegisters();
  hasMaskedMoves = lanes.hasMaskedMoves;
}

//===-- Sizes and coordinates ---------------------------------------------------------------===//

AffineExpr VectorBuilder::simplified(AffineExpr expr) const {
  return simplifyAffineExpr(expr, 0, indexArguments.size());
}

AffineExpr VectorBuilder::product(ArrayRef<AffineExpr> sizes) const {
  AffineExpr total = getAffineConstantExpr(1, builder.getContext());
  for (AffineExpr size : sizes)
    total = total * size;
  return simplified(total);
}

int64_t numberOf(AffineExpr expr) {
  auto number = dyn_cast<AffineConstantExpr>(expr);
  return number ? number.getValue() : -1;
}

namespace {
/// Index values, folded and shared.
class IndexValues : public nn::IntegerSizes<IndexValues, Value> {
public:
  IndexValues(LoopBuilder &loops, ArrayRef<Value> arguments) : loops(loops), arguments(arguments) {}
  Value constant(int64_t value) { return loops.constantIndex(value); }
  Value symbol(unsigned position) { return arguments[position]; }
  Value plus(Value lhs, Value rhs) { return loops.add(lhs, rhs); }
  Value minus(Value lhs, Value rhs) { return loops.sub(lhs, rhs); }
  Value times(Value lhs, Value rhs) { return loops.mul(lhs, rhs); }
  /// Below zero 0 - ceil((0 - x) / y): what the loops divide is not negative.
  Value quotient(Value lhs, Value rhs, bool mayBeNegative) {
    if (!mayBeNegative)
      return loops.floorDiv(lhs, rhs);
    Value zero = constant(0), above = loops.floorDiv(loops.max(lhs, zero), rhs),
          below = loops.ceilDiv(loops.max(minus(zero, lhs), zero), rhs);
    return minus(above, below);
  }
  Value remainder(Value lhs, Value rhs) { return loops.rem(lhs, rhs); }

private:
  LoopBuilder &loops;
  ArrayRef<Value> arguments;
};
} // namespace

Value VectorBuilder::value(AffineExpr expr) {
  return IndexValues(*this, indexArguments).visit(expr);
}

AffineExpr VectorBuilder::expressionOf(Value index) {
  if (auto known = getConstantIntValue(index))
    return getAffineConstantExpr(*known, builder.getContext());
  bindIndex(index);
  return getAffineSymbolExpr(indexArguments.size() - 1, builder.getContext());
}

LaneIndex VectorBuilder::linearize(ArrayRef<AffineExpr> sizes, ArrayRef<LaneIndex> coords) {
  LaneIndex linear = uniform(0);
  AffineExpr stride = getAffineConstantExpr(1, builder.getContext());
  for (size_t dim = coords.size(); dim-- > 0;) {
    linear = add(mul(coords[dim], value(stride)), linear);
    stride = simplified(stride * sizes[dim]);
  }
  return linear;
}
SmallVector<LaneIndex, 4> VectorBuilder::delinearize(ArrayRef<AffineExpr> sizes, LaneIndex linear) {
  SmallVector<LaneIndex, 4> coords(sizes.size(), uniform(0));
  AffineExpr one = getAffineConstantExpr(1, builder.getContext());
  for (size_t dim = sizes.size(); dim-- > 0;) {
    if (sizes[dim] == one)
      continue;
    bool isFirst =
        llvm::all_of(sizes.take_front(dim), [&](AffineExpr size) { return size == one; });
    Value size = value(sizes[dim]);
    coords[dim] = isFirst ? linear : rem(linear, size);
    if (isFirst)
      break;
    linear = floorDiv(linear, size);
  }
  return coords;
}

//===-- Lanes -------------------------------------------------------------------------------===//

VectorBuilder::LanePlan VectorBuilder::planLanes(Value low, Value high, unsigned bits,
                                                 unsigned unroll) {
  LanePlan plan{low, low, high};
  unsigned lanes = laneOptions.lanes(bits), wide = lanes == 1 ? 1 : lanes * unroll;
  Value count = sub(high, low);
  auto known = getConstantIntValue(count);
  if (known && *known <= wide) {
    plan.narrow = *known <= 0 ? 0 : std::min<unsigned>(wide, llvm::PowerOf2Ceil(*known));
    return plan;
  }
  plan.wide = wide;
  plan.middle = add(low, mul(floorDiv(count, constantIndex(wide)), constantIndex(wide)));
  if (!known || *known % wide != 0)
    plan.narrow = known ? std::min<unsigned>(lanes, llvm::PowerOf2Ceil(*known % wide)) : lanes;
  if (plan.narrow == wide && wide == 1)
    plan.narrow = 0;
  return plan;
}

SmallVector<Value> VectorBuilder::wideLoop(const LanePlan &plan, ValueRange initial,
                                           LaneBody body) {
  if (plan.wide == 0)
    return SmallVector<Value>(initial);
  return forLoop(plan.low, plan.middle, plan.wide, initial, [&](Value at, ValueRange carried) {
    SmallVector<Value> results;
    withLanes(plan.wide, {}, [&] { results = body({at, plan.wide == 1 ? 0 : 1, {}}, carried); });
    return results;
  });
}

SmallVector<Value> VectorBuilder::narrowLoop(const LanePlan &plan, ValueRange initial,
                                             LaneBody body) {
  if (plan.narrow == 0)
    return SmallVector<Value>(initial);
  Value count = sub(plan.high, plan.middle);
  auto known = getConstantIntValue(count);
  bool isExact = known && *known % plan.narrow == 0;
  auto loop = [&](Value low, Value high, ValueRange initial, function_ref<Value(Value)> maskAt) {
    return forLoop(low, high, plan.narrow, initial, [&](Value at, ValueRange carried) {
      SmallVector<Value> results;
      withLanes(plan.narrow, maskAt(at),
                [&] { results = body({at, plan.narrow == 1 ? 0 : 1, {}}, carried); });
      return results;
    });
  };
  auto noMask = [](Value) { return Value(); };
  if (isExact || plan.narrow == 1)
    return loop(plan.middle, plan.high, initial, noMask);
  if (hasMaskedMoves)
    return loop(plan.middle, plan.high, initial,
                [&](Value at) { return maskBelow(sub(plan.high, at), plan.narrow); });
  Value rest = rem(count, constantIndex(plan.narrow)), last = sub(plan.high, rest);
  SmallVector<Value> whole = loop(plan.middle, last, initial, noMask);
  return loop(last, plan.high, whole, [&](Value) { return maskBelow(rest, plan.narrow); });
}

void VectorBuilder::forLanes(const LanePlan &plan, function_ref<void(LaneIndex)> body) {
  auto step = [&](LaneIndex at, ValueRange) {
    body(at);
    return SmallVector<Value>();
  };
  wideLoop(plan, {}, step);
  narrowLoop(plan, {}, step);
}

//===-- Sums --------------------------------------------------------------------------------===//

Type VectorBuilder::accumulatorType(Type element) {
  return isNarrowFloat(element) ? Float32Type::get(element.getContext()) : element;
}

Value VectorBuilder::rounded(Value value, Type element) {
  return isNarrowFloat(element) ? roundToNarrow(builder, location, value, element) : value;
}

Value VectorBuilder::foldLanes(Value sum, int64_t count) {
  while (auto vector = dyn_cast<VectorType>(sum.getType())) {
    int64_t half = vector.getDimSize(0) / 2;
    if (half < count)
      return sum;
    sum = addValues(slice(sum, 0, half), slice(sum, half, half));
  }
  return sum;
}

Value VectorBuilder::sumsOfLanes(ArrayRef<Value> vectors) {
  SmallVector<Value> sums(vectors);
  // Lane l of a sum belongs to the vector that has the low bits of l, so far as they are done.
  for (size_t distance = 1; distance < vectors.size(); distance *= 2)
    for (size_t i = 0; i < vectors.size(); i += 2 * distance) {
      auto [low, high] = interleave(sums[i], sums[i + distance], distance);
      sums[i] = addValues(low, high);
    }
  return foldLanes(sums[0], vectors.size());
}

Value VectorBuilder::addValues(Value a, Value b) {
  if (isa<FloatType>(getElementTypeOrSelf(a.getType())))
    return arith::AddFOp::create(builder, location, a, b);
  return arith::AddIOp::create(builder, location, a, b);
}

std::pair<Value, Value> VectorBuilder::addExactly(Value a, Value b) {
  auto add = [&](Value a, Value b) -> Value {
    return arith::AddFOp::create(builder, location, a, b);
  };
  auto sub = [&](Value a, Value b) -> Value {
    return arith::SubFOp::create(builder, location, a, b);
  };
  Value sum = add(a, b), added = sub(sum, a);
  return {sum, add(sub(a, sub(sum, added)), sub(b, added))};
}

std::pair<Value, Value> VectorBuilder::addKeepingError(Value sum, Value error, Value x) {
  // Where a sum is infinite, the differences are not numbers.
  auto ifNumber = [&](Value x) -> Value {
    Value isNumber = arith::CmpFOp::create(builder, location, arith::CmpFPredicate::OEQ, x, x);
    Value zero = constant(cast<TypedAttr>(builder.getZeroAttr(x.getType())));
    return arith::SelectOp::create(builder, location, isNumber, x, zero);
  };
  auto [next, lostNow] = addExactly(sum, x);
  Value lost = arith::AddFOp::create(builder, location, error, ifNumber(lostNow));
  // Errors that go one way may grow: what counts moves to the sum.
  Value settled = arith::AddFOp::create(builder, location, next, lost);
  Value moved = arith::SubFOp::create(builder, location, settled, next);
  return {settled, ifNumber(arith::SubFOp::create(builder, location, lost, moved))};
}

SmallVector<Value> VectorBuilder::addBlocks(Value low, Value high, int64_t block, ValueRange totals,
                                            BlockSums sums) {
  auto known = getConstantIntValue(sub(high, low));
  bool areWhole = known && *known % block == 0;
  return forLoop(low, high, block, totals, [&](Value at, ValueRange totals) {
    Value end = add(at, block);
    SmallVector<Value> next(totals), parts = sums(at, areWhole ? end : min(end, high), totals);
    for (size_t i = 0; i < parts.size(); ++i) {
      size_t error = parts.size() + i;
      if (error < totals.size())
        std::tie(next[i], next[error]) = addKeepingError(totals[i], totals[error], parts[i]);
      else
        next[i] = addValues(totals[i], parts[i]);
    }
    return next;
  });
}

Value VectorBuilder::sumInBlocks(Value low, Value high, Value initial, LoopBody body) {
  auto element = dyn_cast<FloatType>(getElementTypeOrSelf(initial.getType()));
  auto known = getConstantIntValue(sub(high, low));
  if (!element || (known && *known <= kChain))
    return forLoop(low, high, 1, initial, body)[0];
  auto number = [&](double value) {
    Value scalar = constant(FloatAttr::get(element, value));
    return isa<VectorType>(initial.getType()) ? splat(scalar) : scalar;
  };
  // A sum of nothing, which leaves -0 what it is.
  Value nothing = number(-0.0);
  return addBlocks(low, high, kChain, {initial, number(0)}, [&](Value low, Value high, ValueRange) {
    return forLoop(low, high, 1, nothing, body);
  })[0];
}

Value VectorBuilder::multiplyAdd(Value a, Value b, Value sum) {
  if (!isa<FloatType>(getElementTypeOrSelf(sum.getType())))
    return arith::AddIOp::create(builder, location, sum,
                                 arith::MulIOp::create(builder, location, a, b));
  auto contract =
      arith::FastMathFlagsAttr::get(builder.getContext(), arith::FastMathFlags::contract);
  Value product = arith::MulFOp::create(builder, location, a, b, contract);
  return arith::AddFOp::create(builder, location, product, sum, contract);
}

} // namespace mlc
