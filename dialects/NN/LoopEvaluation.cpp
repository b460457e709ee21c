#include "dialects/NN/LoopEvaluation.h"
#include "dialects/NN/ControlFlow.h"
#include "dialects/NN/Evaluator.h"

using namespace mlir;

namespace mlc::nn {

using Tensors = EvaluatedLoop::Tensors;

/// Zeros of a stack's slice: what a body gets that runs for the sizes of what it yields.
static Tensor emptySlice(const Tensor &stack) {
  return Tensor(RankedTensorType::get(ArrayRef<int64_t>(stack.shape).drop_front(), stack.element),
                Scalar::of(0.0, stack.element));
}

/// Slice `number` of a stack.
static Tensor sliceOf(const Tensor &stack, int64_t number) {
  Tensor slice = emptySlice(stack);
  llvm::copy(ArrayRef(stack.data).slice(number * slice.size(), slice.size()), slice.data.begin());
  return slice;
}

namespace {
class LoopEvaluator {
public:
  explicit LoopEvaluator(const EvaluatedLoop &loop)
      : loop(loop), carried(loop.inits), stackCount(loop.op->getNumResults() - loop.inits.size()) {}

  FailureOr<Tensors> run() {
    if (failed(checkTrips()))
      return failure();
    constexpr int64_t kMostTrips = int64_t(1) << 24;
    for (int64_t trip = 0; !count || trip < *count; ++trip) {
      if (trip == kMostTrips)
        return loop.op->emitError("not supported yet: evaluation of loops of more than 2^24 trips");
      FailureOr<bool> goesOn = test();
      if (failed(goesOn))
        return failure();
      if (!*goesOn)
        break;
      if (failed(runTrip(loop.isReverse ? *count - 1 - trip : trip)))
        return failure();
    }
    if (failed(makeEmptyStacks()))
      return failure();
    llvm::append_range(carried, stacked);
    return carried;
  }

private:
  LogicalResult checkTrips() {
    if (loop.trips && *loop.trips < 0)
      return loop.op->emitOpError("expects at least 0 trips, but got ") << *loop.trips;
    for (const Tensor &stack : loop.stacks)
      if (stack.shape[0] != *loop.trips)
        return loop.op->emitOpError("expects as many slices as trips, which are ")
               << *loop.trips << ", but got " << typeOf(stack);
    count = loop.trips;
    if (loop.limit)
      count = std::clamp<int64_t>(*loop.limit, 0, *loop.trips);
    return success();
  }

  FailureOr<bool> test() {
    if (!loop.condition)
      return true;
    FailureOr<Tensors> yielded = loop.condition(carried);
    if (failed(yielded))
      return failure();
    return yielded->front().toInteger() != 0;
  }

  LogicalResult runTrip(int64_t number) {
    Tensors arguments(carried);
    for (const Tensor &stack : loop.stacks)
      arguments.push_back(sliceOf(stack, number));
    FailureOr<Tensors> yielded = loop.body(arguments);
    if (failed(yielded) || failed(makeStacks(*yielded)))
      return failure();
    for (auto [before, after] : llvm::zip(carried, *yielded)) {
      if (before.shape != after.shape)
        return loop.op->emitOpError("expects carried values of one shape, but at run time got ")
               << typeOf(before) << " and " << typeOf(after);
      before = after;
    }
    for (auto [stack, slice] : llvm::zip(stacked, ArrayRef(*yielded).drop_front(carried.size())))
      llvm::copy(slice.data, stack.data.begin() + number * slice.size());
    return success();
  }

  /// Zeros, for all trips that may be, once the sizes of the slices are known.
  LogicalResult makeStacks(ArrayRef<Tensor> yielded) {
    for (const Tensor &slice : yielded.drop_front(carried.size() + stacked.size())) {
      SmallVector<int64_t> shape{*loop.trips};
      llvm::append_range(shape, slice.shape);
      auto type = RankedTensorType::get(shape, slice.element);
      if (failed(checkEvaluable(loop.op->getLoc(), type)))
        return failure();
      stacked.push_back(Tensor(type, Scalar::of(0.0, slice.element)));
    }
    return success();
  }

  /// Where there was no trip: the sizes are those of the types, or of what the body yields for
  /// zeros.
  LogicalResult makeEmptyStacks() {
    if (stacked.size() == stackCount)
      return success();
    Tensors slices(carried);
    for (Type type : TypeRange(loop.op->getResultTypes()).drop_front(carried.size())) {
      auto stack = cast<RankedTensorType>(type);
      ArrayRef<int64_t> shape = stack.getShape().drop_front();
      if (llvm::any_of(shape, ShapedType::isDynamic))
        return runForSizes();
      slices.push_back(Tensor(RankedTensorType::get(shape, stack.getElementType())));
    }
    return makeStacks(slices);
  }
  LogicalResult runForSizes() {
    Tensors arguments(carried);
    llvm::append_range(arguments, llvm::map_range(loop.stacks, emptySlice));
    FailureOr<Tensors> yielded = loop.body(arguments);
    return failure(failed(yielded) || failed(makeStacks(*yielded)));
  }

  const EvaluatedLoop &loop;
  Tensors carried, stacked;
  size_t stackCount;
  std::optional<int64_t> count; ///< of trips, if no condition ends the loop
};
} // namespace

FailureOr<Tensors> evaluateLoop(const EvaluatedLoop &loop) { return LoopEvaluator(loop).run(); }

FailureOr<Tensors> ScanOp::evaluateRuns(ArrayRef<Tensor> operands, Runner &runner) {
  size_t carriedCount = getInits().size(), stackCount = getStacks().size();
  EvaluatedLoop loop(*this);
  loop.inits = operands.take_front(carriedCount);
  loop.stacks = operands.slice(carriedCount, stackCount);
  operands = operands.drop_front(carriedCount + stackCount);
  loop.trips = getCount()   ? static_cast<int64_t>(*getCount())
               : getTrips() ? operands.front().toInteger()
                            : loop.stacks.front().shape[0];
  if (getLimit())
    loop.limit = operands.back().toInteger();
  loop.isReverse = getReverse();
  auto body = [&](ArrayRef<Tensor> arguments) { return runner.run(getBody(), arguments); };
  loop.body = body;
  return evaluateLoop(loop);
}

FailureOr<Tensors> WhileOp::evaluateRuns(ArrayRef<Tensor> operands, Runner &runner) {
  EvaluatedLoop loop(*this);
  loop.inits = operands.take_front(getInits().size());
  if (getCount())
    loop.trips = *getCount();
  else if (getTrips())
    loop.trips = operands.back().toInteger();
  auto body = [&](ArrayRef<Tensor> arguments) { return runner.run(getBody(), arguments); };
  auto condition = [&](ArrayRef<Tensor> carried) { return runner.run(getCondition(), carried); };
  loop.body = body;
  loop.condition = condition;
  return evaluateLoop(loop);
}

} // namespace mlc::nn
