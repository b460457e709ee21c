// Recipes of ops with bodies, in each other to some depth.
#include "dialects/NN/ControlFlow.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "test/fuzz/Generator.h"

using namespace mlir;
using namespace mlc::nn;

namespace mlc::fuzz {

/// What goes from trip to trip stays within these bounds.
static constexpr double kCarriedBound = 2.0;

static SmallVector<Value> valuesOf(ArrayRef<Term> terms) {
  return llvm::map_to_vector(terms, [](const Term &term) { return term.value; });
}

/// Adds a body to `state`: arguments like `terms`, of these types, and what `fill` makes of them,
/// which is yielded.
using Fill = llvm::function_ref<SmallVector<Term>(ArrayRef<Term>)>;
static void addBody(Generator &g, OperationState &state, ArrayRef<Term> terms, TypeRange types,
                    Fill fill) {
  OpBuilder::InsertionGuard guard(g.builder);
  size_t above = g.pool.size();
  Block *block = g.builder.createBlock(state.addRegion());
  SmallVector<Term> arguments(terms);
  for (auto [term, type] : llvm::zip_equal(arguments, types)) {
    term.value = block->addArgument(type, g.location);
    g.push(term);
  }
  ++g.depth;
  YieldOp::create(g.builder, g.location, valuesOf(fill(arguments)));
  --g.depth;
  g.pool.resize(above);
}

/// A value like `like` that the body being built computes, or one from above.
static Term yielded(Generator &g, const Term &like) {
  Block *block = g.builder.getInsertionBlock();
  auto found = g.pick([&](const Term &term) {
    return term.element() == like.element() && term.dims == like.dims &&
           term.coarse <= like.coarse && Value(term.value).getParentBlock() == block;
  });
  Term term = found ? *found : g.matching(like);
  return g.bounded(term, kCarriedBound);
}

//===- Loops ------------------------------------------------------------------===//

namespace {
/// What a loop is made of.
struct Loop {
  SmallVector<Term> inits;
  std::optional<Term> stack; ///< what is read by slices
  int64_t trips = 0;         ///< the most
  SmallVector<Term> slices;  ///< what is stacked
};
} // namespace

/// Floats that a loop can carry.
static SmallVector<Term> chooseCarried(Generator &g) {
  SmallVector<Term> inits;
  for (int64_t i = g.random.between(1, 2); i > 0; --i)
    if (auto x = g.pick([](const Term &term) { return term.isFloat(); })) {
      Term init = g.bounded(*x, kCarriedBound);
      init.low = -kCarriedBound, init.high = kCarriedBound;
      inits.push_back(init);
    }
  return inits;
}

static Dims stackedDims(const Term &slice, int64_t trips) {
  Dims dims = {trips};
  llvm::append_range(dims, slice.dims);
  return dims;
}

/// A trip: what is carried on, and perhaps something that is stacked.
static SmallVector<Term> fillTrip(Generator &g, Loop &loop, bool mayStack) {
  g.addOps(g.random.between(1, 5));
  SmallVector<Term> results =
      llvm::map_to_vector(loop.inits, [&](const Term &init) { return yielded(g, init); });
  auto isSmall = [&](const Term &term) { return g.fits(stackedDims(term, loop.trips)); };
  if (auto slice = g.pick(isSmall); slice && mayStack && g.random.chance(0.6))
    loop.slices.push_back(*slice);
  return results;
}

/// The results of a loop become terms: carried values, then stacks after the first `skipped`.
static void pushResults(Generator &g, Operation *op, const Loop &loop, bool isStopped = false) {
  for (auto [init, result] : llvm::zip(loop.inits, op->getResults())) {
    Value value = isStopped ? g.create<StopGradientOp>(result) : Value(result);
    g.push({value, init.dims, init.low, init.high, init.coarse});
  }
  for (auto [slice, result] :
       llvm::zip_equal(loop.slices, op->getResults().take_back(loop.slices.size())))
    g.push({result, stackedDims(slice, loop.trips), std::min(slice.low, 0.0),
            std::max(slice.high, 0.0), slice.coarse});
}

static Value counter(Generator &g, int64_t number) {
  auto type = RankedTensorType::get({}, g.builder.getI64Type());
  return g.create<ConstantOp>(DenseElementsAttr::get(type, g.builder.getI64IntegerAttr(number)));
}
/// A rank-0 i64: of the pool, or a constant near the numbers of trips that loops here have.
static Value someCounter(Generator &g) {
  auto found =
      g.pick([](const Term &term) { return term.rank() == 0 && term.element().isInteger(64); });
  return found && g.random.chance(0.5) ? found->value : counter(g, g.random.between(-1, 6));
}

static bool scan(Generator &g) {
  Loop loop{chooseCarried(g), std::nullopt, g.random.below(5), {}};
  loop.stack =
      g.pick([&](const Term &term) { return term.rank() > 0 && g.most(term.dims[0]) <= 33; });
  if (g.depth == Generator::kMostDepth || loop.inits.empty())
    return false;
  if (!loop.stack || g.random.chance(0.3))
    loop.stack.reset();
  else
    loop.trips = loop.stack->dims[0];
  OperationState state(g.location, ScanOp::getOperationName());
  auto &properties = state.getOrAddProperties<ScanOp::Properties>();
  Value limit = g.random.chance(0.3) ? someCounter(g) : Value();
  SmallVector<Term> arguments(loop.inits);
  SmallVector<Value> operands = valuesOf(loop.inits);
  SmallVector<Type> types(ValueRange(operands).getTypes());
  if (loop.stack) {
    Term slice = *loop.stack;
    slice.dims.erase(slice.dims.begin());
    arguments.push_back(slice);
    operands.push_back(loop.stack->value);
    types.push_back(g.typeOf(slice.dims, slice.element()));
  } else {
    properties.count = g.builder.getI64IntegerAttr(loop.trips);
  }
  if (limit)
    operands.push_back(limit);
  if (g.random.chance(0.3))
    properties.reverse = g.builder.getUnitAttr();
  properties.operandSegmentSizes = {static_cast<int32_t>(loop.inits.size()),
                                    static_cast<int32_t>(loop.stack.has_value()), 0,
                                    static_cast<int32_t>(static_cast<bool>(limit))};
  state.addOperands(operands);
  addBody(g, state, arguments, types, [&](ArrayRef<Term>) {
    SmallVector<Term> results = fillTrip(g, loop, /*mayStack=*/true);
    llvm::append_range(results, loop.slices);
    return results;
  });
  state.addTypes(loopResults(state.regions[0]->front().back().getOperands(), types,
                             loop.inits.size(), g.typeOf({loop.trips}, types[0]).getDimSize(0)));
  pushResults(g, g.builder.create(state), loop);
  return true;
}

/// Whether there is one more trip: fewer than `most` were, and perhaps the sum of a carried value
/// is below 3.
static SmallVector<Term> fillCondition(Generator &g, ArrayRef<Term> arguments, Value most) {
  Value goesOn = g.create<CompareOp>(Predicate::lt, arguments.back().value, most);
  const Term &x = arguments.front();
  if (!x.coarse && g.random.chance(0.4)) {
    Term sum{g.create<ReduceOp>(Reduction::sum, x.value,
                                llvm::to_vector(llvm::seq<int64_t>(0, x.rank()))),
             {},
             x.low,
             x.high,
             false};
    Value isSmall = g.create<CompareOp>(Predicate::lt, sum.value, g.splat(sum, 3.0).value);
    goesOn = g.create<AndOp>(goesOn, isSmall);
  }
  return {Term{goesOn, {}, 0.0, 1.0, false}};
}

/// Carries a number after the floats, which counts the trips.
static bool whileLoop(Generator &g) {
  Loop loop{chooseCarried(g), std::nullopt, g.random.below(6), {}};
  if (g.depth == Generator::kMostDepth || loop.inits.empty())
    return false;
  OperationState state(g.location, WhileOp::getOperationName());
  auto &properties = state.getOrAddProperties<WhileOp::Properties>();
  Value most = counter(g, g.random.below(6)), first = counter(g, 0);
  SmallVector<Term> arguments(loop.inits);
  arguments.push_back({first, {}, 0.0, 6.0, false});
  SmallVector<Value> operands = valuesOf(arguments);
  SmallVector<Type> types(ValueRange(operands).getTypes());
  auto stack =
      g.pick([&](const Term &term) { return term.rank() > 0 && g.most(term.dims[0]) <= 9; });
  bool hasBound = g.random.chance(0.85), isSize = hasBound && stack && g.random.chance(0.2);
  if (isSize) {
    loop.trips = stack->dims[0];
    operands.push_back(g.sizeOf(loop.trips));
  } else if (hasBound) {
    properties.count = g.builder.getI64IntegerAttr(loop.trips);
  }
  properties.operandSegmentSizes = {static_cast<int32_t>(arguments.size()), isSize ? 1 : 0};
  state.addOperands(operands);
  addBody(g, state, arguments, types,
          [&](ArrayRef<Term> inside) { return fillCondition(g, inside, most); });
  addBody(g, state, arguments, types, [&](ArrayRef<Term> inside) {
    SmallVector<Term> results = fillTrip(g, loop, /*mayStack=*/hasBound && !isSize);
    Value next = g.create<AddOp>(inside.back().value, counter(g, 1));
    results.push_back({next, {}, 0.0, 6.0, false});
    llvm::append_range(results, loop.slices);
    return results;
  });
  state.addTypes(loopResults(state.regions[1]->front().back().getOperands(), types, types.size(),
                             isSize || !hasBound ? ShapedType::kDynamic : loop.trips));
  // Without a bound it has no derivative.
  pushResults(g, g.builder.create(state), loop, /*isStopped=*/!hasBound);
  return true;
}

//===- Bodies that run once -----------------------------------------------------===//

/// A body that yields values like `likes`.
static void addOnce(Generator &g, OperationState &state, ArrayRef<Term> likes) {
  addBody(g, state, {}, TypeRange(), [&](ArrayRef<Term>) {
    g.addOps(g.random.between(1, 5));
    return llvm::map_to_vector(likes, [&](const Term &like) { return yielded(g, like); });
  });
}

static bool once(Generator &g) {
  SmallVector<Term> likes = chooseCarried(g);
  if (g.depth == Generator::kMostDepth || likes.empty())
    return false;
  bool isBranch = g.random.chance(0.6);
  OperationState state(g.location,
                       isBranch ? IfOp::getOperationName() : CheckpointOp::getOperationName());
  if (isBranch) {
    auto condition = g.pick([](const Term &term) { return term.isBool() && term.rank() == 0; });
    auto x = g.pick([](const Term &term) { return term.isFloat() && !term.coarse; });
    if (!condition && !x)
      return false;
    if (!condition) {
      Term sum = *x;
      sum.value = g.create<ReduceOp>(Reduction::sum, x->value,
                                     llvm::to_vector(llvm::seq<int64_t>(0, x->rank())));
      sum.dims.clear();
      condition = sum;
      condition->value = g.create<CompareOp>(Predicate::gt, sum.value, g.splat(sum, 0.0).value);
    }
    state.addOperands(condition->value);
    addOnce(g, state, likes);
  }
  addOnce(g, state, likes);
  state.addTypes(ValueRange(valuesOf(likes)).getTypes());
  Operation *op = g.builder.create(state);
  for (auto [like, result] : llvm::zip_equal(likes, op->getResults()))
    g.push({result, like.dims, like.low, like.high, like.coarse});
  return true;
}

/// sin(a) * b, with its derivative written out: it uses what it is given alone.
static bool ownDerivative(Generator &g) {
  auto x = g.pick([](const Term &term) { return term.isFloat(); });
  if (!x)
    return false;
  Term y = g.bounded(g.matching(*x), 4.0);
  OperationState state(g.location, CustomVjpOp::getOperationName());
  state.getOrAddProperties<CustomVjpOp::Properties>().saved = g.builder.getI64IntegerAttr(3);
  state.addOperands({x->value, y.value});
  auto make = [&](Value value) { return Term{value, x->dims, 0.0, 0.0, false}; };
  SmallVector<Type> types = {x->value.getType(), x->value.getType()};
  addBody(g, state, {*x, y}, types, [&](ArrayRef<Term> in) -> SmallVector<Term> {
    Value sine = g.create<SinOp>(in[0].value);
    return {make(g.create<MulOp>(sine, in[1].value)), make(sine), in[0], in[1]};
  });
  types.append(2, types[0]);
  addBody(g, state, {*x, *x, *x, y}, types, [&](ArrayRef<Term> in) -> SmallVector<Term> {
    Value slope = g.create<MulOp>(g.create<CosOp>(in[2].value), in[3].value);
    return {make(g.create<MulOp>(in[0].value, slope)),
            make(g.create<MulOp>(in[0].value, in[1].value))};
  });
  state.addTypes(types[0]);
  g.push({g.builder.create(state)->getResult(0), x->dims, -y.magnitude(), y.magnitude(),
          x->coarse || y.coarse});
  return true;
}

ArrayRef<WeightedRecipe> controlRecipes() {
  static const WeightedRecipe recipes[] = {
      {0.8, scan}, {0.6, whileLoop}, {1.0, once}, {0.4, ownDerivative}};
  return recipes;
}

} // namespace mlc::fuzz
