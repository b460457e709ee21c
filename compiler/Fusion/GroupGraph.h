// Which ops are a group, and which groups read of which. What is worth merging is Grouping's.
#ifndef MLC_COMPILER_FUSION_GROUPGRAPH_H
#define MLC_COMPILER_FUSION_GROUPGRAPH_H

#include "compiler/Fusion/GroupOrder.h"
#include "compiler/Fusion/Grouping.h"
#include "compiler/Fusion/Spaces.h"

namespace mlc {

/// A group of ops that will be a kernel.
struct Group {
  llvm::SmallVector<mlir::Operation *> ops;
  Space space;
  llvm::SmallVector<Read> reads; ///< of tensors that are computed elsewhere or given
  llvm::SmallVector<mlir::Operation *, 8> needs; ///< ops of other groups that compute what it reads
  llvm::SmallVector<mlir::Operation *, 8>
      needsThroughViews; ///< or of which it reads views, or what the host makes of them
};

/// The graph of groups: starts with one per op that is neither inlined nor the host's. Groups are
/// numbered in program order; one that was merged into another has no ops left.
class GroupGraph {
public:
  GroupGraph(mlir::Block &block, nn::DimensionAnalysis &sizes,
             llvm::function_ref<bool(mlir::Operation *)> isInlined);

  int count() const { return groups.size(); }
  const Group &operator[](int group) const { return groups[group]; }
  /// The group of an op; -1 if it has none.
  int groupOf(mlir::Operation *op) const;
  bool isInlined(mlir::Operation *op) const { return inlined.contains(op); }

  /// Whether a view, the host or the caller reads a result of `op`.
  bool isReadOutside(mlir::Operation *op);
  /// Whether a kernel besides the one of its group, or anything outside of kernels, reads it.
  bool isStored(mlir::Operation *op);
  /// The groups that `group` needs, also through views and other ops of the host.
  llvm::SmallVector<int> producers(int group);
  /// The groups that read what `producer` computes, in order.
  llvm::SmallVector<int> consumers(int producer);
  /// The groups besides its own that read what `op` computes, in order.
  llvm::SmallVector<int> readersOf(mlir::Operation *op);
  /// The tensors that an op reads, looking through inlined ones.
  llvm::SmallVector<Read> readsOf(mlir::Operation *op) const;
  /// What `to` reads of what `from` computes.
  llvm::SmallVector<Read> readsBetween(int from, int to);
  /// Whether anyone but `reader` reads what `producer` computes.
  bool isReadElsewhere(int producer, int reader);
  bool dependsOn(int group, int other);
  /// Whether `to` depends on `from` other than directly by a tensor.
  bool hasDetour(int from, int to);

  /// The ops of `from` join those of `into`, which loops over `space`.
  void merge(int into, int from, const Space &space);
  /// From now on every kernel that reads these ops computes them itself; findReads follows.
  void repeat(llvm::ArrayRef<mlir::Operation *> ops) { inlined.insert(ops.begin(), ops.end()); }
  /// Finds anew what every group reads.
  void findReads();

  /// The groups as they are, without ops that are repeated elsewhere and have no reader left.
  Grouping finish();

private:
  int producerOf(mlir::Value tensor) const;
  llvm::SmallVector<int> readersOf(llvm::SmallVector<mlir::Operation *> ops, int except);
  void findNeeds(Group &group);
  llvm::SmallVector<int> search(llvm::ArrayRef<int> starts, int goal);
  bool reaches(llvm::ArrayRef<int> starts, int goal);
  void placeTogether(int into, int from);
  bool readsThroughViews(int from, int to);
  bool isUnread(const Group &group, size_t position);

  nn::DimensionAnalysis &sizes;
  std::vector<Group> groups;
  llvm::DenseMap<mlir::Operation *, int> numbers; ///< of the groups of ops
  llvm::DenseSet<mlir::Operation *> inlined;
  GroupOrder order;           ///< in which each group comes after all that it needs
  std::vector<unsigned> seen; ///< the number of the last search that came by, by group
  unsigned searches = 0;
  llvm::DenseSet<std::pair<int, int>> dependences; ///< that searches have found
};

} // namespace mlc
#endif
