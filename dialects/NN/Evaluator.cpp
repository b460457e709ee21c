#include "dialects/NN/Evaluator.h"
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/NN.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

using Tensors = Evaluator::Tensors;

static Tensor indexTensor(int64_t value, MLIRContext *context) {
  Tensor result;
  result.element = IndexType::get(context);
  result.data = {Scalar::ofInteger(value, 64)};
  return result;
}

RankedTensorType typeOf(const Tensor &tensor) {
  return RankedTensorType::get(tensor.shape, tensor.element);
}

Tensor tensorOf(ElementsAttr value) {
  Tensor result(RankedTensorType::get(value.getShapedType().getShape(), value.getElementType()));
  auto position = result.data.begin();
  if (isa<FloatType>(result.element)) {
    for (APFloat number : value.getValues<APFloat>()) {
      bool losesInfo;
      number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
      *position++ = Scalar::real(number.convertToDouble());
    }
    return result;
  }
  unsigned width = result.element.isIndex() ? 64 : result.element.getIntOrFloatBitWidth();
  for (const APInt &number : value.getValues<APInt>())
    *position++ = Scalar::ofInteger(number.getSExtValue(), width);
  return result;
}

//===- One op on operands of known sizes --------------------------------------===//

namespace {
/// A function that holds a copy of one op on operands of static shape: what inference and
/// decomposition see once the sizes are known. Index operands are constants.
class StaticCopy {
public:
  StaticCopy(Operation *original, ArrayRef<Tensor> operands) {
    MLIRContext *context = original->getContext();
    SmallVector<Type> types;
    for (const Tensor &operand : operands)
      if (!operand.element.isIndex())
        types.push_back(typeOf(operand));
    function = func::FuncOp::create(original->getLoc(), "static_copy",
                                    FunctionType::get(context, types, {}));
    OpBuilder builder = OpBuilder::atBlockBegin(function->addEntryBlock());
    IRMapping mapping;
    unsigned argument = 0;
    for (auto [value, operand] : llvm::zip_equal(original->getOperands(), operands)) {
      if (operand.element.isIndex())
        mapping.map(value, arith::ConstantIndexOp::create(builder, original->getLoc(),
                                                          operand.data[0].integer));
      else
        mapping.map(value, function->getArgument(argument++));
    }
    // One value may be several operands: all of them have its tensor, so the last copy serves every
    // use.
    op = builder.clone(*original, mapping);
  }

  /// Gives the results the types that follow from the operands. Fails, with a diagnostic, if the
  /// sizes contradict.
  LogicalResult inferTypes() {
    auto inference = dyn_cast<InferTypeOpInterface>(op);
    if (!inference)
      return success();
    SmallVector<Type> types;
    if (failed(inference.inferReturnTypes(op->getContext(), op->getLoc(), op->getOperands(),
                                          op->getAttrDictionary(), op->getPropertiesStorage(),
                                          op->getRegions(), types)))
      return failure();
    for (auto [result, type] : llvm::zip_equal(op->getResults(), types))
      result.setType(type);
    return success();
  }
  FailureOr<RankedTensorType> staticType(Value result) {
    auto type = cast<RankedTensorType>(result.getType());
    DimensionAnalysis sizes(cast<FunctionOpInterface>(function->getOperation()));
    SmallVector<int64_t> shape;
    for (AffineExpr size : sizes.shape(result)) {
      auto constant = dyn_cast<AffineConstantExpr>(size);
      if (!constant || constant.getValue() < 0)
        return op->emitOpError("expects sizes that follow from its operands, but those of ")
               << type << " do not";
      shape.push_back(constant.getValue());
    }
    if (failed(checkLimits(sizes)))
      return failure();
    return RankedTensorType::get(shape, type.getElementType());
  }

  /// What the compiler checks of sizes before a call: all are constants here.
  LogicalResult checkLimits(DimensionAnalysis &sizes) {
    SmallVector<SizeLimit> limits;
    if (auto sized = dyn_cast<DimensionOpInterface>(op))
      sized.collectLimits(sizes, limits);
    for (const SizeLimit &limit : limits)
      if (limit.isEquality ? !sizes.areEqual(limit.left, limit.right)
                           : !sizes.isAtMost(limit.left, limit.right))
        return op->emitError() << limit.failure;
    return success();
  }

  OwningOpRef<func::FuncOp> function;
  Operation *op;
};
} // namespace

//===- Ops by tier ------------------------------------------------------------===//

FailureOr<Tensors> Evaluator::evaluateElementwise(Operation *op, ArrayRef<Tensor> operands) {
  auto elementwise = cast<ElementwiseOpInterface>(op);
  for (const Tensor &operand : operands)
    if (operand.shape != operands[0].shape)
      return op->emitOpError("expects operands of one shape, but at run time got ")
             << typeOf(operands[0]) << " and " << typeOf(operand);
  Tensor result(
      RankedTensorType::get(operands[0].shape, getElementTypeOrSelf(op->getResult(0).getType())));
  SmallVector<Scalar> at(operands.size());
  for (int64_t position = 0; position < result.size(); ++position) {
    for (auto [scalar, operand] : llvm::zip_equal(at, operands))
      scalar = operand.data[position];
    result.data[position] = elementwise.evaluateScalar(at);
  }
  return Tensors{result};
}

FailureOr<Tensors> Evaluator::evaluateStructured(Operation *op, ArrayRef<Tensor> operands) {
  auto hasStaticShape = [](Type type) { return cast<RankedTensorType>(type).hasStaticShape(); };
  auto isKnown = [&](Type type) { return isa<IndexType>(type) || hasStaticShape(type); };
  SmallVector<RankedTensorType> types;
  if (llvm::all_of(op->getOperandTypes(), isKnown) &&
      llvm::all_of(op->getResultTypes(), hasStaticShape)) {
    for (Type type : op->getResultTypes()) {
      if (failed(checkEvaluable(op->getLoc(), type)))
        return failure();
      types.push_back(cast<RankedTensorType>(type));
    }
    return cast<EvaluableOpInterface>(op).evaluate(operands, types);
  }
  StaticCopy copy(op, operands);
  if (failed(copy.inferTypes()))
    return failure();
  for (Value result : copy.op->getResults()) {
    FailureOr<RankedTensorType> type = copy.staticType(result);
    if (failed(type) || failed(checkEvaluable(op->getLoc(), *type)))
      return failure();
    types.push_back(*type);
  }
  return cast<EvaluableOpInterface>(copy.op).evaluate(operands, types);
}

FailureOr<Tensors> Evaluator::evaluateComposite(Operation *op, ArrayRef<Tensor> operands) {
  StaticCopy copy(op, operands);
  // All sizes are known here: those that must agree may not, where the op itself has free ones.
  if (failed(copy.inferTypes()) || failed(copy.op->getName().verifyInvariants(copy.op)))
    return failure();
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(copy.op);
  FailureOr<SmallVector<Value>> values = cast<CompositeOpInterface>(copy.op).decompose(builder);
  if (failed(values))
    return failure();
  Environment environment;
  unsigned argument = 0;
  for (const Tensor &operand : operands)
    if (!operand.element.isIndex())
      environment[copy.function->getArgument(argument++)] = operand;
  if (failed(run(copy.function->getBody().front(), environment, copy.op)))
    return failure();
  return llvm::map_to_vector(*values, [&](Value value) { return environment.lookup(value); });
}

/// arith on two index values, the second not 0 where it divides; nullopt for any other op, and
/// where the result is beyond 64 bits.
static std::optional<int64_t> evaluateIndex(Operation *op, int64_t lhs, int64_t rhs) {
  int64_t result;
  return llvm::TypeSwitch<Operation *, std::optional<int64_t>>(op)
      .Case<arith::AddIOp>([&](auto) {
        return llvm::AddOverflow(lhs, rhs, result) ? std::nullopt : std::optional(result);
      })
      .Case<arith::SubIOp>([&](auto) {
        return llvm::SubOverflow(lhs, rhs, result) ? std::nullopt : std::optional(result);
      })
      .Case<arith::MulIOp>([&](auto) {
        return llvm::MulOverflow(lhs, rhs, result) ? std::nullopt : std::optional(result);
      })
      .Case<arith::DivSIOp, arith::DivUIOp>([&](auto) { return lhs / rhs; })
      .Case<arith::RemSIOp, arith::RemUIOp>([&](auto) { return lhs % rhs; })
      .Case<arith::CeilDivSIOp, arith::CeilDivUIOp>(
          [&](auto) { return llvm::divideCeilSigned(lhs, rhs); })
      .Case<arith::FloorDivSIOp>([&](auto) { return llvm::divideFloorSigned(lhs, rhs); })
      .Case<arith::MaxSIOp, arith::MaxUIOp>([&](auto) { return std::max(lhs, rhs); })
      .Case<arith::MinSIOp, arith::MinUIOp>([&](auto) { return std::min(lhs, rhs); })
      .Default([](Operation *) { return std::nullopt; });
}

static bool isIndexArithmetic(Operation *op, ArrayRef<Tensor> operands) {
  return isa<arith::ArithDialect>(op->getDialect()) && operands.size() == 2 &&
         operands[0].element.isIndex() && operands[1].element.isIndex();
}

static FailureOr<Tensors> evaluateArithmetic(Operation *op, ArrayRef<Tensor> operands) {
  int64_t lhs = operands[0].toInteger(), rhs = operands[1].toInteger();
  if (isIndexDivision(op) && rhs == 0)
    return op->emitError("expects a divisor other than 0");
  if (isUnsignedDivision(op) && (lhs < 0 || rhs < 0))
    return op->emitError("expects numbers of at least 0, but got ") << lhs << " and " << rhs;
  bool isSmall = std::abs(static_cast<double>(lhs)) < kLargestDividend;
  if (isIndexDivision(op) && !isSmall)
    return op->emitError("expects a dividend below 2^62, but got ") << lhs;
  std::optional<int64_t> result = evaluateIndex(op, lhs, rhs);
  if (result)
    return Tensors{indexTensor(*result, op->getContext())};
  if (isa<arith::AddIOp, arith::SubIOp, arith::MulIOp>(op))
    return op->emitError("expects numbers of 64 bits, but got ") << lhs << " and " << rhs;
  return op->emitError("not supported yet: evaluation of ") << op->getName();
}

LogicalResult checkEvaluable(Location location, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return success();
  if (failed(verifyElementCount(location, type)))
    return failure();
  constexpr int64_t kMostEvaluated = int64_t(1) << 24;
  if (tensor.getNumElements() <= kMostEvaluated)
    return success();
  return emitError(location, "not supported yet: evaluation of tensors of more than 2^24 elements, "
                             "such as ")
         << type;
}

static FailureOr<Tensors> lookUp(Operation *op, const std::map<std::string, Tensor> &values,
                                 StringRef name) {
  auto found = values.find(name.str());
  if (found == values.end())
    return op->emitOpError("expects a value for @") << name << ", but the evaluation has none";
  return Tensors{found->second};
}

FailureOr<Tensors> Evaluator::evaluateModelOp(Operation *op, ArrayRef<Tensor> operands) {
  if (auto param = dyn_cast<ParamOp>(op))
    return lookUp(op, parameters, param.getParameter());
  if (auto read = dyn_cast<ReadOp>(op))
    return lookUp(op, states, read.getState());
  if (auto write = dyn_cast<WriteOp>(op)) {
    if (updates)
      states[write.getState().str()] = operands[0];
    return Tensors{};
  }
  if (auto assertion = dyn_cast<AssertOp>(op)) {
    if (!operands[0].data[0].integer)
      return op->emitError("assertion failed: ") << assertion.getMessage();
    return Tensors{};
  }
  if (auto dim = dyn_cast<DimOp>(op))
    return Tensors{indexTensor(operands[0].shape[dim.getDim()], op->getContext())};
  if (auto callOp = dyn_cast<func::CallOp>(op))
    return call(module.lookupSymbol<func::FuncOp>(callOp.getCallee()), operands);
  auto constant = dyn_cast<arith::ConstantOp>(op);
  if (auto integer = constant ? dyn_cast<IntegerAttr>(constant.getValue()) : IntegerAttr())
    return Tensors{indexTensor(integer.getInt(), op->getContext())};
  if (isIndexArithmetic(op, operands))
    return evaluateArithmetic(op, operands);
  return op->emitError("not supported yet: evaluation of ") << op->getName();
}

FailureOr<Tensors> Evaluator::evaluate(Operation *op, ArrayRef<Tensor> operands) {
  if (isa<ElementwiseOpInterface>(op))
    return evaluateElementwise(op, operands);
  if (isa<CompositeOpInterface>(op))
    return evaluateComposite(op, operands);
  if (isa<EvaluableOpInterface>(op) && !isa<DimOp>(op))
    return evaluateStructured(op, operands);
  return evaluateModelOp(op, operands);
}

//===- Functions and bodies ---------------------------------------------------===//

/// Bodies see what is above them.
class Evaluator::BodyRunner : public Runner {
public:
  BodyRunner(Evaluator &evaluator, Environment &environment)
      : evaluator(evaluator), environment(environment) {}

  FailureOr<Tensors> run(Region &body, ArrayRef<Tensor> arguments) override {
    for (auto [argument, value] : llvm::zip_equal(body.getArguments(), arguments))
      environment[argument] = value;
    return evaluator.run(body.front(), environment);
  }
  FailureOr<Tensors> call(FlatSymbolRefAttr function, ArrayRef<Tensor> arguments) override {
    return evaluator.call(evaluator.module.lookupSymbol<func::FuncOp>(function), arguments);
  }

private:
  Evaluator &evaluator;
  Environment &environment;
};

FailureOr<Tensors> Evaluator::run(Block &block, Environment &environment, Operation *skipped) {
  for (Operation &op : block) {
    if (&op == skipped)
      continue;
    Tensors operands;
    for (Value operand : op.getOperands())
      operands.push_back(environment.lookup(operand));
    if (op.hasTrait<OpTrait::IsTerminator>())
      return operands;
    if (beforeOp)
      beforeOp(&op, operands);
    BodyRunner runner(*this, environment);
    auto runs = dyn_cast<RunOpInterface>(op);
    FailureOr<Tensors> results =
        runs ? runs.evaluateRuns(operands, runner) : evaluate(&op, operands);
    if (failed(results))
      return failure();
    if (rounding == Rounding::eachOp)
      for (Tensor &tensor : *results)
        for (Scalar &scalar : tensor.data)
          scalar = roundTo(scalar, tensor.element);
    if (afterOp)
      afterOp(&op, *results);
    for (auto [value, tensor] : llvm::zip_equal(op.getResults(), *results))
      environment[value] = std::move(tensor);
  }
  return Tensors{};
}

FailureOr<Tensors> Evaluator::call(func::FuncOp function, ArrayRef<Tensor> arguments) {
  if (function.isExternal() || !llvm::hasSingleElement(function.getBody()))
    return function.emitError("not supported yet: evaluation of a function that is not one block");
  if (llvm::any_of(function.getArgumentTypes(), llvm::IsaPred<BaseMemRefType>))
    return function.emitError("not supported yet: evaluation of functions on buffers; evaluate the "
                              "text before phase bufferize");
  assert(arguments.size() == function.getNumArguments() && "calls and launches are verified");
  constexpr unsigned kMaxDepth = 100;
  if (depth == kMaxDepth)
    return function.emitError("expects calls without recursion");
  Environment environment;
  for (auto [argument, value] : llvm::zip_equal(function.getArguments(), arguments))
    environment[argument] = value;
  if (depth++ == 0) // of the entry, whatever it calls
    updates = function->hasAttr(kUpdatesAttr);
  FailureOr<Tensors> results = run(function.getBody().front(), environment);
  --depth;
  return results;
}

//===- Text -------------------------------------------------------------------===//

static void printScalar(llvm::raw_ostream &os, const Scalar &scalar, Type element,
                        unsigned digits) {
  if (scalar.isInteger()) {
    if (scalar.width == 1)
      os << (scalar.integer ? "true" : "false");
    else
      os << scalar.integer;
    return;
  }
  unsigned precision = digits ? digits : element.isF64() ? 17 : 9;
  if (std::isnan(scalar.value)) // a NaN has no sign that means anything
    os << "nan";
  else
    os << llvm::format("%.*g", precision, scalar.value);
}
static void printElements(llvm::raw_ostream &os, const Tensor &tensor, size_t dim,
                          int64_t &position, unsigned digits) {
  if (dim == tensor.shape.size()) {
    printScalar(os, tensor.data[position++], tensor.element, digits);
    return;
  }
  os << '[';
  for (int64_t i = 0; i < tensor.shape[dim]; ++i) {
    os << (i ? ", " : "");
    printElements(os, tensor, dim + 1, position, digits);
  }
  os << ']';
}
void print(llvm::raw_ostream &os, const Tensor &tensor, unsigned digits) {
  int64_t position = 0;
  os << "dense<";
  if (tensor.size())
    printElements(os, tensor, 0, position, digits);
  os << "> : " << typeOf(tensor);
}

} // namespace mlc::nn
