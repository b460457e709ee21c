#include "compiler/Fusion/GroupGraph.h"
#include "llvm/ADT/SetVector.h"
#include <utility>

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
  seen.resize(groups.size());
  order = GroupOrder(groups.size());
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
  dependences.clear(); // what led through an op that is repeated now
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
  return readersOf(groups[producer].ops, producer);
}

SmallVector<int> GroupGraph::readersOf(Operation *op) { return readersOf({op}, groupOf(op)); }

/// The groups that read what `ops` compute, also through inlined ops, but for one.
SmallVector<int> GroupGraph::readersOf(SmallVector<Operation *> ops, int except) {
  llvm::SmallSetVector<int, 8> found;
  llvm::SmallPtrSet<Operation *, 8> passed;
  while (!ops.empty())
    for (Operation *user : ops.pop_back_val()->getUsers()) {
      if (int group = groupOf(user); group >= 0 && group != except)
        found.insert(group);
      if (inlined.contains(user) && passed.insert(user).second)
        ops.push_back(user);
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

bool GroupGraph::dependsOn(int group, int other) {
  if (order.isBefore(group, other))
    return false;
  if (dependences.contains({group, other}))
    return true;
  if (!reaches(producers(group), other))
    return false;
  dependences.insert({group, other});
  return true;
}

/// The groups that `starts` are or need, the nearest first, until one is `goal`. What comes before
/// that in the order does not lead to it: a search is as long as the way between the two, not as
/// the program.
SmallVector<int> GroupGraph::search(ArrayRef<int> starts, int goal) {
  ++searches;
  SmallVector<int> found;
  auto visit = [&](int group) {
    if (!order.isBefore(group, goal) && std::exchange(seen[group], searches) != searches)
      found.push_back(group);
  };
  llvm::for_each(starts, visit);
  for (size_t next = 0; next < found.size() && seen[goal] != searches; ++next)
    llvm::for_each(producers(found[next]), visit);
  return found;
}

/// Whether one of `starts` is `goal` or depends on it.
bool GroupGraph::reaches(ArrayRef<int> starts, int goal) {
  search(starts, goal);
  return seen[goal] == searches;
}

/// Lets `into` stand where the first of two groups stands that do not need each other, but
/// directly: what the other one needs of the groups between them moves before it.
void GroupGraph::placeTogether(int into, int from) {
  bool isFirst = order.isBefore(into, from);
  int first = isFirst ? into : from, last = isFirst ? from : into;
  SmallVector<int> needed = producers(last);
  llvm::erase(needed, first);
  SmallVector<int> moved = search(needed, first);
  assert(seen[first] != searches && "a cycle of kernels");
  llvm::sort(moved, [&](int a, int b) { return order.isBefore(a, b); });
  if (!isFirst) // the other one has no ops left
    moved.push_back(into);
  order.moveBefore(moved, first);
}

/// Whether `to` reads a view, or a concat, of what `from` computes: then they cannot be one kernel.
bool GroupGraph::readsThroughViews(int from, int to) {
  return llvm::any_of(groups[to].needsThroughViews,
                      [&](Operation *op) { return numbers.lookup(op) == from; });
}

void GroupGraph::merge(int into, int from, const Space &space) {
  placeTogether(into, from);
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
