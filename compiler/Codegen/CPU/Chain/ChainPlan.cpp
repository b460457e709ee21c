#include "compiler/Codegen/CPU/Chain/ChainPlan.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace mlc {

namespace {
class Planner {
public:
  Planner(const nn::ProductChain &chain, ChainPlan &plan) : chain(chain), plan(plan) {}

  void run() {
    for (nn::ProductOpInterface maker : chain.makers) {
      Value value = lastOf(maker);
      plan.made.push_back({maker, value, plan.slots});
      stored[value] = plan.slots++;
    }
    for (nn::ReductionOpInterface reduction : chain.reductions)
      roots.push_back(reduction->getOperand(0));
    llvm::append_range(roots, plan.taken);
    for (auto [number, root] : llvm::enumerate(roots))
      addPass(number, root);
    for (Value cells : plan.taken)
      plan.slotOfTaker.push_back(stored.at(cells));
  }

private:
  bool isCell(Value value) const {
    return value.getDefiningOp() && chain.cells.contains(value.getDefiningOp());
  }

  /// Slots are of the dtype of the products.
  bool isStorable(Value value) const {
    return getElementTypeOrSelf(value.getType()) ==
           getElementTypeOrSelf(chain.makers.front()->getResult(0).getType());
  }

  //===- What is stored instead of products ---------------------------------===//

  /// Whether a value is known before any cell of the chain.
  bool isKnownBefore(Value value) {
    Operation *op = value.getDefiningOp();
    if (!op)
      return true;
    bool isOfChain = isa<nn::ProductOpInterface>(op) ||
                     llvm::is_contained(chain.reductions, dyn_cast<nn::ReductionOpInterface>(op));
    return !isOfChain &&
           llvm::all_of(op->getOperands(), [&](Value operand) { return isKnownBefore(operand); });
  }

  /// The last value on the way from a maker that is computed of its products and of nothing else of
  /// the chain, and that alone needs those before it.
  Value lastOf(nn::ProductOpInterface maker) {
    Value value = maker->getResult(0), last = value;
    while (true) {
      if (isStorable(value))
        last = value;
      llvm::SmallPtrSet<Operation *, 4> users(value.user_begin(), value.user_end());
      if (users.size() != 1 || !chain.cells.contains(*users.begin()))
        return last;
      Operation *user = *users.begin();
      if (!llvm::all_of(user->getOperands(),
                        [&](Value operand) { return operand == value || isKnownBefore(operand); }))
        return last;
      value = user->getResult(0);
    }
  }

  //===- Passes -------------------------------------------------------------===//

  /// The cells that `root` is computed of, back to what is stored.
  llvm::SetVector<Value> coneOf(Value root) {
    llvm::SetVector<Value> cone;
    cone.insert(root);
    for (size_t next = 0; next < cone.size(); ++next)
      if (!stored.contains(cone[next]))
        for (Value operand : cone[next].getDefiningOp()->getOperands())
          if (isCell(operand))
            cone.insert(operand);
    return cone;
  }
  /// Takers come last: what they take is needed until then.
  bool isNeededAfter(size_t number, Value value) {
    return llvm::is_contained(plan.taken, value) ||
           llvm::any_of(llvm::drop_begin(roots, number + 1),
                        [&](Value root) { return coneOf(root).contains(value); });
  }
  bool isCostly(Value value) {
    return llvm::any_of(coneOf(value), [&](Value part) {
      return !stored.contains(part) && part.getDefiningOp()->hasTrait<nn::Costly>();
    });
  }

  void addPass(size_t number, Value root) {
    bool isReduction = number < chain.reductions.size(), isStored = stored.contains(root);
    ChainPlan::Pass pass;
    if (isReduction)
      pass.reduction = chain.reductions[number];
    bool pays = isStorable(root) && isCostly(root) && isNeededAfter(number, root);
    if (!isStored && (!isReduction || pays)) {
      pass.stored = root;
      pass.slot = takeSlot(number, root);
    }
    if (pass.reduction || pass.stored)
      plan.passes.push_back(pass);
  }

  /// The slot of a value that nothing else needs, or a new one.
  unsigned takeSlot(size_t number, Value value) {
    llvm::SetVector<Value> cone = coneOf(value);
    unsigned slot = plan.slots;
    for (Value part : cone) {
      auto found = stored.find(part);
      if (found == stored.end())
        continue;
      slot = found->second;
      stored.erase(found);
      stored[value] = slot;
      if (!isNeededAfter(number, part))
        return slot;
      stored.erase(value);
      stored[part] = slot;
    }
    stored[value] = plan.slots;
    return plan.slots++;
  }

  const nn::ProductChain &chain;
  ChainPlan &plan;
  DenseMap<Value, unsigned> stored;
  SmallVector<Value> roots; ///< operands of the reductions, then cells of the takers
};
} // namespace

ChainPlan::ChainPlan(const nn::ProductChain &chain, TakenCells takenCells) {
  for (const nn::ProductChain::Taker &taker : chain.takers)
    taken.push_back(takenCells(taker));
  Planner(chain, *this).run();
}

} // namespace mlc
