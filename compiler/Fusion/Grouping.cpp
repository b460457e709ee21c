#include "compiler/Fusion/Grouping.h"
#include "compiler/Fusion/Spaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace mlc {

/// A pointwise op that is cheaper to repeat than to store and load: at most two tensors read.
static bool isCheap(Operation *op) {
  return isa<nn::ElementwiseOpInterface>(op) && !op->hasTrait<nn::Costly>() &&
         op->getNumOperands() <= 3;
}

namespace {
/// A group of ops that will be a kernel.
struct Group {
  SmallVector<Operation *> ops;
  Space space;
  SmallVector<Read> reads;           ///< of tensors that are computed elsewhere or given
  SmallVector<Operation *, 8> needs; ///< ops of other groups that compute what it reads
  SmallVector<Operation *, 8>
      needsThroughViews; ///< or of which it reads views, or what the host makes of them
};

/// The graph of groups: starts with one per op, and merges.
class GroupGraph {
public:
  GroupGraph(Block &block, nn::DimensionAnalysis &sizes, const FusionOptions &options)
      : block(block), sizes(sizes), options(options) {}

  Grouping run() {
    makeGroups();
    if (options.fuse) {
      for (SpaceKind kind :
           {SpaceKind::Product, SpaceKind::Rows, SpaceKind::Columns, SpaceKind::Map})
        mergeConsumers(kind);
      for (SpaceKind kind : {SpaceKind::Rows, SpaceKind::Columns, SpaceKind::Map})
        mergeConsumers(kind);
      mergeAllSiblings();
      repeatCheapOps();
      mergeAllSiblings(); // what is repeated may have kept readers of one tensor apart
      if (options.explain)
        explain();
    }
    return finish();
  }

private:
  //===- Construction ------------------------------------------------------===//

  bool isReadOutside(Operation *op) {
    return llvm::any_of(op->getUsers(), [&](Operation *user) { return isHostOrView(user, sizes); });
  }
  /// Every kernel that reads it computes it anew: what costs nothing, what one of them takes in,
  /// and elementwise arithmetic on single numbers.
  bool isInlined(Operation *op) {
    if (!options.fuse)
      return op->hasTrait<OpTrait::ConstantLike>();
    return cast<nn::KernelOpInterface>(op).role() == nn::Role::inlined || isTakenIn(op) ||
           (isa<nn::ElementwiseOpInterface>(op) && rankOf(op->getResult(0)) == 0);
  }
  static bool isTakenIn(Operation *op) {
    return llvm::any_of(op->getUses(), [](OpOperand &use) {
      auto user = dyn_cast<nn::KernelOpInterface>(use.getOwner());
      return user && user.takesIn(use.getOperandNumber());
    });
  }

  void makeGroups() {
    for (Operation &op : block)
      if (!isHostOrView(&op, sizes) && isInlined(&op))
        inlined.insert(&op);
    for (Operation &op : block) {
      if (isHostOrView(&op, sizes) || (inlined.contains(&op) && !isReadOutside(&op)))
        continue;
      groupOf[&op] = groups.size();
      auto kernelOp = cast<nn::KernelOpInterface>(op);
      groups.push_back({{&op}, spaceOf(kernelOp, sizes), readsOf(kernelOp, inlined), {}, {}});
    }
    for (Group &group : groups)
      findNeeds(group);
  }

  //===- Queries -----------------------------------------------------------===//

  /// The group that computes a tensor; views are looked through. -1 if none does.
  int producerOf(Value tensor) {
    Operation *op = tensor.getDefiningOp();
    auto found = op ? groupOf.find(op) : groupOf.end();
    return found == groupOf.end() ? -1 : found->second;
  }

  void findNeeds(Group &group) {
    llvm::SmallSetVector<Operation *, 8> direct, behindViews, hosts;
    auto visit = [&](Value value, llvm::SmallSetVector<Operation *, 8> &needs) {
      if (Operation *op = value.getDefiningOp())
        (groupOf.contains(op) ? needs : hosts).insert(op);
    };
    for (const Read &read : group.reads)
      visit(read.tensor, direct);
    for (size_t i = 0; i < hosts.size(); ++i)
      for (Value operand : hosts[i]->getOperands())
        visit(operand, behindViews);
    group.needs = direct.takeVector();
    group.needsThroughViews = behindViews.takeVector();
  }

  /// The groups that `group` needs, also through views and other ops of the host.
  SmallVector<int> producers(int group) {
    SmallVector<int> result;
    for (ArrayRef<Operation *> needs :
         {ArrayRef(groups[group].needs), ArrayRef(groups[group].needsThroughViews)})
      for (Operation *op : needs)
        if (int producer = groupOf.lookup(op); producer != group)
          result.push_back(producer);
    return result;
  }

  /// Whether `to` depends on `from` other than directly by a tensor.
  bool hasDetour(int from, int to) {
    SmallVector<int> others;
    llvm::copy_if(producers(to), std::back_inserter(others),
                  [&](int group) { return group != from; });
    return readsThroughViews(from, to) || reaches(others, from);
  }

  /// Whether one of `starts` is `goal` or depends on it.
  bool reaches(SmallVector<int> worklist, int goal) {
    llvm::SmallDenseSet<int> seen;
    while (!worklist.empty()) {
      int group = worklist.pop_back_val();
      if (group == goal)
        return true;
      if (seen.insert(group).second)
        worklist.append(producers(group));
    }
    return false;
  }
  bool dependsOn(int group, int other) { return reaches(producers(group), other); }

  /// Whether `to` reads a view, or a concat, of what `from` computes: then they cannot be one
  /// kernel.
  bool readsThroughViews(int from, int to) {
    return llvm::any_of(groups[to].needsThroughViews,
                        [&](Operation *op) { return groupOf.lookup(op) == from; });
  }

  SmallVector<Read> readsBetween(int from, int to) {
    SmallVector<Read> reads;
    llvm::copy_if(groups[to].reads, std::back_inserter(reads),
                  [&](const Read &read) { return producerOf(read.tensor) == from; });
    return reads;
  }

  /// The groups that read what `producer` computes, in order.
  SmallVector<int> consumers(int producer) {
    llvm::SmallSetVector<int, 8> found;
    llvm::SmallPtrSet<Operation *, 8> seen;
    SmallVector<Operation *> worklist(groups[producer].ops);
    while (!worklist.empty())
      for (Operation *user : worklist.pop_back_val()->getUsers()) {
        if (auto group = groupOf.find(user); group != groupOf.end() && group->second != producer)
          found.insert(group->second);
        if (inlined.contains(user) && seen.insert(user).second)
          worklist.push_back(user);
      }
    SmallVector<int> sorted = found.takeVector();
    llvm::sort(sorted);
    return sorted;
  }

  /// Whether anyone but `reader` reads what `producer` computes.
  bool isReadElsewhere(int producer, int reader) {
    return llvm::any_of(groups[producer].ops, [&](Operation *op) { return isReadOutside(op); }) ||
           llvm::any_of(consumers(producer), [&](int other) { return other != reader; });
  }

  //===- Merging -----------------------------------------------------------===//

  void merge(int into, int from, const Space &space) {
    Group &target = groups[into], &source = groups[from];
    for (Operation *op : source.ops)
      groupOf[op] = into;
    target.ops.append(source.ops);
    target.space = space;
    target.reads.append(source.reads);
    target.needs.append(source.needs);
    target.needsThroughViews.append(source.needsThroughViews);
    llvm::erase_if(target.reads, [&](const Read &read) { return producerOf(read.tensor) == into; });
    source = Group();
  }

  /// Instruction selection takes time that grows with the square of a kernel; what is larger gains
  /// nothing by fusion.
  bool isTooLarge(int a, int b) {
    constexpr size_t kMostOpsOfKernel = 128;
    return groups[a].ops.size() + groups[b].ops.size() > kMostOpsOfKernel;
  }

  Merged canMerge(int producer, int consumer) {
    if (isTooLarge(producer, consumer))
      return {std::nullopt, "together they are too large a kernel"};
    SmallVector<Read> reads = readsBetween(producer, consumer);
    Merged merged = mergeProducer(groups[producer].space, groups[consumer].space, reads,
                                  isReadElsewhere(producer, consumer), sizes);
    if (merged.space && hasDetour(producer, consumer))
      return {std::nullopt, "another kernel lies between them"};
    return merged;
  }

  /// Merges every group of `kind`, in program order, with the groups that read it, as long as any
  /// can.
  void mergeConsumers(SpaceKind kind) {
    for (int producer = 0; producer < static_cast<int>(groups.size()); ++producer) {
      if (groups[producer].ops.empty() || groups[producer].space.kind != kind)
        continue;
      while (mergeOneConsumer(producer))
        ;
    }
  }

  bool mergeOneConsumer(int producer) {
    for (int consumer : consumers(producer)) {
      if (readsBetween(producer, consumer).empty())
        continue;
      Merged merged = canMerge(producer, consumer);
      if (!merged.space)
        continue;
      merge(producer, consumer, *merged.space);
      return true;
    }
    return false;
  }

  /// Groups that loop alike over a tensor that both read.
  void mergeAllSiblings() {
    llvm::MapVector<Value, SmallVector<int>> readers;
    for (auto [number, group] : llvm::enumerate(groups))
      for (const Read &read : group.reads)
        if (cast<RankedTensorType>(read.tensor.getType()).getRank() > 0 ||
            group.space.shape.empty())
          readers[read.tensor].push_back(number);
    for (auto &[tensor, list] : readers)
      for (size_t i = 0; i < list.size(); ++i)
        for (size_t j = i + 1; j < list.size(); ++j)
          mergeSiblingPair(list[i], list[j]);
  }

  /// Whether the host acts on what a group computes: a check.
  bool servesCheck(int group) {
    return llvm::any_of(groups[group].ops, [](Operation *op) {
      return llvm::any_of(op->getUsers(), [](Operation *user) {
        return isOfHost(user) && !isMemoryEffectFree(user);
      });
    });
  }

  void mergeSiblingPair(int a, int b) {
    if (a == b || groups[a].ops.empty() || groups[b].ops.empty())
      return;
    if (isTooLarge(a, b))
      return;
    Merged merged = mergeSiblings(groups[a].space, groups[b].space);
    if (!merged.space) // said first: there are as many pairs as the square of a tensor's readers
      return;
    if (servesCheck(a) != servesCheck(b)) // or the check would come after all that the other needs
      return;
    if (!dependsOn(a, b) && !dependsOn(b, a))
      merge(a, b, *merged.space);
  }

  //===- Recomputation -----------------------------------------------------===//

  /// A result that is cheaper to compute again in the kernels that read it than to store and load
  /// is not stored.
  void repeatCheapOps() {
    for (Operation &op : llvm::reverse(block))
      if (groupOf.contains(&op) && !inlined.contains(&op) && isWorthRepeating(&op))
        for (Operation *member : cone(&op))
          inlined.insert(member);
    for (Group &group : groups) {
      group.reads.clear();
      for (Operation *op : group.ops)
        for (const Read &read : readsOf(cast<nn::KernelOpInterface>(op), inlined))
          if (!llvm::is_contained(group.ops, read.tensor.getDefiningOp()))
            group.reads.push_back(read);
      findNeeds(group);
    }
  }

  static int64_t rankOf(Value value) { return cast<RankedTensorType>(value.getType()).getRank(); }

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
        bool isMember = producer && groupOf.contains(producer) && groupOf[producer] == groupOf[op];
        if (isMember && !inlined.contains(producer) && !isStored(producer) &&
            rankOf(operand) >= rankOf(op->getResult(0)))
          ops.insert(producer);
      }
    }
    return ops.takeVector();
  }

  bool isStored(Operation *op) {
    return llvm::any_of(op->getUsers(), [&](Operation *user) {
      return isHostOrView(user, sizes) || inlined.contains(user) ||
             groupOf.lookup(user) != groupOf.lookup(op);
    });
  }

  bool isWorthRepeating(Operation *op) {
    Value value = op->getResult(0);
    int home = groupOf[op];
    if (!isStored(op) || isReadOutside(op))
      return false;
    SmallVector<Operation *> ops = cone(op);
    llvm::SetVector<Value> leaves;
    for (Operation *member : ops)
      for (const Read &read : readsOf(cast<nn::KernelOpInterface>(member), inlined))
        if (!llvm::is_contained(ops, read.tensor.getDefiningOp()))
          leaves.insert(read.tensor);
    if (ops.empty())
      return false;
    // Saved: one store, and one load per reader. Paid: the loads that each reader does not do
    // anyway.
    unsigned saved = elementBits(value), paid = 0;
    for (auto [number, group] : llvm::enumerate(groups)) {
      auto isOfValue = [&](const Read &read) { return read.tensor == value; };
      if (static_cast<int>(number) == home || llvm::none_of(group.reads, isOfValue))
        continue;
      bool isOperand = llvm::any_of(
          group.reads, [&](const Read &read) { return isOfValue(read) && !read.dims; });
      if (isOperand || group.space.kind == SpaceKind::Alone)
        return false;
      saved += elementBits(value);
      paid += newBits(leaves.getArrayRef(), group, rankOf(value));
    }
    return paid <= saved;
  }

  static unsigned elementBits(Value tensor) {
    return std::max(8u, getElementTypeOrSelf(tensor.getType()).getIntOrFloatBitWidth());
  }

  /// Bits per element of a tensor of `rank` that `group` would read in addition.
  unsigned newBits(ArrayRef<Value> leaves, const Group &group, int64_t rank) {
    unsigned bits = 0;
    for (Value leaf : leaves)
      if (llvm::none_of(group.reads, [&](const Read &read) { return read.tensor == leaf; }) &&
          rankOf(leaf) >= rank)
        bits += elementBits(leaf);
    return bits;
  }

  //===- The answer --------------------------------------------------------===//

  void explain() {
    for (int consumer = 0; consumer < static_cast<int>(groups.size()); ++consumer) {
      llvm::SmallSetVector<int, 8> apart;
      apart.insert_range(producers(consumer));
      for (int producer : apart)
        groups[consumer].ops.front()->emitRemark("stays apart from the kernel of ")
            << groups[producer].ops.front()->getName() << ": "
            << canMerge(producer, consumer).reason;
    }
  }

  Grouping finish() {
    Grouping grouping;
    for (Group &group : groups) {
      llvm::sort(group.ops, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
      // What is repeated elsewhere may have no reader left here.
      for (size_t i = group.ops.size(); i-- > 0;)
        if (inlined.contains(group.ops[i]) && isUnread(group, i))
          group.ops.erase(group.ops.begin() + i);
      if (!group.ops.empty())
        grouping.groups.push_back(group.ops);
    }
    grouping.inlined = std::move(inlined);
    return grouping;
  }

  bool isUnread(const Group &group, size_t position) {
    Operation *op = group.ops[position];
    return !isReadOutside(op) && llvm::none_of(op->getUsers(), [&](Operation *user) {
      return llvm::is_contained(group.ops, user);
    });
  }

  Block &block;
  nn::DimensionAnalysis &sizes;
  FusionOptions options;
  std::vector<Group> groups;
  DenseMap<Operation *, int> groupOf;
  DenseSet<Operation *> inlined;
};
} // namespace

Grouping groupOps(Block &block, nn::DimensionAnalysis &sizes, const FusionOptions &options) {
  return GroupGraph(block, sizes, options).run();
}

} // namespace mlc
