// Decides which ops share a kernel.
#ifndef MLC_COMPILER_FUSION_GROUPING_H
#define MLC_COMPILER_FUSION_GROUPING_H

#include "dialects/NN/NN.h"
#include "llvm/ADT/DenseSet.h"

namespace mlc {

struct FusionOptions {
  bool fuse = true;           ///< false: every op is a kernel of its own
  bool chainProducts = false; ///< cells of chains of products (nn::ProductChain) are not stored
  bool explain = false;       ///< remark where two groups stay apart
};

/// A partition of an entry's computing ops. Ops of a group are in program order.
struct Grouping {
  std::vector<llvm::SmallVector<mlir::Operation *>> groups;
  /// Ops of which every kernel that reads them gets a copy. One that a view, the host or the caller
  /// reads is also a group.
  llvm::DenseSet<mlir::Operation *> inlined;
};

/// Whether the kernel of an op that reads it computes it, as that op asks.
bool isTakenIn(mlir::Operation *op);

/// Groups the ops of `block`, the body of an entry. The graph of groups is acyclic.
Grouping groupOps(mlir::Block &block, nn::DimensionAnalysis &sizes, const FusionOptions &options);

} // namespace mlc
#endif
