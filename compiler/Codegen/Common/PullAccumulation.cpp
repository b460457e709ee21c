// Contractions, running sums and scatters at one position: loops that accumulate.
#include "compiler/Codegen/Common/PullEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

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

std::pair<Value, Value> PullEmitter::addKeepingError(Value sum, Value error, Value x) {
  auto add = [&](Value a, Value b) -> Value {
    return arith::AddFOp::create(builder, location, a, b);
  };
  auto sub = [&](Value a, Value b) -> Value {
    return arith::SubFOp::create(builder, location, a, b);
  };
  // Where a sum is infinite, the differences are not numbers.
  auto ifNumber = [&](Value x) -> Value {
    Value isNumber = arith::CmpFOp::create(builder, location, arith::CmpFPredicate::OEQ, x, x);
    Value zero = constant(cast<TypedAttr>(builder.getZeroAttr(x.getType())));
    return arith::SelectOp::create(builder, location, isNumber, x, zero);
  };
  Value next = add(sum, x), added = sub(next, sum);
  Value lost = add(error, ifNumber(add(sub(sum, sub(next, added)), sub(x, added))));
  // Errors that go one way may grow: what counts moves to the sum.
  Value settled = add(next, lost);
  return {settled, ifNumber(sub(lost, sub(settled, next)))};
}

Value PullEmitter::emitContract(nn::ContractOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = coordinates(op, position);
  SmallVector<LaneIndex, 4> lhs(cast<RankedTensorType>(op.getLhs().getType()).getRank(),
                                uniform(0));
  SmallVector<LaneIndex, 4> rhs(cast<RankedTensorType>(op.getRhs().getType()).getRank(),
                                uniform(0));
  size_t next = 0;
  for (auto [left, right] : llvm::zip(op.getLhsBatch(), op.getRhsBatch()))
    lhs[left] = rhs[right] = coords[next++];
  for (int64_t dim : op.lhsFreeDims())
    lhs[dim] = coords[next++];
  for (int64_t dim : op.rhsFreeDims())
    rhs[dim] = coords[next++];
  Type element = getElementTypeOrSelf(op.getType()), type = accumulatorType(element);
  bool hasLanes = position.hasLanes();
  auto product = [&](Value sum) {
    auto operand = [&](Value tensor, ArrayRef<LaneIndex> at) {
      Value value = emit(tensor, Position::at(at));
      return isa<VectorType>(sum.getType()) ? splat(value) : value;
    };
    Value next = multiplyAdd(operand(op.getLhs(), lhs), operand(op.getRhs(), rhs), sum);
    if (!hasLanes && mask() && isa<VectorType>(sum.getType())) // lanes along the depth
      next = arith::SelectOp::create(builder, location, mask(), next, sum);
    return next;
  };
  ArrayRef<int64_t> lhsDims = op.getLhsContract(), rhsDims = op.getRhsContract();
  Value zero = constant(cast<TypedAttr>(builder.getZeroAttr(type)));
  // A lone result takes its vectors along the innermost contracted dimension.
  bool isDot = !hasLanes && laneOptions.bytes > 0 && !lhsDims.empty();
  LanePlan plan;
  SmallVector<Value> sums = {hasLanes ? splat(zero) : zero};
  if (isDot) {
    Value length = size(op.getLhs(), lhsDims.back());
    plan = planLanes(constantIndex(0), length, std::max(32u, type.getIntOrFloatBitWidth()),
                     preferredUnroll({op.getLhs(), op.getRhs()}));
    sums.clear();
    for (unsigned lanes : {plan.wide, plan.narrow})
      withLanes(std::max(lanes, 1u), {}, [&] { sums.push_back(splat(zero)); });
  }
  std::function<SmallVector<Value>(size_t, ValueRange)> loop =
      [&](size_t number, ValueRange carried) -> SmallVector<Value> {
    if (number == lhsDims.size())
      return {product(carried[0])};
    int64_t left = lhsDims[number], right = rhsDims[number];
    auto body = [&](LaneIndex at, ValueRange values) {
      lhs[left] = rhs[right] = at;
      return SmallVector<Value>{product(values[0])};
    };
    if (isDot && number + 1 == lhsDims.size()) {
      SmallVector<Value> result = wideLoop(plan, carried[0], body);
      result.push_back(narrowLoop(plan, carried[1], body)[0]);
      return result;
    }
    return forLoop(constantIndex(0), size(op.getLhs(), left), 1, carried,
                   [&](Value at, ValueRange values) {
                     lhs[left] = rhs[right] = uniform(at);
                     return loop(number + 1, values);
                   });
  };
  sums = loop(0, sums);
  if (!isDot)
    return rounded(sums[0], element);
  return rounded(combine(nn::Reduction::sum, sumOfLanes(sums[0]), sumOfLanes(sums[1])), element);
}

/// Adds up what comes before, for every position anew; the schedule of a whole running sum does not
/// come here.
Value PullEmitter::emitCumSum(nn::CumSumOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = coordinates(op, position);
  LaneIndex at = coords[op.getDim()];
  Type element = getElementTypeOrSelf(op.getType()), type = accumulatorType(element);
  bool hasLanes = position.hasLanes();
  Value zero = constant(cast<TypedAttr>(builder.getZeroAttr(type)));
  Value length = size(op, op.getDim());
  // With lanes along the dimension every lane stops elsewhere: all run to the end and take what
  // counts for them.
  bool isUniform = at.isUniform();
  Value low = constantIndex(0), high = length;
  if (isUniform) {
    Value here = op.getExclusive() ? at.base : add(at.base, 1);
    if (op.getReverse())
      low = op.getExclusive() ? add(at.base, 1) : at.base;
    else
      high = here;
  }
  Value sum = forLoop(
      low, high, 1, ValueRange{hasLanes ? splat(zero) : zero}, [&](Value step, ValueRange carried) {
        Value other = op.getReverse() ? sub(sub(add(low, high), step), constantIndex(1)) : step;
        coords[op.getDim()] = uniform(other);
        Value x = emit(op.getX(), Position::at(coords));
        Value next = combine(nn::Reduction::sum, carried[0], hasLanes ? splat(x) : x);
        if (!isUniform) {
          CmpIPredicate before =
              op.getReverse() ? (op.getExclusive() ? CmpIPredicate::sgt : CmpIPredicate::sge)
                              : (op.getExclusive() ? CmpIPredicate::slt : CmpIPredicate::sle);
          Value counts = compare(before, uniform(other), at);
          next = arith::SelectOp::create(builder, location, counts, next, carried[0]);
        }
        return SmallVector<Value>{next};
      })[0];
  return rounded(sum, element);
}

/// Looks through all updates for those of this position, in their order.
Value PullEmitter::emitScatter(nn::ScatterOp op, const Position &position) {
  SmallVector<LaneIndex, 4> coords = coordinates(op, position), indexCoords, source;
  int64_t axis = op.getAxis(), batch = op.getBatchDims();
  int64_t indexDims = cast<RankedTensorType>(op.getIndices().getType()).getRank() - batch;
  ArrayRef<LaneIndex> all(coords);
  llvm::append_range(indexCoords, all.take_front(batch));
  indexCoords.append(indexDims, uniform(0));
  Type element = getElementTypeOrSelf(op.getType());
  bool hasLanes = position.hasLanes();
  auto accumulated = [&](Value tensor, const Position &at) {
    Value x = emit(tensor, at);
    return hasLanes ? splat(x) : x;
  };
  std::function<Value(int64_t, Value)> loop = [&](int64_t number, Value carried) -> Value {
    if (number < indexDims)
      return forLoop(constantIndex(0), size(op.getIndices(), batch + number), 1,
                     ValueRange{carried}, [&](Value at, ValueRange values) {
                       indexCoords[batch + number] = uniform(at);
                       return SmallVector<Value>{loop(number + 1, values[0])};
                     })[0];
    LaneIndex target = indexFrom(emit(op.getIndices(), Position::at(indexCoords)));
    source.assign(all.begin(), all.begin() + axis);
    llvm::append_range(source, ArrayRef<LaneIndex>(indexCoords).drop_front(batch));
    llvm::append_range(source, all.drop_front(axis + 1));
    Value update = accumulated(op.getUpdates(), Position::at(source));
    Value next = update;
    if (op.getKind() != nn::ScatterKind::set)
      next = combine(op.getKind() == nn::ScatterKind::add ? nn::Reduction::sum : nn::Reduction::max,
                     carried, update);
    Value isHere = compare(CmpIPredicate::eq, target, all[axis]);
    return arith::SelectOp::create(builder, location, isHere, next, carried);
  };
  Value result = loop(0, accumulated(op.getX(), Position::at(coords)));
  return rounded(result, element);
}

} // namespace mlc
