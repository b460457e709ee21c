#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/ControlFlow.h"
#include "dialects/NN/Refusal.h"

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

namespace {
/// Checks the operands of a recurrent layer of `gates` gates.
struct RecurrentChecker {
  std::optional<Location> location;
  int64_t gates;
  RankedTensorType x = nullptr, u = nullptr;
  int64_t units = 0;

  /// Of x, w and u.
  LogicalResult verifyWeights(Value input, Value inputWeights, Value hiddenWeights) {
    FailureOr<RankedTensorType> xType = rankedType(location, input),
                                w = rankedType(location, inputWeights),
                                uType = rankedType(location, hiddenWeights);
    if (failed(xType) || failed(w) || failed(uType))
      return failure();
    x = *xType, u = *uType;
    if (x.getRank() != 3) // lstm_c1, gru_c1
      return refuse(location, "nn.reshape gives a single sequence a batch of 1",
                    "expects x of [time, batch, in], but got ", x);
    if (u.getRank() != 2 || !u.hasStaticShape() ||
        u.getDimSize(1) != gates * u.getDimSize(0)) // lstm_c3, gru_c3
      return refuse(location, "", "expects u of [units, ", gates,
                    " * units], units static, but got ", u);
    units = u.getDimSize(0);
    int64_t in = x.getDimSize(2);
    if (w->getRank() != 2 || !areCompatible(w->getDimSize(0), in) ||
        w->getDimSize(1) != gates * units) // lstm_c2, gru_c2
      return refuse(location, "", "expects w of ", x.clone({in, gates * units}), ", for x of ", x,
                    " and u of ", u, ", but got ", *w);
    return verifyDtype("w", *w).succeeded() ? verifyDtype("u", u) : failure();
  }

  LogicalResult verifyDtype(StringRef name, RankedTensorType type) {
    if (type.getElementType() == x.getElementType())
      return success();
    return refuse(location, "convert one with nn.cast", // lstm_c7, gru_c7
                  "expects operands of one dtype, but got x of ", x, " and ", name, " of ", type);
  }

  /// Of an operand that may be absent.
  LogicalResult verifyShape(StringRef name, Value operand, ArrayRef<int64_t> shape, bool isFloat) {
    if (!operand)
      return success();
    FailureOr<RankedTensorType> type = rankedType(location, operand);
    if (failed(type))
      return failure();
    if (type->getRank() != static_cast<int64_t>(shape.size()) ||
        !llvm::equal(type->getShape(), shape, areCompatible))
      return refuse(location, "", "expects ", name, " of ", type->clone(shape), ", for x of ", x,
                    " and u of ", u, ", but got ", *type);
    return isFloat ? verifyDtype(name, *type) : success();
  }

  int64_t batch() { return x.getDimSize(1); }
  RankedTensorType outputs() { return x.clone({x.getDimSize(0), batch(), units}); }
  RankedTensorType state() { return x.clone({batch(), units}); }
};

template <typename Adaptor>
LogicalResult verifyOperands(RecurrentChecker &checker, Adaptor adaptor) {
  if (failed(checker.verifyWeights(adaptor.getX(), adaptor.getW(), adaptor.getU())))
    return failure();
  int64_t columns = checker.gates * checker.units, batch = checker.batch();
  int64_t state[] = {batch, checker.units};
  return success(
      succeeded(checker.verifyShape("bias", adaptor.getBias(), columns, true)) &&
      succeeded(checker.verifyShape("hidden_bias", adaptor.getHiddenBias(), columns, true)) &&
      succeeded(checker.verifyShape("an initial state", adaptor.getInitial(), state, true)) &&
      succeeded(checker.verifyShape("lengths", adaptor.getLengths(), batch, false)));
}

/// Of the outputs (result 0), or of a state.
AffineExpr sizeOf(Value x, Value u, unsigned result, unsigned dim, DimensionAnalysis &sizes) {
  unsigned timeless = result == 0 ? dim : dim + 1;
  return timeless == 2 ? sizes.dimension(u, 0) : sizes.dimension(x, timeless);
}

/// What a step computes: the state after it, the hidden one first, and what it must not compute
/// again for the derivative.
struct Step {
  SmallVector<TensorExpr> state;
  TensorExpr kept;
};
using BuildStep = function_ref<Step(const TensorExpr &projected, ArrayRef<TensorExpr> state)>;

/// The nn.scan over the steps of a layer.
class StepLoop {
public:
  StepLoop(const TensorExpr &x, const TensorExpr &projected, int64_t units, UnitAttr reverse)
      : x(x), projected(projected), units(units), reverse(reverse) {}

  /// The initial state `given`, or zeros where it is null.
  TensorExpr initial(Value given) {
    if (given)
      return x.with(given);
    auto type = RankedTensorType::get({x.type().getDimSize(1), units}, x.element());
    SmallVector<Value> size;
    if (auto batch = dyn_cast<Value>(x.sizes()[1]))
      size.push_back(batch);
    return x.with(BroadcastOp::create(*x.builder, *x.location, type, x.scalar(0.0).value(), size,
                                      ArrayRef<int64_t>()));
  }

  /// Rows stand still from step lengths[row] on.
  void stopAt(const TensorExpr &lengths) {
    Type i64 = x.builder->getI64Type();
    SmallVector<OpFoldResult> all = x.sizes();
    SmallVector<Value> sizes;
    for (OpFoldResult size : ArrayRef(all).take_front(2))
      if (auto value = dyn_cast<Value>(size))
        sizes.push_back(value);
    auto type = RankedTensorType::get(x.type().getShape().take_front(2), i64);
    TensorExpr step = x.with(IotaOp::create(*x.builder, *x.location, type, sizes, 0));
    isRunning = step < cast(lengths, i64).broadcastTo(step, 1);
  }

  /// The outputs, then the state after the last step.
  SmallVector<Value> run(ArrayRef<TensorExpr> state, BuildStep build) {
    OpBuilder &builder = *x.builder;
    SmallVector<Value> inits, stacks{projected.value()};
    for (const TensorExpr &part : state)
      inits.push_back(part.value());
    if (isRunning)
      stacks.push_back(isRunning.value());
    Block *body = new Block;
    for (Value init : inits)
      body->addArgument(init.getType(), *x.location);
    for (Value stack : stacks) {
      auto type = mlir::cast<RankedTensorType>(stack.getType());
      body->addArgument(type.clone(type.getShape().drop_front()), *x.location);
    }
    OpBuilder inside(builder.getContext());
    inside.setInsertionPointToStart(body);
    SmallVector<Value> values = fill(inside, *body, state.size(), build);
    SmallVector<Type> types(ValueRange(inits).getTypes());
    for (Value value : ArrayRef(values).drop_front(inits.size()))
      types.push_back(stacked(value));
    auto scan =
        ScanOp::create(builder, *x.location, types, inits, stacks, Value(), IntegerAttr(), reverse);
    scan.getBody().push_back(body);
    SmallVector<Value> results{scan.getResult(inits.size())};
    llvm::append_range(results, scan.getResults().take_front(inits.size()));
    return results;
  }

private:
  /// The values that a trip yields: the state, the output, what is kept.
  SmallVector<Value> fill(OpBuilder &inside, Block &body, size_t stateCount, BuildStep build) {
    auto argument = [&](size_t number) {
      return TensorExpr(inside, *x.location, body.getArgument(number));
    };
    SmallVector<TensorExpr> state;
    for (size_t number = 0; number < stateCount; ++number)
      state.push_back(argument(number));
    Step step = build(argument(stateCount), state);
    TensorExpr output = step.state.front();
    if (isRunning) {
      TensorExpr runs = argument(stateCount + 1).broadcastTo(output, 0);
      output = select(runs, output, zeroLike(output));
      for (auto [after, before] : llvm::zip_equal(step.state, state))
        after = select(runs, after, before);
    }
    SmallVector<Value> values =
        llvm::map_to_vector(step.state, [](const TensorExpr &part) { return part.value(); });
    values.append({output.value(), step.kept.value()});
    YieldOp::create(inside, *x.location, values);
    return values;
  }

  Type stacked(Value slice) {
    SmallVector<int64_t> shape{x.type().getDimSize(0)};
    llvm::append_range(shape, tensorType(slice).getShape());
    return tensorType(slice).clone(shape);
  }

  TensorExpr x, projected, isRunning;
  int64_t units;
  UnitAttr reverse;
};

/// [batch, gates * units] in pieces of [batch, units].
SmallVector<TensorExpr> splitGates(const TensorExpr &all, int64_t gates) {
  int64_t units = all.type().getDimSize(1) / gates;
  SmallVector<TensorExpr> pieces;
  for (int64_t gate = 0; gate < gates; ++gate)
    pieces.push_back(all.sliceAlong(1, gate * units, units));
  return pieces;
}

TensorExpr addBias(const TensorExpr &y, Value bias) {
  return bias ? y + y.with(bias).broadcastTo(y, y.rank() - 1) : y;
}
} // namespace

//===- lstm -----------------------------------------------------------------===//

LogicalResult LstmOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                       Adaptor adaptor, SmallVectorImpl<Type> &types) {
  RecurrentChecker checker{location, 4};
  if (failed(verifyOperands(checker, adaptor)) ||
      failed(checker.verifyShape("an initial state", adaptor.getInitialCell(),
                                 {checker.batch(), checker.units}, true))) // lstm_c5
    return failure();
  types.append({checker.outputs(), checker.state(), checker.state()});
  return success();
}
LogicalResult LstmOp::verify() {
  if (!getInitial() == !getInitialCell()) // lstm_c8
    return success();
  return emitOpError("expects an initial state of two tensors, hidden and cell, or none");
}
AffineExpr LstmOp::resultDimension(unsigned result, unsigned dim, DimensionAnalysis &sizes) {
  return sizeOf(getX(), getU(), result, dim, sizes);
}

/// The cell's state is carried in f32 where the dtype is narrower: it adds up over all steps.
Results LstmOp::decompose(OpBuilder &builder) {
  TensorExpr x(builder, getLoc(), getX()), u = x.with(getU());
  TensorExpr projected =
      addBias(addBias(contractLast(x, x.with(getW())), getBias()), getHiddenBias());
  StepLoop loop(x, projected, u.type().getDimSize(0), getReverseAttr());
  if (getLengths())
    loop.stopAt(x.with(getLengths()));
  TensorExpr cell = widened(loop.initial(getInitialCell()));
  SmallVector<Value> results = loop.run(
      {loop.initial(getInitial()), cell}, [&](const TensorExpr &input, ArrayRef<TensorExpr> state) {
        TensorExpr gates = widened(input) + widened(contractLast(state[0], input.with(u.value())));
        SmallVector<TensorExpr> gate = splitGates(gates, 4);
        TensorExpr c = logistic(gate[1]) * state[1] + logistic(gate[0]) * tanh(gate[2]);
        TensorExpr h = logistic(gate[3]) * tanh(c);
        return Step{{cast(h, input), c}, gates};
      });
  results.back() = cast(x.with(results.back()), x).value();
  return results;
}

//===- gru ------------------------------------------------------------------===//

LogicalResult GruOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                      Adaptor adaptor, SmallVectorImpl<Type> &types) {
  RecurrentChecker checker{location, 3};
  if (failed(verifyOperands(checker, adaptor)))
    return failure();
  types.append({checker.outputs(), checker.state()});
  return success();
}
AffineExpr GruOp::resultDimension(unsigned result, unsigned dim, DimensionAnalysis &sizes) {
  return sizeOf(getX(), getU(), result, dim, sizes);
}
Results GruOp::decompose(OpBuilder &builder) {
  TensorExpr x(builder, getLoc(), getX()), u = x.with(getU());
  TensorExpr projected = addBias(contractLast(x, x.with(getW())), getBias());
  StepLoop loop(x, projected, u.type().getDimSize(0), getReverseAttr());
  if (getLengths())
    loop.stopAt(x.with(getLengths()));
  return loop.run(loop.initial(getInitial()), [&](const TensorExpr &input,
                                                  ArrayRef<TensorExpr> state) {
    TensorExpr hidden = addBias(contractLast(state[0], input.with(u.value())), getHiddenBias());
    SmallVector<TensorExpr> a = splitGates(widened(input), 3), b = splitGates(widened(hidden), 3);
    TensorExpr r = logistic(a[0] + b[0]), z = logistic(a[1] + b[1]), n = tanh(a[2] + r * b[2]);
    return Step{{cast((1.0 - z) * n + z * widened(state[0]), input)}, hidden};
  });
}

} // namespace mlc::nn
