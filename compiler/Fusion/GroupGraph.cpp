#include "compiler/Fusion/GroupGraph.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace mlc {

GroupGraph::GroupGraph(Block &block, nn::DimensionAnalysis &sizes,
                       function_ref<bool(Operation *)> isInlined)
    : sizes(sizes) {
  for (Operation &op : block)
    if (!isHostOrView(&op, sizes) && isInlined(&op))
      inlined.insert(&op);
  for (Operation &op : block) {
    if (isHostOrView(&op, sizes) || (inlined.contains(&op) && !isReadOutside(&op)))
      continue;
    numbers[&op] = groups.size();
    groups.push_back(
        {{&op}, spaceOf(cast<nn::KernelOpInterface>(op), sizes), readsOf(&op), {}, {}});
  }
  for (Group &group : groups)
    findNeeds(group);
}

int GroupGraph::groupOf(Operation *op) const {
  auto found = numbers.find(op);
  return found == numbers.end() ? -1 : found->second;
}

/// The group that computes a tensor; views are looked through. -1 if none does.
int GroupGraph::producerOf(Value tensor) const {
  Operation *op = tensor.getDefiningOp();
  return op ? groupOf(op) : -1;
}

bool GroupGraph::isReadOutside(Operation *op) {
  return llvm::any_of(op->getUsers(), [&](Operation *user) { return isHostOrView(user, sizes); });
}

bool GroupGraph::isStored(Operation *op) {
  return llvm::any_of(op->getUsers(), [&](Operation *user) {
    return isHostOrView(user, sizes) || inlined.contains(user) || groupOf(user) != groupOf(op);
  });
}

void GroupGraph::findNeeds(Group &group) {
  llvm::SmallSetVector<Operation *, 8> direct, behindViews, hosts;
  auto visit = [&](Value value, llvm::SmallSetVector<Operation *, 8> &needs) {
    if (Operation *op = value.getDefiningOp())
      (numbers.contains(op) ? needs : hosts).insert(op);
  };
  for (const Read &read : group.reads)
    visit(read.tensor, direct);
  for (size_t i = 0; i < hosts.size(); ++i)
    for (Value operand : hosts[i]->getOperands())
      visit(operand, behindViews);
  group.needs = direct.takeVector();
  group.needsThroughViews = behindViews.takeVector();
}

void GroupGraph::findReads() {
  for (Group &group : groups) {
    group.reads.clear();
    for (Operation *op : group.ops)
      for (const Read &read : readsOf(op))
        if (!llvm::is_contained(group.ops, read.tensor.getDefiningOp()))
          group.reads.push_back(read);
    findNeeds(group);
  }
}

SmallVector<int> GroupGraph::producers(int group) {
  SmallVector<int> result;
  for (ArrayRef<Operation *> needs :
       {ArrayRef(groups[group].needs), ArrayRef(groups[group].needsThroughViews)})
    for (Operation *op : needs)
      if (int producer = numbers.lookup(op); producer != group)
        result.push_back(producer);
  return result;
}

SmallVector<int> GroupGraph::consumers(int producer) {
  llvm::SmallSetVector<int, 8> found;
  llvm::SmallPtrSet<Operation *, 8> seen;
  SmallVector<Operation *> worklist(groups[producer].ops);
  while (!worklist.empty())
    for (Operation *user : worklist.pop_back_val()->getUsers()) {
      if (int group = groupOf(user); group >= 0 && group != producer)
        found.insert(group);
      if (inlined.contains(user) && seen.insert(user).second)
        worklist.push_back(user);
    }
  SmallVector<int> sorted = found.takeVector();
  llvm::sort(sorted);
  return sorted;
}

SmallVector<Read> GroupGraph::readsOf(Operation *op) const {
  return mlc::readsOf(cast<nn::KernelOpInterface>(op), inlined);
}

SmallVector<Read> GroupGraph::readsBetween(int from, int to) {
  SmallVector<Read> reads;
  llvm::copy_if(groups[to].reads, std::back_inserter(reads),
                [&](const Read &read) { return producerOf(read.tensor) == from; });
  return reads;
}

bool GroupGraph::isReadElsewhere(int producer, int reader) {
  return llvm::any_of(groups[producer].ops, [&](Operation *op) { return isReadOutside(op); }) ||
         llvm::any_of(consumers(producer), [&](int other) { return other != reader; });
}

bool GroupGraph::hasDetour(int from, int to) {
  SmallVector<int> others;
  llvm::copy_if(producers(to), std::back_inserter(others),
                [&](int group) { return group != from; });
  return readsThroughViews(from, to) || reaches(others, from);
}

/// Whether one of `worklist` is `goal` or depends on it.
bool GroupGraph::reaches(SmallVector<int> worklist, int goal) {
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

/// Whether `to` reads a view, or a concat, of what `from` computes: then they cannot be one kernel.
bool GroupGraph::readsThroughViews(int from, int to) {
  return llvm::any_of(groups[to].needsThroughViews,
                      [&](Operation *op) { return numbers.lookup(op) == from; });
}

void GroupGraph::merge(int into, int from, const Space &space) {
  Group &target = groups[into], &source = groups[from];
  for (Operation *op : source.ops)
    numbers[op] = into;
  target.ops.append(source.ops);
  target.space = space;
  target.reads.append(source.reads);
  target.needs.append(source.needs);
  target.needsThroughViews.append(source.needsThroughViews);
  llvm::erase_if(target.reads, [&](const Read &read) { return producerOf(read.tensor) == into; });
  source = Group();
}

Grouping GroupGraph::finish() {
  Grouping grouping;
  for (Group &group : groups) {
    llvm::sort(group.ops, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    for (size_t i = group.ops.size(); i-- > 0;)
      if (inlined.contains(group.ops[i]) && isUnread(group, i))
        group.ops.erase(group.ops.begin() + i);
    if (!group.ops.empty())
      grouping.groups.push_back(group.ops);
  }
  grouping.inlined = std::move(inlined);
  return grouping;
}

bool GroupGraph::isUnread(const Group &group, size_t position) {
  Operation *op = group.ops[position];
  return !isReadOutside(op) && llvm::none_of(op->getUsers(), [&](Operation *user) {
    return llvm::is_contained(group.ops, user);
  });
}

} // namespace mlc
