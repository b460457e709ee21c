// Running sums at one position, and what accumulating loops share.
#include "compiler/Codegen/Common/Emission.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using arith::CmpIPredicate;

namespace mlc {

Value PullEmitter::foldLanes(Value sum, int64_t count) {
  while (auto vector = dyn_cast<VectorType>(sum.getType())) {
    int64_t half = vector.getDimSize(0) / 2;
    if (half < count)
      return sum;
    sum = combine(nn::Reduction::sum, slice(sum, 0, half), slice(sum, half, half));
  }
  return sum;
}

Value PullEmitter::sumsOfLanes(ArrayRef<Value> vectors) {
  SmallVector<Value> sums(vectors);
  // Lane l of a sum belongs to the vector that has the low bits of l, so far as they are done.
  for (size_t distance = 1; distance < vectors.size(); distance *= 2)
    for (size_t i = 0; i < vectors.size(); i += 2 * distance) {
      auto [low, high] = interleave(sums[i], sums[i + distance], distance);
      sums[i] = combine(nn::Reduction::sum, low, high);
    }
  return foldLanes(sums[0], vectors.size());
}

std::pair<Value, Value> PullEmitter::addExactly(Value a, Value b) {
  auto add = [&](Value a, Value b) -> Value {
    return arith::AddFOp::create(builder, location, a, b);
  };
  auto sub = [&](Value a, Value b) -> Value {
    return arith::SubFOp::create(builder, location, a, b);
  };
  Value sum = add(a, b), added = sub(sum, a);
  return {sum, add(sub(a, sub(sum, added)), sub(b, added))};
}

std::pair<Value, Value> PullEmitter::addKeepingError(Value sum, Value error, Value x) {
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

SmallVector<Value> PullEmitter::addBlocks(Value low, Value high, int64_t block, ValueRange totals,
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
        next[i] = combine(nn::Reduction::sum, totals[i], parts[i]);
    }
    return next;
  });
}

Value PullEmitter::sumInBlocks(Value low, Value high, Value initial, LoopBody body) {
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

/// Combines what comes before, for every position anew; the schedule of a whole scan does not
/// come here.
static Value emitScan(PullEmitter &emitter, nn::ScanOpInterface op, const Position &position) {
  Value result = op->getResult(0), operand = op->getOperand(0);
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(result, position);
  LaneIndex at = coords[op.getDim()];
  Type element = getElementTypeOrSelf(result.getType()),
       type = PullEmitter::accumulatorType(element);
  bool hasLanes = position.hasLanes();
  Value first = emitter.constant(emitter.identity(op.getKind(), type));
  Value length = emitter.size(result, op.getDim());
  // With lanes along the dimension every lane stops elsewhere: all run to the end and take what
  // counts for them.
  bool isUniform = at.isUniform();
  Value low = emitter.constantIndex(0), high = length;
  if (isUniform) {
    Value here = op.getExclusive() ? at.base : emitter.add(at.base, 1);
    if (op.getReverse())
      low = op.getExclusive() ? emitter.add(at.base, 1) : at.base;
    else
      high = here;
  }
  auto body = [&](Value step, ValueRange carried) {
    Value other = op.getReverse() ? emitter.sub(emitter.sub(emitter.add(low, high), step),
                                                emitter.constantIndex(1))
                                  : step;
    coords[op.getDim()] = emitter.uniform(other);
    Value x = emitter.emit(operand, Position::at(coords));
    Value next = emitter.combine(op.getKind(), carried[0], hasLanes ? emitter.splat(x) : x);
    if (!isUniform) {
      CmpIPredicate before = op.getReverse()
                                 ? (op.getExclusive() ? CmpIPredicate::sgt : CmpIPredicate::sge)
                                 : (op.getExclusive() ? CmpIPredicate::slt : CmpIPredicate::sle);
      Value counts = emitter.compare(before, emitter.uniform(other), at);
      next = arith::SelectOp::create(emitter.builder, emitter.location, counts, next, carried[0]);
    }
    return SmallVector<Value>{next};
  };
  if (hasLanes)
    first = emitter.splat(first);
  Value last = op.getKind() == nn::Reduction::sum ? emitter.sumInBlocks(low, high, first, body)
                                                  : emitter.forLoop(low, high, 1, first, body)[0];
  return emitter.rounded(last, element);
}

static const EmissionEntry<nn::ScanOpInterface> kScan(emitScan);

} // namespace mlc
