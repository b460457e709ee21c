#include "dialects/Kernel/Subprogram.h"
#include "dialects/NN/LoopEvaluation.h"

using namespace mlir;

/// `(tensor<4xf32>, tensor<f32>)`, or `()`.
static ParseResult parseTensorTypes(OpAsmParser &parser, SmallVectorImpl<Type> &types) {
  return parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren,
                                        [&] { return parser.parseType(types.emplace_back()); });
}
static void printTensorTypes(OpAsmPrinter &printer, Operation *, TypeRange types) {
  printer << '(' << types << ')';
}

#define GET_OP_CLASSES
#include "dialects/Kernel/SubprogramOps.cpp.inc"

namespace mlc::kernel {

void addSubprogramOps(KernelDialect &dialect) {
  RegisteredOperationName::insert<CallOp>(dialect);
  RegisteredOperationName::insert<LoopOp>(dialect);
}

bool isSubprogram(func::FuncOp function) { return function->hasAttr(kSubprogramAttr); }

SmallVector<func::FuncOp> programs(ModuleOp module) {
  SmallVector<func::FuncOp> result;
  for (auto function : module.getOps<func::FuncOp>())
    if (isSubprogram(function))
      result.push_back(function);
  llvm::append_range(result, entries(module));
  return result;
}

SmallVector<Run, 2> runsOf(Operation *op) {
  SmallVector<Run, 2> runs;
  auto add = [&](FlatSymbolRefAttr name, ValueRange dims) {
    if (name)
      runs.push_back({SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(op, name), dims});
  };
  if (auto loop = dyn_cast<LoopOp>(op)) {
    add(loop.getBodyAttr(), loop.getDims());
    add(loop.getConditionAttr(), loop.getConditionDims());
  } else if (auto call = dyn_cast<CallOp>(op)) {
    add(call.getBodyAttr(), call.getDims());
    add(call.getOtherwiseAttr(), call.getOtherDims());
  }
  return runs;
}

Captures capturesOf(Operation *op, func::FuncOp subprogram) {
  if (auto loop = dyn_cast<LoopOp>(op)) {
    unsigned carried = loop.getInits().size();
    if (loop.getBody() == subprogram.getSymName())
      return {loop.getCapturesMutable(), carried + unsigned(loop.getStacks().size())};
    return {loop.getConditionCapturesMutable(), carried};
  }
  auto call = cast<CallOp>(op);
  bool isBody = call.getBody() == subprogram.getSymName();
  return {isBody ? call.getCapturesMutable() : call.getOtherCapturesMutable(), 0};
}

bool writesMemory(Operation *op) { return isa<LaunchOp, CopyOp, LoopOp, CallOp>(op); }

bool isStep(Operation *op) { return writesMemory(op) || isa<nn::AssertOp>(op); }

bool canFail(Operation *op) {
  return isa<nn::AssertOp>(op) || llvm::any_of(runsOf(op), [](Run run) {
           return llvm::any_of(run.subprogram.front(),
                               [](Operation &inner) { return canFail(&inner); });
         });
}

void forEachLaunch(func::FuncOp program, function_ref<void(LaunchOp)> visit) {
  for (Operation &op : program.front()) {
    if (auto launch = dyn_cast<LaunchOp>(op))
      visit(launch);
    for (Run run : runsOf(&op))
      forEachLaunch(run.subprogram, visit);
  }
}

AffineExpr atCall(AffineExpr expr, ValueRange dims, nn::DimensionAnalysis &sizes) {
  SmallVector<AffineExpr> symbols;
  for (Value value : dims)
    symbols.push_back(sizes.index(value));
  return expr.replaceDimsAndSymbols({}, symbols);
}

/// Checks that `name` is a subprogram of this type.
static LogicalResult verifySubprogram(Operation *op, FlatSymbolRefAttr name, FunctionType expected,
                                      SymbolTableCollection &symbols) {
  auto callee = dyn_cast_or_null<func::FuncOp>(symbols.lookupNearestSymbolFrom(op, name));
  if (!callee || !isSubprogram(callee))
    return op->emitOpError("expects a function with '")
           << kSubprogramAttr << "', but " << name << " is not one";
  if (callee.getFunctionType() == expected)
    return success();
  return op->emitOpError("expects ")
         << name << " of type " << expected << ", but got " << callee.getFunctionType();
}

/// Checks the number of places: of tensors, then of `temporaries`.
static LogicalResult verifyPlaceCount(Operation *op, std::optional<ArrayAttr> places,
                                      size_t temporaries) {
  size_t count = op->getNumResults() + temporaries;
  for (Value operand : op->getOperands())
    count += isa<RankedTensorType>(operand.getType());
  if (!places || places->size() == count)
    return success();
  return op->emitOpError("expects ") << count << " places, but got " << places->size();
}

/// The size of a result, which is that of a result of the subprogram, its dimension `inner`.
static AffineExpr resultSize(Operation *op, unsigned number, unsigned dim, unsigned inner,
                             nn::DimensionAnalysis &sizes) {
  auto type = cast<RankedTensorType>(op->getResult(number).getType());
  if (!type.isDynamicDim(dim))
    return sizes.constant(type.getDimSize(dim));
  Run run = runsOf(op).front();
  auto map = run.subprogram.getResultAttrOfType<AffineMapAttr>(number, kSizesAttr);
  return atCall(map.getValue().getResult(inner), run.dims, sizes);
}

nn::Role CallOp::role() { return nn::Role::host; }
StringRef CallOp::segment() { return "map"; }

LogicalResult CallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto typeFor = [&](ValueRange captures, ValueRange dims) {
    SmallVector<Type> inputs(captures.getTypes());
    llvm::append_range(inputs, dims.getTypes());
    return FunctionType::get(getContext(), inputs, getResultTypes());
  };
  if (!getCondition() != !getOtherwise()) // call_c1
    return emitOpError("expects a condition and a second subprogram, or neither");
  if (failed(verifySubprogram(*this, getBodyAttr(), typeFor(getCaptures(), getDims()), symbols)))
    return failure();
  if (getOtherwise() &&
      failed(verifySubprogram(*this, getOtherwiseAttr(),
                              typeFor(getOtherCaptures(), getOtherDims()), symbols)))
    return failure();
  return verifyPlaceCount(*this, getPlaces(), getOtherwise() ? 2 : 1); // call_c2
}

AffineExpr CallOp::resultDimension(unsigned result, unsigned dim, nn::DimensionAnalysis &sizes) {
  return resultSize(*this, result, dim, dim, sizes);
}

nn::Role LoopOp::role() { return nn::Role::host; }
StringRef LoopOp::segment() { return "map"; }

LogicalResult LoopOp::verifySymbolUses(SymbolTableCollection &symbols) {
  SmallVector<Type> arguments(getInits().getTypes()), results(getInits().getTypes());
  auto slice = [](Type type) -> Type {
    auto tensor = cast<RankedTensorType>(type);
    return tensor.clone(tensor.getShape().drop_front());
  };
  llvm::append_range(arguments, llvm::map_range(getStacks().getTypes(), slice));
  llvm::append_range(arguments, getCaptures().getTypes());
  llvm::append_range(arguments, getDims().getTypes());
  TypeRange stacked = TypeRange(getResultTypes()).drop_front(getInits().size());
  llvm::append_range(results, llvm::map_range(stacked, slice));
  auto expected = FunctionType::get(getContext(), arguments, results);
  if (failed(verifySubprogram(*this, getBodyAttr(), expected, symbols))) // loop_c1
    return failure();
  if (!getCondition())
    return getTrips() ? verifyPlaceCount(*this, getPlaces(), 1 + getInits().size()) // loop_c2
                      : emitOpError("expects a number of trips or a condition");    // loop_c3
  SmallVector<Type> tested(getInits().getTypes());
  llvm::append_range(tested, getConditionCaptures().getTypes());
  llvm::append_range(tested, getConditionDims().getTypes());
  auto yesOrNo = RankedTensorType::get({}, IntegerType::get(getContext(), 1));
  if (failed(verifySubprogram(*this, getConditionAttr(),
                              FunctionType::get(getContext(), tested, yesOrNo), symbols)))
    return failure();
  return verifyPlaceCount(*this, getPlaces(), 3 + getInits().size());
}

AffineExpr LoopOp::resultDimension(unsigned result, unsigned dim, nn::DimensionAnalysis &sizes) {
  if (result < getInits().size())
    return sizes.dimension(getInits()[result], dim);
  return dim == 0 ? sizes.index(getTrips()) : resultSize(*this, result, dim, dim - 1, sizes);
}

//===- Evaluation -------------------------------------------------------------===//

using Tensors = nn::Runner::Tensors;

FailureOr<Tensors> LaunchOp::evaluateRuns(ArrayRef<nn::Tensor> operands, nn::Runner &runner) {
  return runner.call(getKernelAttr(), operands);
}
FailureOr<Tensors> CopyOp::evaluateRuns(ArrayRef<nn::Tensor> operands, nn::Runner &) {
  return Tensors(operands);
}

FailureOr<Tensors> CallOp::evaluateRuns(ArrayRef<nn::Tensor> operands, nn::Runner &runner) {
  size_t first = getCaptures().size() + getDims().size();
  if (!getCondition() || operands[first].toInteger())
    return runner.call(getBodyAttr(), operands.take_front(first));
  return runner.call(getOtherwiseAttr(), operands.drop_front(first + 1));
}

FailureOr<Tensors> LoopOp::evaluateRuns(ArrayRef<nn::Tensor> operands, nn::Runner &runner) {
  auto take = [&](size_t count) {
    ArrayRef<nn::Tensor> taken = operands.take_front(count);
    operands = operands.drop_front(count);
    return taken;
  };
  nn::EvaluatedLoop loop(*this);
  if (getTrips())
    loop.trips = take(1).front().toInteger();
  if (getLimit())
    loop.limit = take(1).front().toInteger();
  loop.isReverse = getReverse();
  loop.inits = take(getInits().size());
  loop.stacks = take(getStacks().size());
  ArrayRef<nn::Tensor> captured = take(getCaptures().size() + getDims().size());
  auto call = [&](FlatSymbolRefAttr function, ArrayRef<nn::Tensor> own,
                  ArrayRef<nn::Tensor> shared) {
    Tensors arguments(own);
    llvm::append_range(arguments, shared);
    return runner.call(function, arguments);
  };
  auto body = [&](ArrayRef<nn::Tensor> own) { return call(getBodyAttr(), own, captured); };
  auto condition = [&](ArrayRef<nn::Tensor> own) {
    return call(getConditionAttr(), own, operands);
  };
  loop.body = body;
  if (getCondition())
    loop.condition = condition;
  return nn::evaluateLoop(loop);
}

} // namespace mlc::kernel
