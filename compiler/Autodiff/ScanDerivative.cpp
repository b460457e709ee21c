#include "compiler/Autodiff/BodyDerivatives.h"
#include "compiler/Autodiff/Derivatives.h"
#include "compiler/Autodiff/StackedProducts.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace mlc {

namespace {
/// The dtype in which the contributions of all trips are added up.
Type accumulatorElement(Type element) {
  return element.getIntOrFloatBitWidth() == 16 ? Float32Type::get(element.getContext()) : element;
}

/// The loop with one more stacked result for each of `values`, of its body, in its place.
nn::LoopOpInterface stackAlso(nn::LoopOpInterface loop, ArrayRef<Value> values) {
  OpBuilder before(loop);
  SmallVector<Type> types(loop->getResultTypes());
  for (Value value : values) {
    auto slice = cast<RankedTensorType>(value.getType());
    SmallVector<int64_t> shape{loop.staticTripCount()};
    llvm::append_range(shape, slice.getShape());
    types.push_back(slice.clone(shape));
  }
  auto larger =
      cast<nn::LoopOpInterface>(loop.rebuild(before, types, loop.getInits(), loop.getStacks()));
  for (auto [from, to] : llvm::zip_equal(loop->getRegions(), larger->getRegions()))
    to.takeBody(from);
  nn::yieldOf(larger.getBody()).getValuesMutable().append(values);
  loop->replaceAllUsesWith(larger->getResults().take_front(loop->getNumResults()));
  loop->erase();
  return larger;
}

class LoopReverser {
public:
  LoopReverser(OpBuilder &builder, nn::LoopOpInterface loop, ArrayRef<Value> cotangents,
               const DenseSet<Value> &varied, StringRef functionName)
      : builder(builder), loop(loop), location(loop.getLoc()), cotangents(cotangents),
        varied(varied), functionName(functionName) {}

  FailureOr<BodyDerivative> run() {
    if (failed(checkBound()))
      return failure();
    countTrips();
    findActive();
    stackResiduals();
    Block *block = startBackward();
    if (failed(fillBackward(*block)))
      return failure();
    BodyDerivative derivative{loop, contributions()};
    eraseDeadOps(*block); // products that contributions() has built over all trips, among them
    return derivative;
  }

private:
  Block &body() { return loop.getBody().front(); }
  nn::YieldOp yieldOfBody() { return nn::yieldOf(loop.getBody()); }
  size_t carriedCount() { return loop.getInits().size(); }
  LogicalResult checkBound() {
    if (!loop.getConditionBody() || loop.getTrips() || loop.getCountAttr())
      return success();
    InFlightDiagnostic diagnostic = loop->emitError("no derivative for ")
                                    << loop->getName() << " without a largest number of trips";
    diagnostic.attachNote() << "the carried values of every trip must be kept: say how many trips "
                               "there are at most, as in `max_trips = 100`";
    diagnostic.attachNote()
        << "apply nn.stop_gradient to its operands if no gradient should flow through it";
    return diagnostic;
  }

  /// Where a condition ends the loop, one more value that is carried tells how many trips there
  /// were.
  void countTrips() {
    if (!loop.getConditionBody())
      return;
    nn::NumberedLoop numbered = loop.numberTrips();
    loop = cast<nn::LoopOpInterface>(numbered.loop);
    count = cast<OpResult>(numbered.count).getResultNumber();
    ofResults.assign(cotangents.begin(), cotangents.end());
    ofResults.insert(ofResults.begin() + *count, Value());
    cotangents = ofResults;
  }
  /// How many trips there were; null: all that are said.
  Value limit() { return count ? Value(loop->getResult(*count)) : loop.getLimit(); }

  nn::TensorExpr zeros(OpBuilder &at, Value like) {
    return nn::zeroLike(nn::TensorExpr(at, location, like));
  }

  /// Which carried values, slices and captures vary. A carried value may come to vary in any trip
  /// through any other.
  void findActive() {
    DenseSet<Value> inside;
    llvm::SetVector<Value> above;
    getUsedValuesDefinedAbove(loop.getBody(), above);
    for (Value value : above)
      if (varied.contains(value)) {
        captures.push_back(value);
        inside.insert(value);
      }
    SmallVector<Value> operands(loop.getInits());
    llvm::append_range(operands, loop.getStacks());
    for (auto [argument, operand] : llvm::zip_equal(body().getArguments(), operands))
      if (varied.contains(operand))
        inside.insert(argument);
    for (size_t before = 0; before != inside.size();) {
      before = inside.size();
      for (Operation &op : body())
        markVaried(&op, inside);
      for (auto [argument, next] : llvm::zip(body().getArguments(), yieldOfBody().getValues()))
        if (argument.getArgNumber() < carriedCount() && inside.contains(next))
          inside.insert(argument);
    }
    for (BlockArgument argument : body().getArguments())
      if (inside.contains(argument))
        (argument.getArgNumber() < carriedCount() ? carried : slices)
            .push_back(argument.getArgNumber());
  }

  /// The forward loop stacks every carried value as it is at the start of the trip.
  void stackResiduals() {
    firstResidual = loop->getNumResults();
    loop = stackAlso(loop, SmallVector<Value>(body().getArguments().take_front(carriedCount())));
  }

  /// What the body computes and stacks anyway is read, not computed again.
  bool isKept(size_t result) {
    Value value = yieldOfBody().getValues()[result];
    return result >= carriedCount() && value.getDefiningOp() && value.getParentBlock() == &body();
  }

  /// The backward scan with an empty body.
  Block *startBackward() {
    SmallVector<Value> inits, stacks;
    for (unsigned number : carried)
      inits.push_back(cotangents[number] ? cotangents[number]
                                         : zeros(builder, loop.getInits()[number]).value());
    for (Value capture : captures) {
      nn::TensorExpr zero = zeros(builder, capture);
      inits.push_back(nn::cast(zero, accumulatorElement(zero.element())).value());
    }
    llvm::append_range(stacks, loop->getResults().drop_front(firstResidual));
    llvm::append_range(stacks, loop.getStacks());
    for (size_t number = carriedCount(); number < firstResidual; ++number)
      if (cotangents[number])
        stacks.push_back(cotangents[number]);
    for (size_t number = carriedCount(); number < firstResidual; ++number)
      if (isKept(number))
        stacks.push_back(loop->getResult(number));
    SmallVector<Type> types(ValueRange(inits).getTypes());
    for (unsigned number : slices)
      types.push_back(loop.getStacks()[number - carriedCount()].getType());
    backward = nn::ScanOp::create(builder, location, types, inits, stacks, loop.getTrips(), limit(),
                                  loop.getCountAttr(),
                                  loop.getReverse() ? UnitAttr() : builder.getUnitAttr());
    Block *block = &backward.getBody().emplaceBlock();
    for (Value init : inits)
      block->addArgument(init.getType(), location);
    for (Value stack : stacks) {
      auto type = cast<RankedTensorType>(stack.getType());
      block->addArgument(type.clone(type.getShape().drop_front()), location);
    }
    return block;
  }

  /// One trip backwards: the forward trip again, then from the cotangents of what it yields to
  /// those of what it gets.
  LogicalResult fillBackward(Block &block) {
    size_t flowing = carried.size() + captures.size();
    ArrayRef<BlockArgument> arguments = block.getArguments();
    ArrayRef<BlockArgument> again = arguments.slice(flowing, body().getNumArguments());
    ArrayRef<BlockArgument> given = arguments.drop_front(flowing + again.size());
    OpBuilder inside = OpBuilder::atBlockBegin(&block);
    SmallVector<Value> outputs = repeatForward(inside, again), ofOutputs(firstResidual);
    for (auto [position, number] : llvm::enumerate(carried))
      ofOutputs[number] = arguments[position];
    for (size_t number = carriedCount(); number < firstResidual; ++number)
      if (cotangents[number]) {
        ofOutputs[number] = given.front();
        given = given.drop_front();
      }
    auto yield = nn::YieldOp::create(inside, location, outputs);
    SmallVector<Value> inputs;
    for (unsigned number : carried)
      inputs.push_back(again[number]);
    llvm::append_range(inputs, captures);
    for (unsigned number : slices)
      inputs.push_back(again[number]);
    FailureOr<SmallVector<Value>> flow = buildVjp(block, functionName, ofOutputs, inputs);
    if (failed(flow))
      return failure();
    readKept(yield, given, *flow);
    inside.setInsertionPoint(yield);
    for (auto [value, input] : llvm::zip_equal(*flow, inputs))
      if (!value && !llvm::is_contained(captures, input))
        value = zeros(inside, input).value();
    products = StackedProducts(block, flowing, ArrayRef(*flow).drop_front(flowing));
    for (size_t position = carried.size(); position < flowing; ++position) {
      Value &value = (*flow)[position], rest = value;
      if (!limit()) // beyond which a stack may hold anything
        rest = products.take(inside, position, value);
      hasSum.push_back(rest || !value);
      value = addTo(inside, arguments[position], rest);
    }
    yield.getValuesMutable().assign(*flow);
    if (SmallVector<Value> factors = products.unstacked(); !factors.empty())
      backward = cast<nn::ScanOp>(stackAlso(backward, factors).getOperation());
    return success();
  }

  /// The ops of the body on `arguments`; what it yields.
  SmallVector<Value> repeatForward(OpBuilder &inside, ValueRange arguments) {
    IRMapping mapping;
    mapping.map(body().getArguments(), arguments);
    for (Operation &op : body().without_terminator())
      if (op.getNumResults()) // checks held before
        inside.clone(op, mapping);
    return llvm::map_to_vector(yieldOfBody().getValues().take_front(firstResidual),
                               [&](Value value) { return mapping.lookupOrDefault(value); });
  }

  /// Puts slices of what the forward loop stacked in the place of what the body computes again;
  /// after the derivative was built, of that which computes it. `yield` still has the forward
  /// values, by the ops that composites have become.
  void readKept(nn::YieldOp yield, ArrayRef<BlockArgument> slice, MutableArrayRef<Value> flow) {
    for (size_t number = carriedCount(); number < firstResidual; ++number) {
      if (!isKept(number))
        continue;
      Value again = yield.getValues()[number], stacked = slice.front();
      slice = slice.drop_front();
      if (again.getParentBlock() != yield->getBlock()) // a composite that is its operand
        continue;
      again.replaceAllUsesWith(stacked);
      std::replace(flow.begin(), flow.end(), again, stacked);
    }
  }

  Value addTo(OpBuilder &inside, Value sum, Value contribution) {
    if (!contribution)
      return sum;
    nn::TensorExpr total(inside, location, sum), part(inside, location, contribution);
    return (total + nn::cast(part, total.element())).value();
  }

  SmallVector<std::pair<Value, Value>> contributions() {
    SmallVector<std::pair<Value, Value>> flow;
    for (auto [position, number] : llvm::enumerate(carried))
      flow.push_back({loop.getInits()[number], backward.getResult(position)});
    for (auto [number, capture] : llvm::enumerate(captures)) {
      size_t position = carried.size() + number;
      nn::TensorExpr sum(builder, location, backward.getResult(position));
      if (hasSum[number])
        flow.push_back({capture, nn::cast(sum, getElementTypeOrSelf(capture.getType())).value()});
      for (Value product : products.build(builder, backward, position))
        flow.push_back({capture, product});
    }
    size_t first = carried.size() + captures.size();
    for (auto [position, number] : llvm::enumerate(slices))
      flow.push_back(
          {loop.getStacks()[number - carriedCount()], backward.getResult(first + position)});
    llvm::erase_if(flow, [&](auto &pair) { return !varied.contains(pair.first); });
    return flow;
  }

  OpBuilder &builder;
  nn::LoopOpInterface loop;
  nn::ScanOp backward;
  std::optional<unsigned> count; ///< the result that counts the trips
  Location location;
  ArrayRef<Value> cotangents;
  const DenseSet<Value> &varied;
  StringRef functionName;
  SmallVector<Value> ofResults;          ///< the cotangents, with one of the count
  SmallVector<Value> captures;           ///< values above the body that vary
  SmallVector<unsigned> carried, slices; ///< arguments of the body that vary
  size_t firstResidual = 0;              ///< among the results of the forward loop
  StackedProducts products;
  SmallVector<bool> hasSum; ///< by capture: whether trips add to a carried sum
};
} // namespace

FailureOr<BodyDerivative> differentiateLoop(OpBuilder &builder, nn::LoopOpInterface loop,
                                            ArrayRef<Value> cotangents,
                                            const DenseSet<Value> &varied, StringRef functionName) {
  return LoopReverser(builder, loop, cotangents, varied, functionName).run();
}

} // namespace mlc
