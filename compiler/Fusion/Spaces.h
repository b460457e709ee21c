// Over what a group of ops loops, and which groups can loop together.
#ifndef MLC_COMPILER_FUSION_SPACES_H
#define MLC_COMPILER_FUSION_SPACES_H

#include "dialects/NN/NN.h"
#include "llvm/ADT/DenseSet.h"

namespace mlc {

using Shape = llvm::SmallVector<mlir::AffineExpr>;

/// Whether an op stays in the entry: checks, sizes, tables of constants, return.
bool isOfHost(mlir::Operation *op);
/// Whether an op is no part of a kernel: of the host, or a view, which the memory planner places.
bool isHostOrView(mlir::Operation *op, nn::DimensionAnalysis &sizes);

/// The grid of a group, from the plainest to the most particular.
enum class SpaceKind {
  Map,     ///< every element of `shape` by itself
  Rows,    ///< reductions along the last dimensions of `shape`: a tile is some rows
  Columns, ///< reductions along other dimensions of `shape`: a tile is some of the elements kept
  Product, ///< a product with a result of `shape`, and ops on its elements
  Alone    ///< an op that shares its loops with nothing
};

struct Space {
  SpaceKind kind = SpaceKind::Alone;
  Shape shape;
  llvm::SmallVector<int64_t>
      kept; ///< Rows, Columns: the dimensions of `shape` that the reductions keep

  Shape keptShape() const;
  /// Whether groups that read one tensor may loop over it together.
  bool sharesLoops() const { return kind != SpaceKind::Product && kind != SpaceKind::Alone; }
};

/// One tensor that an op reads, seen through inlined ops: dimension i of the tensor is dimension
/// dims[i] of the space that the reader loops over. `dims` is empty where the reader reads other
/// positions than it computes.
struct Read {
  mlir::Value tensor;
  nn::KernelOpInterface reader;
  std::optional<llvm::SmallVector<int64_t>> dims;
};

/// The tensors that `op` reads, looking through `inlined` ops.
llvm::SmallVector<Read> readsOf(nn::KernelOpInterface op,
                                const llvm::DenseSet<mlir::Operation *> &inlined);

/// The space of an op by itself.
Space spaceOf(nn::KernelOpInterface op, nn::DimensionAnalysis &sizes);

/// What became of the question whether two groups can share their loops: a space, or why not.
struct Merged {
  std::optional<Space> space;
  llvm::StringRef reason;
};

/// The space of producer and consumer together. `reads`: what the consumer reads of the producer;
/// `escapes`: whether others read it too.
Merged mergeProducer(const Space &producer, const Space &consumer, llvm::ArrayRef<Read> reads,
                     bool escapes, nn::DimensionAnalysis &sizes);
/// The space of two groups that do not depend on each other and read a tensor in common.
Merged mergeSiblings(const Space &a, const Space &b);

} // namespace mlc
#endif
