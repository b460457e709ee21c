// nn.custom_vjp: text, verification, what it means, the derivative that its author gave.
#include "dialects/NN/ControlFlow.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace mlc::nn {

static bool isFloat(Value value) { return isa<FloatType>(getElementTypeOrSelf(value.getType())); }

/// What stands after one of the bodies, given what it runs on.
static SmallVector<Value> inlined(OpBuilder &builder, Region &body, ValueRange arguments) {
  IRMapping mapping;
  mapping.map(body.getArguments(), arguments);
  for (Operation &op : body.front().without_terminator())
    builder.clone(op, mapping);
  return llvm::map_to_vector(yieldOf(body).getValues(),
                             [&](Value value) { return mapping.lookup(value); });
}

FailureOr<SmallVector<Value>> CustomVjpOp::decompose(OpBuilder &builder) {
  SmallVector<Value> values = inlined(builder, getForward(), getInputs());
  values.truncate(getNumResults());
  return values;
}

LogicalResult CustomVjpOp::buildVjp(VjpBuilder &vjp) {
  SmallVector<Value> forward = inlined(vjp.builder, getForward(), getInputs()), arguments;
  for (OpResult result : getResults())
    if (isFloat(result))
      arguments.push_back(vjp.cotangent(result.getResultNumber()).value());
  arguments.append(forward.begin() + getNumResults(), forward.end());
  SmallVector<Value> flow = inlined(vjp.builder, getBackward(), arguments);
  ArrayRef<Value> rest(flow);
  for (OpOperand &input : getInputsMutable()) {
    if (!isFloat(input.get()))
      continue;
    TensorExpr x = vjp.operand(input.getOperandNumber()), dx = x.with(rest.front());
    rest = rest.drop_front();
    if (!x.type().hasStaticShape()) // sizes that the types do not tell are checked
      dx = dx.with(BroadcastOp::create(vjp.builder, getLoc(), x.type(), dx.value(),
                                       x.dynamicSizes(), llvm::to_vector(llvm::seq(x.rank()))));
    if (vjp.isActive(input.getOperandNumber()))
      vjp.accumulate(input.getOperandNumber(), dx);
  }
  return success();
}

FailureOr<SmallVector<Tensor>> CustomVjpOp::evaluateRuns(ArrayRef<Tensor> operands,
                                                         Runner &runner) {
  FailureOr<SmallVector<Tensor>> values = runner.run(getForward(), operands);
  if (succeeded(values))
    values->truncate(getNumResults());
  return values;
}

//===- Sizes ------------------------------------------------------------------===//

AffineExpr CustomVjpOp::resultDimension(unsigned result, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(yieldOf(getForward()).getValues()[result], dim);
}

/// The results that are floats, then what is saved, as the first body yields them: what the second
/// one runs on.
static SmallVector<Value> origins(CustomVjpOp op) {
  SmallVector<Value> values;
  for (auto [number, value] : llvm::enumerate(yieldOf(op.getForward()).getValues()))
    if (number >= op->getNumResults() || isFloat(value))
      values.push_back(value);
  return values;
}

AffineExpr CustomVjpOp::argumentDimension(BlockArgument argument, unsigned dim,
                                          DimensionAnalysis &sizes) {
  unsigned number = argument.getArgNumber();
  Value like = argument.getParentRegion() == &getForward() ? Value(getInputs()[number])
                                                           : origins(*this)[number];
  return sizes.dimension(like, dim);
}

//===- Verification -----------------------------------------------------------===//

/// A body sees nothing but what it is given, or the derivative would miss it.
static LogicalResult verifyClosed(Region &body) {
  if (failed(verifyEffects(body)))
    return failure();
  WalkResult walk = body.walk([&](Operation *op) {
    if (auto training = dyn_cast<TrainingOpInterface>(op); training && training.actsInTraining())
      return WalkResult(op->emitError("not supported yet: ")
                        << op->getName() << " in nn.custom_vjp");
    if (!isa<ParamOp>(op))
      return WalkResult::advance();
    InFlightDiagnostic diagnostic =
        op->emitError("expects no nn.param in nn.custom_vjp, whose derivative is by its operands");
    diagnostic.attachNote(body.getLoc()) << "read the parameter above, and give it to this op";
    return WalkResult(diagnostic);
  });
  return failure(walk.wasInterrupted());
}

static LogicalResult verifyTypes(Operation *op, StringRef what, TypeRange expected,
                                 TypeRange actual) {
  if (expected == actual)
    return success();
  return op->emitOpError("expects ")
         << what << " of types (" << expected << "), but got (" << actual << ")";
}

LogicalResult CustomVjpOp::verifyRegions() {
  for (Region *body : {&getForward(), &getBackward()})
    if (!isa<YieldOp>(body->front().getTerminator()))
      return emitOpError("expects bodies that end with nn.yield");
  YieldOp forward = yieldOf(getForward()), backward = yieldOf(getBackward());
  if (failed(verifyTypes(*this, "a body on operands", getInputs().getTypes(),
                         getForward().getArgumentTypes())))
    return failure();
  if (forward.getValues().size() != getNumResults() + getSaved())
    return forward.emitOpError("expects the results, then the values that are saved, which are ")
           << getNumResults() << " and " << getSaved() << ", but got "
           << forward.getValues().size();
  if (failed(verifyTypes(*this, "results", forward.getValues().drop_back(getSaved()).getTypes(),
                         getResultTypes())) ||
      failed(verifyTypes(*this, "cotangents and saved values",
                         ValueRange(origins(*this)).getTypes(), getBackward().getArgumentTypes())))
    return failure();
  SmallVector<Value> inputs = llvm::filter_to_vector(getInputs(), isFloat);
  if (failed(verifyTypes(backward, "the cotangents of the float operands of nn.custom_vjp", // c1
                         ValueRange(inputs).getTypes(), backward.getValues().getTypes())))
    return failure();
  return failure(failed(verifyClosed(getForward())) || failed(verifyClosed(getBackward()))); // c2
}

//===- Text -------------------------------------------------------------------===//

using Arguments = SmallVector<OpAsmParser::Argument>;

/// `backward (%dy) saved (%r) { body }`, given the first body.
static ParseResult parseBackward(OpAsmParser &parser, OperationState &state, Block &forward) {
  Arguments cotangents, saved;
  SMLoc where = parser.getCurrentLocation();
  if (parser.parseKeyword("backward") ||
      parser.parseArgumentList(cotangents, OpAsmParser::Delimiter::Paren) ||
      (succeeded(parser.parseOptionalKeyword("saved")) &&
       parser.parseArgumentList(saved, OpAsmParser::Delimiter::Paren)))
    return failure();
  OperandRange values = cast<YieldOp>(forward.back()).getValues();
  if (values.size() < saved.size())
    return parser.emitError(where, "expects a first body that yields the ")
           << saved.size() << " values that are saved, but it yields " << values.size();
  OperandRange results = values.drop_back(saved.size());
  SmallVector<Type> types(ValueRange(llvm::filter_to_vector(results, isFloat)).getTypes());
  if (types.size() != cotangents.size())
    return parser.emitError(where, "expects a cotangent for each of the ")
           << types.size() << " results that are floats, but got " << cotangents.size();
  llvm::append_range(types, values.take_back(saved.size()).getTypes());
  llvm::append_range(cotangents, saved);
  for (auto [argument, type] : llvm::zip_equal(cotangents, types))
    argument.type = type;
  auto &properties = state.getOrAddProperties<CustomVjpOp::Properties>();
  properties.saved = parser.getBuilder().getI64IntegerAttr(saved.size());
  state.addTypes(results.getTypes());
  return parser.parseRegion(*state.addRegion(), cotangents);
}

/// nn.custom_vjp (%a = %x) {attributes} : types { forward } backward (%dy) saved (%r) { backward }
ParseResult CustomVjpOp::parse(OpAsmParser &parser, OperationState &state) {
  Arguments arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  SmallVector<Type> types;
  if (parser.parseAssignmentList(arguments, operands) ||
      parser.parseOptionalAttrDict(state.attributes))
    return failure();
  SMLoc where = parser.getCurrentLocation();
  if ((!operands.empty() && parser.parseColonTypeList(types)) ||
      parser.resolveOperands(operands, types, where, state.operands))
    return failure();
  for (auto [argument, type] : llvm::zip_equal(arguments, types))
    argument.type = type;
  Region *forward = state.addRegion();
  if (parser.parseRegion(*forward, arguments))
    return failure();
  if (forward->front().empty() || !isa<YieldOp>(forward->front().back()))
    return parser.emitError(parser.getNameLoc(), "expects bodies that end with nn.yield");
  return parseBackward(parser, state, forward->front());
}

void CustomVjpOp::print(OpAsmPrinter &printer) {
  printAssignments(printer, getForward().getArguments(), getInputs());
  printer.printOptionalAttrDict((*this)->getAttrs(), {getSavedAttrName()});
  if (!getInputs().empty())
    printer << " : " << getInputs().getTypes();
  printer << ' ';
  printer.printRegion(getForward(), /*printEntryBlockArgs=*/false);
  ArrayRef<BlockArgument> arguments = getBackward().getArguments();
  printer << " backward (";
  llvm::interleaveComma(arguments.drop_back(getSaved()), printer);
  printer << ')';
  if (getSaved()) {
    printer << " saved (";
    llvm::interleaveComma(arguments.take_back(getSaved()), printer);
    printer << ')';
  }
  printer << ' ';
  printer.printRegion(getBackward(), /*printEntryBlockArgs=*/false);
}

} // namespace mlc::nn
