#include "compiler/Import/CheckNames.h"
#include "compiler/Import/Import.h"
#include "compiler/Import/Passes.h"
#include "compiler/Names/Names.h"
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/Suggestions.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_CHECKENTRIESPASS
#include "compiler/Import/Passes.h.inc"

namespace {
bool isSupportedElement(Type type) {
  return type.isF32() || type.isF64() || type.isBF16() || type.isF16() ||
         type.isSignlessInteger(1) || type.isSignlessInteger(8) || type.isSignlessInteger(32) ||
         type.isSignlessInteger(64);
}

/// Whether a C type of this name, which the header makes of the model's, would clash: with the
/// program's main, the header's own names, or what the language and its compilers reserve.
bool meansSomethingElseInC(StringRef name) {
  static constexpr llvm::StringLiteral kOthers[] = {
      "main",       "NULL",     "linux",        "unix",           "mlc",    "DLDevice",
      "DLDataType", "DLTensor", "DLDeviceType", "DLDataTypeCode", "kDLCPU", "kDLCUDA",
      "kDLInt",     "kDLUInt",  "kDLFloat",     "kDLBfloat",      "kDLBool"};
  bool isReserved =
      name.starts_with("__") || (name.size() > 1 && name[0] == '_' && llvm::isUpper(name[1]));
  return isReserved || name.ends_with("_t") || name.starts_with("mlc_") ||
         name.starts_with("MLC_") || llvm::is_contained(kOthers, name);
}

LogicalResult checkModule(ModuleOp module) {
  std::optional<StringRef> name = module.getSymName();
  if (!name) { // C1
    InFlightDiagnostic diagnostic = module.emitError("expects a named module");
    diagnostic.attachNote()
        << "write `module @name { ... }`: the name is the prefix of the library's functions";
    return diagnostic;
  }
  if (!isCIdentifier(*name)) {
    InFlightDiagnostic diagnostic =
        module.emitError("expects a C identifier as the module's name, but got '") << *name << "'";
    diagnostic.attachNote() << "'" << toCIdentifier(*name) << "' is one";
    return diagnostic;
  }
  if (meansSomethingElseInC(*name)) // C11
    return module.emitError("expects another name than '")
           << *name << "' for the model, since it means something else in C";
  bool hasEntry = llvm::any_of(module.getOps<func::FuncOp>(),
                               [](func::FuncOp function) { return function.isPublic(); }) ||
                  !module.getOps<nn::TrainStepOp>().empty();
  if (!hasEntry) { // C2
    InFlightDiagnostic diagnostic =
        module.emitError("expects an entry point, but the module has no public function");
    diagnostic.attachNote()
        << "every `func.func` that is not private becomes a function of the library";
    return diagnostic;
  }
  return success();
}

LogicalResult checkName(Operation *entry, StringRef name) {
  if (!isCIdentifier(("_" + name).str())) // C5: the name of the module goes before it
    return entry->emitError("expects a C identifier as the name of an entry, but got '")
           << name << "'";
  if (name == "mlc_model_v1" || llvm::is_contained(commonFunctions(), name)) {
    InFlightDiagnostic diagnostic = entry->emitError("expects another name than '")
                                    << name << "' for an entry";
    diagnostic.attachNote() << "every library has a function of this name already";
    return diagnostic;
  }
  return success();
}

/// C10: beside `f` the library has `f_shape`.
LogicalResult checkShapeNames(ModuleOp module) {
  llvm::StringMap<Operation *> entries;
  for (Operation &op : *module.getBody())
    if (auto function = dyn_cast<func::FuncOp>(op); function && function.isPublic())
      entries[function.getSymName()] = &op;
    else if (auto step = dyn_cast<nn::TrainStepOp>(op))
      entries[step.getSymName()] = &op;
  for (Operation &op : *module.getBody()) {
    StringRef name = op.getAttrOfType<StringAttr>(SymbolTable::getSymbolAttrName())
                         ? SymbolTable::getSymbolName(&op).getValue()
                         : StringRef();
    StringRef of = name;
    if (entries.lookup(name) != &op || !of.consume_back("_shape") || !entries.contains(of))
      continue;
    InFlightDiagnostic diagnostic = op.emitError("expects another name than '")
                                    << name << "' for an entry";
    diagnostic.attachNote(entries.lookup(of)->getLoc())
        << "the library has " << name << ", which tells the shapes of the results of " << of;
    return diagnostic;
  }
  return success();
}

LogicalResult checkType(func::FuncOp entry, Location location, const Twine &what, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (tensor && isSupportedElement(tensor.getElementType()) && !tensor.getEncoding())
    return success();
  InFlightDiagnostic diagnostic = // C6
      emitError(location, "expects ")
      << what << " of @" << entry.getSymName()
      << " to be a ranked tensor of f32, f64, bf16, f16, i1, i8, i32 or i64, but got " << type;
  if (type.isIntOrIndexOrFloat())
    diagnostic.attachNote() << "a scalar is a tensor of rank 0: tensor<"
                            << (type.isIndex() ? "i64" : "f32") << ">";
  return diagnostic;
}

/// `nn.dims` of argument `number`: names for the `?` of its type.
LogicalResult checkDims(func::FuncOp entry, unsigned number, RankedTensorType type) {
  Attribute attribute = entry.getArgAttr(number, nn::kDimsAttr);
  if (!attribute)
    return success();
  Location location = entry.getArgument(number).getLoc();
  auto names = dyn_cast<ArrayAttr>(attribute);
  if (!names || static_cast<int64_t>(names.size()) != type.getRank() ||
      !llvm::all_of(names, llvm::IsaPred<StringAttr>)) // C7
    return emitError(location, "expects nn.dims with one string per dimension of ")
           << type << ", but got " << attribute;
  for (auto [dim, name] : llvm::enumerate(names.getAsRange<StringAttr>())) {
    if (name.empty())
      continue;
    if (!isCIdentifier(name))
      return emitError(location, "expects a C identifier as the name of a dimension, but got ")
             << name;
    if (!type.isDynamicDim(dim))
      return emitError(location, "expects a name for `?` only, but ")
             << name << " names dimension " << dim << " of " << type;
  }
  return success();
}

/// C12: the attributes of our dialects that a model may give here; the others would be ignored, or
/// are the compiler's own.
LogicalResult checkAttributes(Location location, DictionaryAttr attributes,
                              ArrayRef<StringRef> known) {
  for (NamedAttribute attribute : attributes ? attributes.getValue() : ArrayRef<NamedAttribute>()) {
    StringRef name = attribute.getName();
    if ((!name.starts_with("nn.") && !name.starts_with("kernel.")) ||
        llvm::is_contained(known, name))
      continue;
    InFlightDiagnostic diagnostic = emitError(location, "expects no attribute ")
                                    << attribute.getName();
    if (!known.empty())
      diagnostic.attachNote() << "there are " << llvm::join(known, ", ");
    return diagnostic;
  }
  return success();
}

/// C13: an `nn.name` is an argument or a result in C, and tells them apart for mlc-run.
LogicalResult checkTensorName(Location location, Attribute name, llvm::StringSet<> &taken) {
  auto text = dyn_cast_or_null<StringAttr>(name);
  if (!name || (text && isCIdentifier(text) && taken.insert(text).second))
    return success();
  return emitError(location, "expects an nn.name that is a C identifier and no other's, but got ")
         << name;
}

LogicalResult checkNamesAndAttributes(func::FuncOp entry) {
  if (failed(checkAttributes(entry.getLoc(), entry->getDiscardableAttrDictionary(),
                             {nn::kUpdatesAttr})))
    return failure();
  if (Attribute updates = entry->getAttr(nn::kUpdatesAttr); updates && !isa<UnitAttr>(updates))
    return entry.emitError("expects nn.updates without a value, but got ") << updates; // C19
  llvm::StringSet<> arguments, results;
  for (BlockArgument argument : entry.getArguments()) {
    unsigned number = argument.getArgNumber();
    if (failed(checkAttributes(argument.getLoc(), entry.getArgAttrDict(number),
                               {nn::kDimsAttr, nn::kNameAttr, nn::kValueAttr})) ||
        failed(
            checkTensorName(argument.getLoc(), entry.getArgAttr(number, nn::kNameAttr), arguments)))
      return failure();
  }
  for (unsigned number = 0; number < entry.getNumResults(); ++number)
    if (failed(checkAttributes(entry.getLoc(), entry.getResultAttrDict(number), {nn::kNameAttr})) ||
        failed(
            checkTensorName(entry.getLoc(), entry.getResultAttr(number, nn::kNameAttr), results)))
      return failure();
  return success();
}

LogicalResult checkFunction(func::FuncOp function) {
  if (function.isExternal()) // C3
    return function.emitError("expects a body for @")
           << function.getSymName() << ", but it is only declared";
  if (!function.getBody().hasOneBlock()) // C4
    return function.emitError("not supported yet: control flow between blocks in @")
           << function.getSymName();
  if (function.isPrivate())
    return success();
  // C14: compiling a C function takes time that grows with the square of its parameters.
  constexpr unsigned kMostTensors = 4096;
  if (unsigned count = function.getNumArguments() + function.getNumResults(); count > kMostTensors)
    return function.emitError("expects at most ")
           << kMostTensors << " arguments and results of an entry, but @" << function.getSymName()
           << " has " << count;
  if (failed(checkName(function, function.getSymName())) ||
      failed(checkNamesAndAttributes(function)))
    return failure();
  for (BlockArgument argument : function.getArguments()) {
    if (failed(checkType(function, argument.getLoc(), "argument " + Twine(argument.getArgNumber()),
                         argument.getType())) ||
        failed(checkDims(function, argument.getArgNumber(),
                         cast<RankedTensorType>(argument.getType()))))
      return failure();
  }
  for (auto [number, type] : llvm::enumerate(function.getResultTypes()))
    if (failed(checkType(function, function.front().getTerminator()->getLoc(),
                         "result " + Twine(number), type)))
      return failure();
  return success();
}

/// Every pattern of a list of parameters fits one.
LogicalResult checkPatterns(nn::TrainStepOp step, StringRef clause, ArrayAttr members) {
  std::vector<std::string> names;
  for (auto parameter : step->getParentRegion()->getOps<nn::ParameterOp>())
    names.push_back(parameter.getSymName().str());
  for (Attribute member : members) {
    auto pattern = dyn_cast<StringAttr>(member);
    auto fits = [&](StringRef name) { return nn::GroupAttr::fits(pattern, name); };
    if (!pattern || llvm::any_of(names, fits))
      continue;
    InFlightDiagnostic diagnostic = step.emitError("expects a pattern in ")
                                    << clause << " that fits a parameter, but none is like "
                                    << pattern;
    std::string fixed = pattern.str();
    llvm::erase(fixed, '*');
    if (std::string note = didYouMean(fixed, names, "@"); !note.empty())
      diagnostic.attachNote() << note;
    diagnostic.attachNote() << "* stands for any characters; @name is a parameter of that name";
    return diagnostic;
  }
  return success();
}

/// C20: a pattern that fits nothing is a slip. Said here, since --entries may leave parameters out.
LogicalResult checkPatterns(nn::TrainStepOp step) {
  if (ArrayAttr trains = step.getTrainsAttr())
    if (failed(checkPatterns(step, "trains", trains)))
      return failure();
  ArrayAttr groups = step.getGroupsAttr();
  for (Attribute entry : groups ? groups.getValue() : ArrayRef<Attribute>())
    if (failed(checkPatterns(step, "groups", cast<nn::GroupAttr>(entry).getMembers())))
      return failure();
  return success();
}

/// C8: ops of other dialects have no lowering here, even where they parse, unless they say how
/// kernels take them.
LogicalResult checkOp(Operation *op) {
  StringRef dialect = op->getName().getDialectNamespace();
  if (isa<ModuleOp>(op))
    return op->emitError("expects functions and declarations, but got a module inside the model");
  if (isa<nn::StorageOp>(op))
    return op->emitError("expects nn.parameter or nn.state: the compiler makes nn.storage of them");
  if (dialect == "nn" || dialect == "func" || isa<nn::KernelOpInterface>(op))
    return success();
  auto isIndex = [](Type type) { return type.isIndex(); };
  if (dialect == "arith" && llvm::all_of(op->getOperandTypes(), isIndex) &&
      llvm::all_of(op->getResultTypes(), isIndex))
    return success();
  return op->emitError("not supported yet: ") << op->getName();
}

/// C9: sizes and offsets are computed with 64 bits, and the runtime keeps shapes in arrays.
LogicalResult checkSize(Location location, Type type) {
  constexpr int64_t kMostDims = 32;
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (tensor && tensor.getRank() > kMostDims)
    return emitError(location, "expects tensors of at most ")
           << kMostDims << " dimensions, but got " << tensor.getRank();
  return nn::verifyElementCount(location, type);
}

/// Every tensor that a function names.
bool checkSizes(func::FuncOp function) {
  bool ok = true;
  for (BlockArgument argument : function.getArguments())
    ok &= succeeded(checkSize(argument.getLoc(), argument.getType()));
  function.walk([&](Operation *op) {
    for (Type type : op->getResultTypes())
      ok &= succeeded(checkSize(op->getLoc(), type));
  });
  return ok;
}

struct CheckEntriesPass : impl::CheckEntriesPassBase<CheckEntriesPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    bool ok = succeeded(checkModule(module));
    for (auto function : module.getOps<func::FuncOp>())
      ok &= succeeded(checkFunction(function)) && checkSizes(function);
    for (auto step : module.getOps<nn::TrainStepOp>())
      ok &= succeeded(checkName(step, step.getSymName())) && succeeded(checkPatterns(step));
    ok &= succeeded(checkShapeNames(module));
    ok = ok && succeeded(checkExports(module));
    ok &= succeeded(checkStateNames(module));
    for (auto parameter : module.getOps<nn::ParameterOp>())
      ok &= succeeded(checkSize(parameter.getLoc(), parameter.getType()));
    for (auto state : module.getOps<nn::StateOp>())
      ok &= succeeded(checkSize(state.getLoc(), state.getType()));
    module.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (op == module || succeeded(checkOp(op)))
        return WalkResult::advance();
      ok = false;
      return WalkResult::skip(); // what is inside is no other mistake
    });
    if (!ok)
      signalPassFailure();
  }
};
} // namespace
} // namespace mlc
