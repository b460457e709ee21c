// What is worth merging, in which order, and what is cheaper to compute again.
#include "compiler/Fusion/Grouping.h"
#include "compiler/Fusion/ChainProducts.h"
#include "compiler/Fusion/GroupGraph.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace mlc {

static int64_t rankOf(Value value) { return cast<RankedTensorType>(value.getType()).getRank(); }
static unsigned elementBits(Value tensor) {
  return std::max(8u, getElementTypeOrSelf(tensor.getType()).getIntOrFloatBitWidth());
}

/// A pointwise op that is cheaper to repeat than to store and load: at most two tensors read.
static bool isCheap(Operation *op) {
  return isa<nn::ElementwiseOpInterface>(op) && !op->hasTrait<nn::Costly>() &&
         op->getNumOperands() <= 3;
}

/// Whether the kernel of the op that has the operand computes it.
static bool isOperandTakenIn(OpOperand &use) {
  auto user = dyn_cast<nn::KernelOpInterface>(use.getOwner());
  return user && user.takesIn(use.getOperandNumber());
}
bool isTakenIn(Operation *op) { return llvm::any_of(op->getUses(), isOperandTakenIn); }

/// Elementwise arithmetic on a single number.
static bool isArithmetic(Operation *op) {
  return isa<nn::ElementwiseOpInterface>(op) && rankOf(op->getResult(0)) == 0;
}

namespace {
/// Every kernel that reads it computes it anew: what costs nothing, what one of them takes in, and
/// arithmetic on single numbers, but for every so many ops of a chain: the sum of the losses of a
/// thousand steps would be a kernel of a thousand inputs.
class Inlining {
public:
  bool operator()(Operation *op) {
    if (!isArithmetic(op))
      return cast<nn::KernelOpInterface>(op).role() == nn::Role::inlined || isTakenIn(op);
    constexpr unsigned kMostDepth = 256;
    unsigned depth = 1; // of the chain that ends here
    for (Value operand : op->getOperands())
      depth = std::max(depth, depths.lookup(operand.getDefiningOp()) + 1);
    if (depth > kMostDepth)
      return isTakenIn(op);
    depths[op] = depth;
    return true;
  }

private:
  DenseMap<Operation *, unsigned> depths; ///< of chains of arithmetic
};
} // namespace

static bool isConstant(Operation *op) { return op->hasTrait<OpTrait::ConstantLike>(); }

namespace {
class Grouper {
public:
  Grouper(Block &block, nn::DimensionAnalysis &sizes, const FusionOptions &options)
      : block(block), sizes(sizes), options(options), graph(makeGraph(block, sizes, options)) {}

  Grouping run() {
    if (options.fuse) {
      if (options.chainProducts)
        chainProducts(block, sizes, graph);
      for (SpaceKind kind :
           {SpaceKind::Product, SpaceKind::Rows, SpaceKind::Columns, SpaceKind::Map})
        mergeConsumers(kind);
      for (SpaceKind kind : {SpaceKind::Rows, SpaceKind::Columns, SpaceKind::Map})
        mergeConsumers(kind);
      takeInRoundings();
      mergeAllSiblings();
      repeatCheapOps();
      mergeAllSiblings(); // what is repeated may have kept readers of one tensor apart
      if (options.explain)
        explain();
    }
    return graph.finish();
  }

private:
  static GroupGraph makeGraph(Block &block, nn::DimensionAnalysis &sizes,
                              const FusionOptions &options) {
    if (options.fuse)
      return GroupGraph(block, sizes, Inlining());
    return GroupGraph(block, sizes, isConstant);
  }

  //===- Merging -----------------------------------------------------------===//

  /// Instruction selection takes time that grows with the square of a kernel; what is larger gains
  /// nothing by fusion.
  bool isTooLarge(int a, int b) {
    constexpr size_t kMostOpsOfKernel = 128, kMostReads = 3 * kMostOpsOfKernel;
    return graph[a].ops.size() + graph[b].ops.size() > kMostOpsOfKernel ||
           graph[a].reads.size() + graph[b].reads.size() > kMostReads;
  }

  Merged canMerge(int producer, int consumer) {
    if (isTooLarge(producer, consumer))
      return {std::nullopt, "together they are too large a kernel"};
    SmallVector<Read> reads = graph.readsBetween(producer, consumer);
    Merged merged = mergeProducer(graph[producer].space, graph[consumer].space, reads,
                                  graph.isReadElsewhere(producer, consumer), sizes);
    if (merged.space && graph.hasDetour(producer, consumer))
      return {std::nullopt, "another kernel lies between them"};
    return merged;
  }

  /// Merges every group of `kind`, in program order, with the groups that read it, as long as any
  /// can.
  void mergeConsumers(SpaceKind kind) {
    for (int producer = 0; producer < graph.count(); ++producer) {
      if (graph[producer].ops.empty() || graph[producer].space.kind != kind)
        continue;
      while (mergeOneConsumer(producer))
        ;
    }
  }

  bool mergeOneConsumer(int producer) {
    for (int consumer : graph.consumers(producer)) {
      if (graph.readsBetween(producer, consumer).empty())
        continue;
      Merged merged = canMerge(producer, consumer);
      if (!merged.space)
        continue;
      graph.merge(producer, consumer, *merged.space);
      return true;
    }
    return false;
  }

  /// Groups that loop alike over a tensor that both read.
  void mergeAllSiblings() {
    llvm::MapVector<Value, SmallVector<int>> readers;
    for (int group = 0; group < graph.count(); ++group)
      for (const Read &read : graph[group].reads)
        if (graph[group].space.sharesLoops() &&
            (rankOf(read.tensor) > 0 || graph[group].space.shape.empty()))
          readers[read.tensor].push_back(group);
    for (auto &[tensor, list] : readers)
      for (size_t i = 0; i < list.size(); ++i)
        mergeSiblings(list[i], ArrayRef(list).drop_front(i + 1));
  }

  /// A kernel that would only round a tensor for products is none: they round what they read.
  void takeInRoundings() {
    for (int group = 0; group < graph.count(); ++group)
      if (ArrayRef<Operation *> ops = graph[group].ops;
          ops.size() == 1 && isRoundedByReaders(ops[0]))
        graph.repeat(ops);
    graph.findReads();
  }

  /// Whether an op that makes numbers narrower is read by nothing but what its readers' kernels
  /// take in.
  bool isRoundedByReaders(Operation *op) {
    auto isTakenInOnly = [&](Operation *user) {
      return graph.isInlined(user) && !user->use_empty() &&
             llvm::all_of(user->getUses(), isOperandTakenIn);
    };
    return isa<nn::ElementwiseOpInterface>(op) && op->getNumOperands() == 1 &&
           elementBits(op->getResult(0)) < elementBits(op->getOperand(0)) &&
           llvm::all_of(op->getUsers(), isTakenInOnly);
  }

  /// Whether the host acts on what a group computes: a check.
  bool servesCheck(int group) {
    return llvm::any_of(graph[group].ops, [](Operation *op) {
      return llvm::any_of(op->getUsers(), [](Operation *user) {
        return isOfHost(user) && !isMemoryEffectFree(user);
      });
    });
  }

  /// Merges a group with others that need nothing of it.
  void mergeSiblings(int group, ArrayRef<int> others) {
    int dependent = group; // the last of the others that needs it
    for (int other : others) {
      bool isGone = graph[group].ops.empty() || graph[other].ops.empty();
      if (other == group || isGone || isTooLarge(group, other))
        continue;
      Merged merged = mlc::mergeSiblings(graph[group].space, graph[other].space);
      if (!merged.space) // said first: there are as many pairs as the square of a tensor's readers
        continue;
      // Or the check would come after all that the other needs.
      if (servesCheck(group) != servesCheck(other))
        continue;
      // Readers mostly need each other in turn, and from one to the next is a short way.
      if (graph.dependsOn(other, dependent) ||
          (dependent != group && graph.dependsOn(other, group)))
        dependent = other;
      else if (!graph.dependsOn(group, other))
        graph.merge(group, other, *merged.space);
    }
  }

  //===- Recomputation -----------------------------------------------------===//

  /// A result that is cheaper to compute again in the kernels that read it than to store and load
  /// is not stored.
  void repeatCheapOps() {
    for (Operation &op : llvm::reverse(block))
      if (graph.groupOf(&op) >= 0 && !graph.isInlined(&op) && isWorthRepeating(&op))
        graph.repeat(cone(&op));
    graph.findReads();
  }

  /// `op` and the ops of its group that only lead to values of the group that nobody else needs;
  /// empty if one is not cheap. Values of fewer dimensions are rather stored: they are small.
  SmallVector<Operation *> cone(Operation *op) {
    constexpr size_t kMostOps = 6;
    llvm::SetVector<Operation *> ops;
    ops.insert(op);
    for (size_t i = 0; i < ops.size(); ++i) {
      if (!isCheap(ops[i]) || ops.size() > kMostOps)
        return {};
      for (Value operand : ops[i]->getOperands()) {
        Operation *producer = operand.getDefiningOp();
        bool isMember = producer && graph.groupOf(producer) == graph.groupOf(op);
        if (isMember && !graph.isInlined(producer) && !graph.isStored(producer) &&
            rankOf(operand) >= rankOf(op->getResult(0)))
          ops.insert(producer);
      }
    }
    return ops.takeVector();
  }

  /// The tensors that `ops` read of others.
  llvm::SetVector<Value> leavesOf(ArrayRef<Operation *> ops) {
    llvm::SetVector<Value> leaves;
    for (Operation *member : ops)
      for (const Read &read : graph.readsOf(member))
        if (!llvm::is_contained(ops, read.tensor.getDefiningOp()))
          leaves.insert(read.tensor);
    return leaves;
  }

  bool isWorthRepeating(Operation *op) {
    if (!graph.isStored(op) || graph.isReadOutside(op))
      return false;
    SmallVector<Operation *> ops = cone(op);
    if (ops.empty())
      return false;
    llvm::SetVector<Value> leaves = leavesOf(ops);
    Value value = op->getResult(0);
    // Saved: one store, and one load per reader. Paid: the loads that each reader does not do
    // anyway.
    unsigned saved = elementBits(value), paid = 0;
    for (int group : graph.readersOf(op)) {
      ArrayRef<Read> reads = graph[group].reads;
      auto isOfValue = [&](const Read &read) { return read.tensor == value; };
      if (llvm::none_of(reads, isOfValue)) // it computes what reads the value itself
        continue;
      bool isOperand =
          llvm::any_of(reads, [&](const Read &read) { return isOfValue(read) && !read.dims; });
      if (isOperand || graph[group].space.kind == SpaceKind::Alone)
        return false;
      // For each tile again, what many rows share.
      bool isTiled = graph[group].space.kind == SpaceKind::Product ||
                     graph[group].space.kind == SpaceKind::Columns;
      if (isTiled && ops.size() > 1 &&
          rankOf(value) < static_cast<int64_t>(graph[group].space.shape.size()))
        return false;
      saved += elementBits(value);
      paid += newBits(leaves.getArrayRef(), reads, rankOf(value));
    }
    return paid <= saved;
  }

  /// Bits per element of a tensor of `rank` that a group with these reads would read in addition.
  static unsigned newBits(ArrayRef<Value> leaves, ArrayRef<Read> reads, int64_t rank) {
    unsigned bits = 0;
    for (Value leaf : leaves)
      if (llvm::none_of(reads, [&](const Read &read) { return read.tensor == leaf; }) &&
          rankOf(leaf) >= rank)
        bits += elementBits(leaf);
    return bits;
  }

  void explain() {
    for (int consumer = 0; consumer < graph.count(); ++consumer) {
      llvm::SmallSetVector<int, 8> apart;
      apart.insert_range(graph.producers(consumer));
      for (int producer : apart)
        graph[consumer].ops.front()->emitRemark("stays apart from the kernel of ")
            << graph[producer].ops.front()->getName() << ": "
            << canMerge(producer, consumer).reason;
    }
  }

  Block &block;
  nn::DimensionAnalysis &sizes;
  FusionOptions options;
  GroupGraph graph;
};
} // namespace

Grouping groupOps(Block &block, nn::DimensionAnalysis &sizes, const FusionOptions &options) {
  return Grouper(block, sizes, options).run();
}

} // namespace mlc
