#include "compiler/Fusion/ChainProducts.h"
#include "compiler/Fusion/Grouping.h"
#include "dialects/NN/ProductChain.h"

using namespace mlir;

namespace mlc {

/// More ops than that are no chain: every kernel of it has a copy of all cells.
static constexpr size_t kMostCells = 64;

/// Rows, and keys, from which a chain pays: fewer leave its vectors and its tiles empty.
static constexpr int64_t kFewestRows = 16, kFewestKeys = 16;

namespace {
class Chainer {
public:
  Chainer(nn::DimensionAnalysis &sizes, GroupGraph &graph) : sizes(sizes), graph(graph) {}

  void run(Block &block) {
    for (auto reduction : block.getOps<nn::ReductionOpInterface>())
      if (!visited.contains(reduction))
        find(reduction);
    if (chains.empty())
      return;
    for (const Chain &chain : chains) {
      graph.repeat(chain.cells.getArrayRef());
      graph.repeat(chain.free.getArrayRef());
    }
    graph.findReads();
    for (const Chain &chain : chains)
      mergeMembers(chain);
  }

private:
  struct Chain {
    llvm::SetVector<Operation *> cells, members;
    llvm::SetVector<Operation *> free; ///< ops that cells need and that read no more than numbers
  };

  //===- Cells --------------------------------------------------------------===//

  bool isCell(Operation *op) {
    if (!isa_and_nonnull<nn::ElementwiseOpInterface, nn::ProductOpInterface>(op))
      return false;
    return graph.isInlined(op) ? isTakenIn(op) : graph.groupOf(op) >= 0;
  }

  void find(nn::ReductionOpInterface reduction) {
    Operation *first = reduction->getOperand(0).getDefiningOp();
    Chain chain;
    if (!isCell(first) || !spread(first, sizes.shape(reduction->getOperand(0)), chain))
      return;
    SmallVector<Operation *> ops(chain.cells.begin(), chain.cells.end());
    llvm::append_range(ops, chain.members);
    llvm::sort(ops, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    auto products = nn::ProductChain::of(ops);
    if (!products || !pays(*products) || !areInMemory(*products))
      return;
    addRowOps(chain);
    addFree(chain);
    addTransposes(*products, chain);
    chains.push_back(std::move(chain));
  }

  /// Adds to `cells` what is computed of the same elements, both ways, and to `members` what takes
  /// them in; fails where anybody else reads one.
  bool spread(Operation *first, const Shape &shape, Chain &chain) {
    chain.cells.insert(first);
    for (size_t next = 0; next < chain.cells.size(); ++next) {
      Operation *op = chain.cells[next];
      if (chain.cells.size() > kMostCells || graph.isReadOutside(op))
        return false;
      if (isa<nn::ElementwiseOpInterface>(op))
        for (Value operand : op->getOperands())
          if (isCell(operand.getDefiningOp()) && sizes.shape(operand) == shape)
            chain.cells.insert(operand.getDefiningOp());
      for (Operation *user : op->getUsers())
        if (!take(user, chain))
          return false;
    }
    return true;
  }

  bool take(Operation *user, Chain &chain) {
    if (isCell(user) && isa<nn::ElementwiseOpInterface>(user))
      return chain.cells.insert(user), true;
    if (!isa<nn::ReductionOpInterface, nn::ProductOpInterface>(user) || graph.groupOf(user) < 0)
      return false;
    visited.insert(user);
    chain.members.insert(user);
    return true;
  }

  /// A kernel of a chain whose takers sum over rows has a tile for all rows of a batch position.
  bool pays(const nn::ProductChain &chain) {
    if (chain.takers.empty())
      return false;
    bool sumsOverRows =
        llvm::any_of(chain.takers, [&](const auto &taker) { return taker.sumsOver(chain.row); });
    Shape shape = sizes.shape(chain.makers.front()->getResult(0));
    int64_t outer = 1;
    for (auto [dim, size] : llvm::enumerate(shape)) {
      auto known = dyn_cast<AffineConstantExpr>(size);
      auto cellDim = static_cast<int64_t>(dim);
      bool isOuter = cellDim != chain.row && cellDim != chain.key;
      int64_t fewest = cellDim == chain.key ? kFewestKeys : sumsOverRows ? kFewestRows : 1;
      if (known && !isOuter && known.getValue() < fewest)
        return false;
      if (isOuter)
        outer = known && outer >= 0 ? outer * known.getValue() : -1;
    }
    return outer != 1 || !sumsOverRows;
  }

  /// Register tiles read operands where they lie, narrow ones too: what is inlined lies nowhere.
  bool areInMemory(const nn::ProductChain &chain) {
    auto isInMemory = [&](nn::ProductOpInterface product, Value operand) {
      Operation *made = product.narrowOperand(operand).getDefiningOp();
      return !made || !graph.isInlined(made);
    };
    return llvm::all_of(chain.takers,
                        [&](const auto &taker) { return isInMemory(taker.op, taker.other()); }) &&
           llvm::all_of(chain.makers, [&](nn::ProductOpInterface maker) {
             return isInMemory(maker, maker.getLhs()) && isInMemory(maker, maker.getRhs());
           });
  }

  //===- Members ------------------------------------------------------------===//

  /// Ops on numbers of rows between reductions and cells.
  void addRowOps(Chain &chain) {
    for (size_t next = 0; next < chain.cells.size(); ++next)
      for (Value operand : chain.cells[next]->getOperands()) {
        Operation *copied = operand.getDefiningOp();
        if (copied && graph.isInlined(copied) && copied->getNumOperands() > 0)
          addRowOp(copied->getOperand(0).getDefiningOp(), chain);
      }
  }
  bool addRowOp(Operation *op, Chain &chain) {
    if (op && chain.members.contains(op))
      return true;
    if (!isCell(op) || !isa<nn::ElementwiseOpInterface>(op) || chain.cells.contains(op))
      return false;
    bool needsReduction = false;
    for (Value operand : op->getOperands())
      needsReduction |= addRowOp(operand.getDefiningOp(), chain);
    if (needsReduction)
      chain.members.insert(op);
    return needsReduction;
  }

  /// Comparisons of positions, with each other and with single numbers: no kernel stores one for
  /// every row and key.
  void addFree(Chain &chain) {
    for (Operation *cell : chain.cells)
      for (Value operand : cell->getOperands())
        addFree(operand, chain);
  }
  bool addFree(Value value, Chain &chain) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    Operation *op = value.getDefiningOp();
    if (!type || type.getRank() == 0 || chain.free.contains(op))
      return true;
    if (!op)
      return false;
    bool isElementwise = isCell(op) && isa<nn::ElementwiseOpInterface>(op);
    if (chain.cells.contains(op) || (!isElementwise && !graph.isInlined(op)))
      return false;
    auto isFree = [&](Value operand) { return addFree(operand, chain); };
    if (!llvm::all_of(op->getOperands(), isFree))
      return false;
    if (isElementwise && !graph.isReadOutside(op))
      chain.free.insert(op);
    return true;
  }

  /// A transpose of a product that nobody else reads: the product is stored in that order.
  void addTransposes(const nn::ProductChain &products, Chain &chain) {
    for (const auto &taker : products.takers) {
      if (!taker.op->hasOneUse())
        continue;
      auto user = dyn_cast<nn::KernelOpInterface>(*taker.op->user_begin());
      if (user && graph.groupOf(user) >= 0 && !graph.isInlined(user) && user.permutation())
        chain.members.insert(user);
    }
  }

  /// Members become one group wherever no other kernel has to run between them.
  void mergeMembers(const Chain &chain) {
    SmallVector<Operation *> members(chain.members.begin(), chain.members.end());
    llvm::sort(members, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    SmallVector<int> groups;
    for (Operation *member : members) {
      int own = graph.groupOf(member);
      auto *into = llvm::find_if(groups, [&](int group) {
        return !graph.hasDetour(group, own) && !graph.dependsOn(group, own);
      });
      if (into == groups.end())
        groups.push_back(own);
      else
        graph.merge(*into, own, Space());
    }
  }

  nn::DimensionAnalysis &sizes;
  GroupGraph &graph;
  llvm::SmallPtrSet<Operation *, 16> visited; ///< reductions of chains
  SmallVector<Chain> chains;
};
} // namespace

void chainProducts(Block &block, nn::DimensionAnalysis &sizes, GroupGraph &graph) {
  Chainer(sizes, graph).run(block);
}

} // namespace mlc
