#include "dialects/NN/NN.h"
#include "dialects/NN/Suggestions.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace mlc::nn {

static LogicalResult verifyStatic(Operation *op, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return op->emitOpError("expects a ranked tensor type of static shape, but got ") << type;
  return success();
}
/// init is an initialiser that fits the type.
static LogicalResult verifyInitializer(Operation *op, Attribute init, Type type) {
  auto initializer = dyn_cast<InitializerAttrInterface>(init);
  if (!initializer)
    return op->emitOpError(
               "expects an initialiser such as #nn.zeros or #nn.glorot_uniform, but got ")
           << init;
  return initializer.verifyFor([&] { return op->emitOpError(); }, cast<RankedTensorType>(type));
}
LogicalResult ParameterOp::verify() {
  if (failed(verifyStatic(*this, getType()))) // parameter_c1
    return failure();
  if (!isa<FloatType>(cast<RankedTensorType>(getType()).getElementType())) // parameter_c2
    return emitOpError("expects a float dtype, because a parameter is trained, but got ")
           << getType();
  return verifyInitializer(*this, getInit(), getType()); // parameter_c3
}
LogicalResult StateOp::verify() {
  if (failed(verifyStatic(*this, getType()))) // state_c1
    return failure();
  return verifyInitializer(*this, getInit(), getType()); // state_c2
}

/// Adds a note with the module's symbols of kind `Op` that may have been meant.
template <typename Op>
static InFlightDiagnostic suggesting(InFlightDiagnostic diagnostic, Operation *user,
                                     FlatSymbolRefAttr name) {
  std::vector<std::string> known;
  if (auto module = user->getParentOfType<ModuleOp>())
    for (auto op : module.getOps<Op>())
      known.push_back(op.getSymName().str());
  if (std::string note = didYouMean(name.getValue().str(), known, "@"); !note.empty())
    diagnostic.attachNote() << note;
  return diagnostic;
}

/// Looks up a declaration of kind `Op` and checks that `type` is the declared one.
template <typename Op>
static LogicalResult verifyUse(Operation *user, SymbolTableCollection &symbols,
                               FlatSymbolRefAttr name, Type type) {
  auto declaration = symbols.lookupNearestSymbolFrom<Op>(user, name);
  if (!declaration)
    return suggesting<Op>(user->emitOpError("expects a declaration `")
                              << Op::getOperationName() << " " << name
                              << "` in the module, but there is none",
                          user, name);
  if (declaration.getType() != type) {
    InFlightDiagnostic diagnostic = user->emitOpError("expects the declared type of ")
                                    << name << ", " << declaration.getType() << ", but got "
                                    << type;
    diagnostic.attachNote(declaration.getLoc()) << "declared here";
    return diagnostic;
  }
  return success();
}
LogicalResult ParamOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyUse<ParameterOp>(*this, symbols, getParameterAttr(), getType());
}
LogicalResult ReadOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyUse<StateOp>(*this, symbols, getStateAttr(), getType());
}
LogicalResult WriteOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyUse<StateOp>(*this, symbols, getStateAttr(), getValue().getType());
}

static bool hasHyperparameter(OptimizerAttrInterface optimizer, StringRef name) {
  return llvm::any_of(optimizer.hyperparameters(),
                      [&](const Hyperparameter &entry) { return entry.name == name; });
}
/// A schedule is one, and has a learning rate to act on.
static LogicalResult verifySchedule(TrainStepOp step, OptimizerAttrInterface optimizer) {
  Attribute schedule = step.getScheduleAttr();
  if (!schedule)
    return success();
  if (!isa<ScheduleAttrInterface>(schedule)) // train_step_c4
    return step.emitOpError(
               "expects a schedule such as #nn.cosine_schedule<steps = 1000>, but got ")
           << schedule;
  if (!hasHyperparameter(optimizer, "learning_rate")) // train_step_c4
    return step.emitOpError("expects an optimizer with the hyperparameter learning_rate for the "
                            "schedule to change, but got ")
           << step.getOptimizer();
  for (const Hyperparameter &length : cast<ScheduleAttrInterface>(schedule).hyperparameters())
    if (hasHyperparameter(optimizer, length.name)) // train_step_c4
      return step.emitOpError("expects an optimizer without a hyperparameter '")
             << length.name << "', which is one of the schedule; give it another name";
  return success();
}
static LogicalResult refuseHyperparameter(TrainStepOp step, OptimizerAttrInterface optimizer,
                                          StringAttr name) {
  InFlightDiagnostic diagnostic = step.emitOpError("expects groups to set hyperparameters of ")
                                  << step.getOptimizer() << ", which has no " << name;
  std::vector<std::string> known;
  for (const Hyperparameter &entry : optimizer.hyperparameters())
    known.push_back(entry.name);
  if (std::string note = didYouMean(name.getValue().str(), known); !note.empty())
    diagnostic.attachNote() << note;
  return diagnostic;
}
/// Groups name declared parameters, each at most once, and hyperparameters of the optimizer.
static LogicalResult verifyGroups(TrainStepOp step, OptimizerAttrInterface optimizer,
                                  SymbolTableCollection &symbols) {
  DenseMap<StringAttr, unsigned> groupOf;
  for (auto [number, entry] : llvm::enumerate(step.getGroupsAttr() ? step.getGroupsAttr().getValue()
                                                                   : ArrayRef<Attribute>())) {
    auto group = dyn_cast<GroupAttr>(entry);
    if (!group) // train_step_c6
      return step.emitOpError(
                 "expects groups such as #nn.group<[@bias], weight_decay = 0.0>, but got ")
             << entry;
    for (FlatSymbolRefAttr name : group.parameters())
      if (!symbols.lookupNearestSymbolFrom<ParameterOp>(step, name)) // train_step_c7
        return suggesting<ParameterOp>(
            step.emitOpError("expects groups to name parameters, but there is no nn.parameter ")
                << name,
            step, name);
    for (auto parameter : step->getParentRegion()->getOps<ParameterOp>())
      if (group.contains(parameter.getSymName()) &&
          !groupOf.try_emplace(parameter.getSymNameAttr(), number).second) // train_step_c7
        return step.emitOpError("expects every parameter in one group, but @")
               << parameter.getSymName() << " is in two";
    for (auto name : group.getNames().getAsRange<StringAttr>())
      if (!hasHyperparameter(optimizer, name)) // train_step_c8
        return refuseHyperparameter(step, optimizer, name);
    for (const Hyperparameter &entry : optimizer.hyperparameters()) // train_step_c9
      if (std::optional<double> own = group.valueOf(entry.name);
          own &&
          failed(verifyInRange([&] { return step.emitOpError(); }, entry.name, *own, entry.range)))
        return failure();
  }
  return success();
}

static LogicalResult verifyTrained(TrainStepOp step, SymbolTableCollection &symbols) {
  SmallPtrSet<Attribute, 8> seen;
  for (Attribute entry :
       step.getTrainsAttr() ? step.getTrainsAttr().getValue() : ArrayRef<Attribute>()) {
    auto name = dyn_cast<FlatSymbolRefAttr>(entry);
    if (!name && !isa<StringAttr>(entry)) // train_step_c10
      return step.emitOpError("expects trains to hold parameters, such as @kernel, and patterns of "
                              "their names, such as \"block*\", but got ")
             << entry;
    if (name && !symbols.lookupNearestSymbolFrom<ParameterOp>(step, name)) // train_step_c10
      return suggesting<ParameterOp>(
          step.emitOpError("expects trains to name parameters, but there is no nn.parameter ")
              << name,
          step, name);
    if (!seen.insert(entry).second) // train_step_c10
      return step.emitOpError("expects every parameter and pattern in trains once, but got ")
             << entry << " twice";
  }
  return success();
}

bool TrainStepOp::trains(StringRef parameter) {
  return !getTrainsAttr() || GroupAttr::contains(getTrainsAttr(), parameter);
}

LogicalResult TrainStepOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto loss = symbols.lookupNearestSymbolFrom<func::FuncOp>(*this, getLossAttr());
  if (!loss)
    return suggesting<func::FuncOp>(emitOpError("expects a function ")
                                        << getLossAttr() << " in the module, but there is none",
                                    *this, getLossAttr());
  auto type = loss.getNumResults() ? dyn_cast<RankedTensorType>(loss.getResultTypes()[0]) : nullptr;
  if (!type || type.getRank() != 0 || !isa<FloatType>(type.getElementType())) { // train_step_c1
    InFlightDiagnostic diagnostic = emitOpError("expects ")
                                    << getLossAttr() << " to return one rank-0 float tensor first";
    diagnostic.attachNote(loss.getLoc()) << "the loss is defined here";
    return diagnostic;
  }
  auto optimizer = dyn_cast<OptimizerAttrInterface>(getOptimizer());
  if (!optimizer) // train_step_c2
    return emitOpError("expects an optimizer such as #nn.sgd or #nn.adam after `with`, but got ")
           << getOptimizer();
  SmallPtrSet<Type, 2> elements;
  for (auto parameter : (*this)->getParentOfType<ModuleOp>().getOps<ParameterOp>())
    if (elements.insert(getElementTypeOrSelf(parameter.getType())).second &&
        failed(optimizer.verifyFor(*this, symbols,
                                   getElementTypeOrSelf(parameter.getType())))) // train_step_c3
      return failure();
  if (failed(verifySchedule(*this, optimizer)))
    return failure();
  double clip = getClipNorm() ? getClipNormAttr().getValueAsDouble() : 1.0;
  if (!(clip > 0.0)) // train_step_c5
    return emitOpError("expects clip_norm above 0, but got ") << getClipNormAttr();
  if (failed(verifyInRange([&] { return emitOpError(); }, "clip_norm", clip,
                           {0x1.0p-149, Range::kMost}))) // train_step_c5
    return failure();
  if (int64_t parts = getAccumulate().value_or(1); parts < 1 || parts > INT32_MAX) // train_step_c11
    return emitOpError("expects accumulate from 1 to 2^31 - 1, but got ") << parts;
  if (failed(verifyTrained(*this, symbols)))
    return failure();
  return verifyGroups(*this, optimizer, symbols);
}

namespace {
/// The types that follow from the callee and wrt of a derivative request.
struct DerivativeTypes {
  SmallVector<Type> results;      ///< of the callee
  SmallVector<Type> floatResults; ///< those that have derivatives
  SmallVector<Type> wrt;
};
} // namespace

static bool isFloat(Type type) { return isa<FloatType>(getElementTypeOrSelf(type)); }

static FailureOr<Type> typeOfWrt(Operation *op, SymbolTableCollection &symbols, TypeRange operands,
                                 Attribute entry) {
  if (auto name = dyn_cast<FlatSymbolRefAttr>(entry)) {
    auto parameter = symbols.lookupNearestSymbolFrom<ParameterOp>(op, name);
    if (!parameter) // derivative_c2
      return suggesting<ParameterOp>(
          op->emitOpError("expects wrt to name parameters, but there is no nn.parameter ") << name,
          op, name);
    return parameter.getType();
  }
  auto number = dyn_cast<IntegerAttr>(entry);
  if (!number) // derivative_c2
    return op->emitOpError("expects wrt to hold argument positions and parameter names, but got ")
           << entry;
  int64_t position = number.getInt();
  if (position < 0 || position >= static_cast<int64_t>(operands.size())) // derivative_c2
    return op->emitOpError("expects wrt positions below ")
           << operands.size() << ", but got " << position;
  return operands[position];
}

/// Checks callee, operand types and wrt of a derivative request.
static FailureOr<DerivativeTypes> verifyDerivative(Operation *op, SymbolTableCollection &symbols,
                                                   FlatSymbolRefAttr callee, TypeRange operands,
                                                   ArrayAttr wrt) {
  auto function = symbols.lookupNearestSymbolFrom<func::FuncOp>(op, callee);
  if (!function)
    return suggesting<func::FuncOp>(op->emitOpError("expects a function ")
                                        << callee << " in the module, but there is none",
                                    op, callee);
  if (TypeRange(function.getArgumentTypes()) != operands) // derivative_c1
    return op->emitOpError("expects operands of types ")
           << function.getArgumentTypes() << " for " << callee << ", but got " << operands;
  DerivativeTypes types;
  llvm::append_range(types.results, function.getResultTypes());
  llvm::copy_if(types.results, std::back_inserter(types.floatResults), isFloat);
  for (Attribute entry : wrt) {
    if (isa<UnitAttr>(entry)) { // all
      llvm::copy_if(operands, std::back_inserter(types.wrt), isFloat);
      continue;
    }
    FailureOr<Type> type = typeOfWrt(op, symbols, operands, entry);
    if (failed(type))
      return failure();
    if (!isFloat(*type)) // derivative_c3
      return op->emitOpError("expects wrt of float dtype, but ") << entry << " has type " << *type;
    types.wrt.push_back(*type);
  }
  return types;
}

/// Checks one list of types of a derivative request against those that follow from its callee.
static LogicalResult verifyTypes(Operation *op, StringRef what, TypeRange got, ArrayRef<Type> first,
                                 ArrayRef<Type> second = {}) {
  SmallVector<Type> expected(first);
  llvm::append_range(expected, second);
  if (got == TypeRange(expected))
    return success();
  return op->emitOpError("expects ")
         << what << " of types (" << TypeRange(expected) << "), but got (" << got << ")";
}

LogicalResult GradOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto types = verifyDerivative(*this, symbols, getCalleeAttr(), TypeRange(getInputs().getTypes()),
                                getWrt());
  if (failed(types))
    return failure();
  auto loss = types->results.empty() ? nullptr : dyn_cast<RankedTensorType>(types->results[0]);
  if (!loss || loss.getRank() != 0 || !isa<FloatType>(loss.getElementType())) // grad_c5
    return emitOpError("expects ")
           << getCalleeAttr()
           << " to return one rank-0 float tensor first; use nn.vjp for the derivative of a tensor";
  return verifyTypes(*this, "results", getResultTypes(), types->results,
                     types->wrt); // derivative_c4
}
LogicalResult VjpOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto types = verifyDerivative(*this, symbols, getCalleeAttr(), TypeRange(getInputs().getTypes()),
                                getWrt());
  if (failed(types) ||
      failed(verifyTypes(*this, "cotangents", TypeRange(getCotangents().getTypes()),
                         types->floatResults))) // vjp_c5
    return failure();
  return verifyTypes(*this, "results", getResultTypes(), types->results,
                     types->wrt); // derivative_c4
}
LogicalResult JvpOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto types = verifyDerivative(*this, symbols, getCalleeAttr(), TypeRange(getInputs().getTypes()),
                                getWrt());
  if (failed(types) || failed(verifyTypes(*this, "tangents", TypeRange(getTangents().getTypes()),
                                          types->wrt))) // jvp_c5
    return failure();
  return verifyTypes(*this, "results", getResultTypes(), types->results,
                     types->floatResults); // derivative_c4
}

/// wrt(@kernel, 0): parameter names and argument positions; `all` is a unit.
ParseResult parseWithRespectTo(OpAsmParser &parser, ArrayAttr &wrt) {
  SmallVector<Attribute> entries;
  auto parseEntry = [&]() -> ParseResult {
    StringAttr name;
    if (succeeded(parser.parseOptionalSymbolName(name))) {
      entries.push_back(FlatSymbolRefAttr::get(name));
      return success();
    }
    if (succeeded(parser.parseOptionalKeyword("all"))) {
      entries.push_back(parser.getBuilder().getUnitAttr());
      return success();
    }
    int64_t position;
    if (parser.parseInteger(position))
      return failure();
    entries.push_back(parser.getBuilder().getI64IntegerAttr(position));
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parseEntry))
    return failure();
  wrt = parser.getBuilder().getArrayAttr(entries);
  return success();
}
void printWithRespectTo(OpAsmPrinter &printer, Operation *, ArrayAttr wrt) {
  printer << '(';
  llvm::interleaveComma(wrt, printer, [&](Attribute entry) {
    if (auto position = dyn_cast<IntegerAttr>(entry))
      printer << position.getInt();
    else if (isa<UnitAttr>(entry))
      printer << "all";
    else
      printer << entry;
  });
  printer << ')';
}

} // namespace mlc::nn
