// Contractions at one position: loops along the depth.
#include "compiler/Codegen/Common/Emission.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc {

/// Steps of vectors along the depth in one chain: each lane has few of the products.
constexpr int64_t kMostWideSteps = 2 * PullEmitter::kChain;

namespace {
/// The loops of a contraction at one position of its result, or at several (lanes). A lone result
/// takes its vectors along the innermost contracted dimension: carried are the sums of the wide
/// loop and of the narrow one, else one sum; then, of deep ones, their errors.
class ContractLoop {
public:
  ContractLoop(PullEmitter &emitter, nn::ContractOp op, const Position &position);
  Value run();

private:
  Value product(Value sum);
  Value zeroOf(unsigned lanes);
  bool isDeep();
  Value chain(Value low, Value high, Value sum);
  SmallVector<Value> dots(ValueRange carried);
  SmallVector<Value> loop(size_t number, ValueRange carried);

  PullEmitter &emitter;
  nn::ContractOp op;
  ArrayRef<int64_t> lhsDims, rhsDims; ///< contracted
  SmallVector<LaneIndex, 4> lhs, rhs;
  Type type; ///< of the sums
  bool hasLanes, isDot, keepsErrors;
  PullEmitter::LanePlan plan;
  unsigned totalLanes = 1; ///< to which the sums of a block of the wide loop are folded
};

} // namespace

ContractLoop::ContractLoop(PullEmitter &emitter, nn::ContractOp op, const Position &position)
    : emitter(emitter), op(op), lhsDims(op.getLhsContract()), rhsDims(op.getRhsContract()),
      hasLanes(position.hasLanes()) {
  SmallVector<LaneIndex, 4> coords = emitter.coordinates(op, position);
  auto rank = [](Value tensor) { return cast<RankedTensorType>(tensor.getType()).getRank(); };
  lhs.assign(rank(op.getLhs()), emitter.uniform(0));
  rhs.assign(rank(op.getRhs()), emitter.uniform(0));
  size_t next = 0;
  for (auto [left, right] : llvm::zip(op.getLhsBatch(), op.getRhsBatch()))
    lhs[left] = rhs[right] = coords[next++];
  for (int64_t dim : op.lhsFreeDims())
    lhs[dim] = coords[next++];
  for (int64_t dim : op.rhsFreeDims())
    rhs[dim] = coords[next++];
  type = PullEmitter::accumulatorType(getElementTypeOrSelf(op.getType()));
  isDot = !hasLanes && emitter.laneOptions.bytes > 0 && !lhsDims.empty();
  if (isDot) {
    unsigned bits = std::max(32u, type.getIntOrFloatBitWidth());
    plan = emitter.planLanes(emitter.constantIndex(0), emitter.size(op.getLhs(), lhsDims.back()),
                             bits, emitter.preferredUnroll({op.getLhs(), op.getRhs()}));
    totalLanes = std::min(std::max(plan.wide, 1u), emitter.laneOptions.lanes(bits));
  }
  keepsErrors = isa<FloatType>(type) && isDeep();
}

/// Whether the steps of a sum may be too many for one chain.
bool ContractLoop::isDeep() {
  AffineExpr depth = emitter.shapes.constant(1);
  for (int64_t dim : lhsDims)
    depth = depth * emitter.shapes.size(op.getLhs(), dim);
  auto known = dyn_cast<AffineConstantExpr>(emitter.shapes.simplified(depth));
  int64_t lanes = isDot ? std::max({plan.wide, plan.narrow, 1u}) : 1;
  return !known || known.getValue() > PullEmitter::kChain * lanes;
}

Value ContractLoop::product(Value sum) {
  auto operand = [&](Value tensor, ArrayRef<LaneIndex> at) {
    Value value = emitter.emit(tensor, Position::at(at));
    return isa<VectorType>(sum.getType()) ? emitter.splat(value) : value;
  };
  Value next = emitter.multiplyAdd(operand(op.getLhs(), lhs), operand(op.getRhs(), rhs), sum);
  if (!hasLanes && emitter.mask() && isa<VectorType>(sum.getType())) // lanes along the depth
    next = arith::SelectOp::create(emitter.builder, emitter.location, emitter.mask(), next, sum);
  return next;
}

Value ContractLoop::zeroOf(unsigned lanes) {
  Value zero = emitter.constant(cast<TypedAttr>(emitter.builder.getZeroAttr(type)));
  if (hasLanes)
    return emitter.splat(zero);
  if (lanes > 1)
    emitter.withLanes(lanes, {}, [&] { zero = emitter.splat(zero); });
  return zero;
}

Value ContractLoop::chain(Value low, Value high, Value sum) {
  return emitter.forLoop(low, high, 1, sum, [&](Value at, ValueRange sums) {
    lhs[lhsDims.back()] = rhs[rhsDims.back()] = emitter.uniform(at);
    return SmallVector<Value>{product(sums[0])};
  })[0];
}

/// The innermost loops of a lone result.
SmallVector<Value> ContractLoop::dots(ValueRange carried) {
  auto body = [&](LaneIndex at, ValueRange sums) {
    lhs[lhsDims.back()] = rhs[rhsDims.back()] = at;
    return SmallVector<Value>{product(sums[0])};
  };
  if (!keepsErrors)
    return {emitter.wideLoop(plan, carried[0], body)[0],
            emitter.narrowLoop(plan, carried[1], body)[0]};
  SmallVector<Value> next(carried);
  if (plan.wide) {
    SmallVector<Value> total = emitter.addBlocks(
        plan.low, plan.middle, plan.wide * kMostWideSteps, {next[0], next[2]},
        [&](Value low, Value high, ValueRange) {
          Value sum = emitter.wideLoop({low, high, high, plan.wide, 0}, zeroOf(plan.wide), body)[0];
          return SmallVector<Value>{emitter.foldLanes(sum, totalLanes)};
        });
    next[0] = total[0];
    next[2] = total[1];
  }
  if (plan.narrow) {
    Value rest = emitter.narrowLoop(plan, zeroOf(plan.narrow), body)[0];
    std::tie(next[1], next[3]) = emitter.addKeepingError(next[1], next[3], rest);
  }
  return next;
}

SmallVector<Value> ContractLoop::loop(size_t number, ValueRange carried) {
  if (lhsDims.empty())
    return {product(carried[0])};
  bool isInnermost = number + 1 == lhsDims.size();
  if (isInnermost && isDot)
    return dots(carried);
  Value low = emitter.constantIndex(0), high = emitter.size(op.getLhs(), lhsDims[number]);
  if (isInnermost && keepsErrors)
    return emitter.addBlocks(low, high, PullEmitter::kChain, carried,
                             [&](Value low, Value high, ValueRange) {
                               return SmallVector<Value>{chain(low, high, zeroOf(1))};
                             });
  if (isInnermost)
    return {chain(low, high, carried[0])};
  return emitter.forLoop(low, high, 1, carried, [&](Value at, ValueRange carried) {
    lhs[lhsDims[number]] = rhs[rhsDims[number]] = emitter.uniform(at);
    return loop(number + 1, carried);
  });
}

Value ContractLoop::run() {
  SmallVector<Value> carried = {zeroOf(1)};
  if (isDot)
    carried = {zeroOf(keepsErrors ? totalLanes : plan.wide), zeroOf(plan.narrow)};
  if (keepsErrors)
    carried.append(SmallVector<Value>(carried));
  SmallVector<Value> sums = loop(0, carried);
  if (!isDot)
    return sums[0];
  return emitter.combine(nn::Reduction::sum, emitter.sumOfLanes(sums[0]),
                         emitter.sumOfLanes(sums[1]));
}

static Value emitContract(PullEmitter &emitter, nn::ContractOp op, const Position &position) {
  Value sum = ContractLoop(emitter, op, position).run();
  return emitter.rounded(sum, getElementTypeOrSelf(op.getType()));
}

static const EmissionEntry<nn::ContractOp> kContract(emitContract, {true});

} // namespace mlc
