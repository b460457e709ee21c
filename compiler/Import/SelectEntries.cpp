// select-entries: --entries.
#include "compiler/Import/Passes.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace mlc {
#define GEN_PASS_DEF_SELECTENTRIESPASS
#include "compiler/Import/Passes.h.inc"

static bool isEntry(Operation &op) {
  auto function = dyn_cast<func::FuncOp>(op);
  return isa<nn::TrainStepOp>(op) || (function && function.isPublic());
}

std::vector<std::string> entryNames(ModuleOp module) {
  std::vector<std::string> names;
  for (Operation &op : *module.getBody())
    if (isEntry(op))
      names.push_back(SymbolTable::getSymbolName(&op).str());
  return names;
}

/// `roots`, and all symbols of the module that they need.
static llvm::SetVector<Operation *> neededBy(ArrayRef<Operation *> roots,
                                             const SymbolTable &symbols) {
  llvm::SetVector<Operation *> needed(roots.begin(), roots.end());
  for (size_t i = 0; i < needed.size(); ++i)
    if (auto uses = SymbolTable::getSymbolUses(needed[i]))
      for (SymbolTable::SymbolUse use : *uses)
        if (Operation *symbol = symbols.lookup(use.getSymbolRef().getRootReference()))
          needed.insert(symbol);
  return needed;
}

namespace {
struct SelectEntriesPass : impl::SelectEntriesPassBase<SelectEntriesPass> {
  using SelectEntriesPassBase::SelectEntriesPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    SmallVector<Operation *> kept, others;
    unsigned steps = 0;
    for (Operation &op : *module.getBody()) {
      steps += isa<nn::TrainStepOp>(op);
      if (isEntry(op) && llvm::is_contained(entries, SymbolTable::getSymbolName(&op).getValue()))
        kept.push_back(&op);
      else if (isa<func::FuncOp, nn::TrainStepOp>(op))
        others.push_back(&op);
    }
    if (steps > 1)
      module->setAttr(nn::kSeveralStepsAttr, UnitAttr::get(&getContext()));
    leaveOut(neededBy(kept, symbols), neededBy(others, symbols), kept);
  }

private:
  /// A function that kept ones need stays, but is no entry. A parameter or state that nothing reads
  /// stays as it would without the option.
  void leaveOut(const llvm::SetVector<Operation *> &needed,
                const llvm::SetVector<Operation *> &candidates, ArrayRef<Operation *> kept) {
    SmallVector<Attribute> names;
    SmallVector<Operation *> unneeded;
    for (Operation &op : *getOperation().getBody()) {
      auto function = dyn_cast<func::FuncOp>(op);
      if (function && needed.contains(&op) && !llvm::is_contained(kept, &op))
        function.setPrivate();
      if (needed.contains(&op) || !candidates.contains(&op))
        continue;
      if (isa<nn::ParameterOp, nn::StateOp>(op))
        names.push_back(SymbolTable::getSymbolName(&op));
      unneeded.push_back(&op);
    }
    for (Operation *op : unneeded)
      op->erase();
    if (!names.empty())
      getOperation()->setAttr(nn::kLeftOutAttr, ArrayAttr::get(&getContext(), names));
  }
};
} // namespace
} // namespace mlc
