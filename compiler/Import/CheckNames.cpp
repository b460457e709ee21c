#include "compiler/Import/CheckNames.h"
#include "compiler/Names/Names.h"
#include "dialects/NN/NN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace mlc {

static LogicalResult checkExport(Operation *op, StringRef name, StringRef what,
                                 const std::string &symbol) {
  std::string why = whyNoCFunction(symbol);
  if (why.empty())
    return success();
  InFlightDiagnostic diagnostic = op->emitError("expects another name than '")
                                  << name << "' for " << what;
  diagnostic.attachNote() << "the library would export " << symbol << ": " << why;
  return diagnostic;
}

LogicalResult checkExports(ModuleOp module) {
  StringRef model = module.getSymName().value_or("");
  for (StringRef common : commonFunctions())
    if (failed(checkExport(module, model, "the model", cFunctionName(model, common))))
      return failure();
  bool ok = true;
  for (Operation &op : *module.getBody()) {
    auto function = dyn_cast<func::FuncOp>(op);
    if (!isa<nn::TrainStepOp>(op) && !(function && function.isPublic()))
      continue;
    StringRef name = SymbolTable::getSymbolName(&op);
    ok &= succeeded(checkExport(&op, name, "an entry", cFunctionName(model, name))) &&
          succeeded(
              checkExport(&op, name, "an entry", cFunctionName(model, (name + "_shape").str())));
  }
  return success(ok);
}

namespace {
/// The keys of a file, each with what has it.
class Keys {
public:
  LogicalResult add(Operation *op, StringRef kind, StringRef name) {
    if (std::string why = whyNoStateName(name); !why.empty()) {
      InFlightDiagnostic diagnostic = op->emitError("expects another name for ") << kind;
      diagnostic.attachNote() << "no file of state can hold this one: " << why;
      return diagnostic;
    }
    owners[name] = op;
    return success();
  }
  Operation *lookup(StringRef key) const { return owners.lookup(key); }
  const llvm::StringMap<Operation *> &all() const { return owners; }

private:
  llvm::StringMap<Operation *> owners;
};
} // namespace

/// `prefix`: of what belongs to the training step, "" or "fit/".
static LogicalResult checkSlot(nn::TrainStepOp step, StringRef prefix, StringRef slot,
                               const Keys &members) {
  if (std::string why = whyNoStateName(slot); !why.empty() || slot.contains('/')) {
    InFlightDiagnostic diagnostic = step.emitError("expects other names for the optimizer's slots");
    diagnostic.attachNote() << "no file of state can hold one of them: "
                            << (why.empty()
                                    ? "it has a slash, which stands between the slot and the "
                                      "parameter there"
                                    : why);
    return diagnostic;
  }
  for (const auto &member : members.all()) {
    Operation *other = members.lookup((prefix + slot + "/" + member.getKey()).str());
    if (!other)
      continue;
    InFlightDiagnostic diagnostic = other->emitError("expects another name than '")
                                    << SymbolTable::getSymbolName(other).getValue() << "'";
    diagnostic.attachNote(member.getValue()->getLoc())
        << "in a file of state it is the slot " << slot << " of '" << member.getKey() << "'";
    return diagnostic;
  }
  return success();
}

static LogicalResult checkHyperparameter(nn::TrainStepOp step, StringRef name) {
  std::string why = whyNoStateName(name);
  if (llvm::is_contained(metadataKeys(), name))
    why = "'" + name.str() + "' means something else there";
  if (why.empty())
    return success();
  InFlightDiagnostic diagnostic =
      step.emitError("expects other names for the optimizer's hyperparameters");
  diagnostic.attachNote() << "no file of state can hold one of them: " << why;
  return diagnostic;
}

LogicalResult checkStateNames(ModuleOp module) {
  Keys members;
  bool ok = true;
  for (auto parameter : module.getOps<nn::ParameterOp>())
    ok &= succeeded(members.add(parameter, "a parameter", parameter.getSymName()));
  for (auto state : module.getOps<nn::StateOp>())
    ok &= succeeded(members.add(state, "a state", state.getSymName()));
  auto steps = llvm::to_vector(module.getOps<nn::TrainStepOp>());
  for (nn::TrainStepOp step : steps) {
    auto optimizer = dyn_cast<nn::OptimizerAttrInterface>(step.getOptimizer());
    if (!optimizer)
      continue;
    std::string prefix = steps.size() > 1 ? step.getSymName().str() + "/" : "";
    for (const std::string &slot : optimizer.slots())
      ok &= succeeded(checkSlot(step, prefix, slot, members));
    for (const nn::Hyperparameter &declared : optimizer.hyperparameters())
      ok &= succeeded(checkHyperparameter(step, declared.name));
  }
  return success(ok);
}

} // namespace mlc
