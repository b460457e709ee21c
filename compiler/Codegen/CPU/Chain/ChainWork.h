// What the parts of a product chain's code share: sizes, blocks, and the place in work.
#ifndef MLC_COMPILER_CODEGEN_CPU_CHAIN_CHAINWORK_H
#define MLC_COMPILER_CODEGEN_CPU_CHAIN_CHAINWORK_H

#include "compiler/Codegen/CPU/Chain/ChainPlan.h"
#include "compiler/Codegen/CPU/RegisterTile/DotForm.h"
#include "compiler/Codegen/Common/Schedule.h"

namespace mlc::chain {

using mlir::AffineExpr;
using mlir::Value;

/// Neighbouring rows or keys.
struct Extent {
  Value low, count;
  AffineExpr size; ///< count
};

/// A tensor in memory as an operand of a maker or a taker.
struct View {
  Value buffer;
  llvm::SmallVector<AffineExpr> cellStrides; ///< by dimension of the cells
  AffineExpr stride;                         ///< along the depth of a maker, the columns of a taker
  mlir::Type element;                        ///< of the buffer
};

/// One chain in work. Cells of the rows in work lie in slots, a key after the other, the rows in
/// the lanes: so no reduction goes across lanes.
class Work {
public:
  Work(KernelContext &context, nn::ProductChain products);

  KernelContext &context;
  PullEmitter &emitter;
  const nn::ProductChain chain;
  const ChainPlan plan;
  ScheduleOptions options; ///< of the products
  const mlir::Type element;
  llvm::SmallVector<AffineExpr> sizes; ///< of cells
  AffineExpr rowCount, keyCount;
  int64_t lanes;     ///< of vectors of what is computed of cells
  int64_t tileLanes; ///< of vectors of a register tile
  const DotForm dot; ///< of the products of narrow numbers, if there are any
  Value mask;        ///< of cells: where it is false, no cell counts; null: none
  int64_t panelColumns, rowBlock, keyBlock;
  /// There are so few rows that reading keys is the limit: nothing is copied. Or there may be,
  /// where their number is free.
  bool hasFewRows = false, mayHaveFewRows = false;
  /// Keys that few rows read at once.
  static constexpr int64_t kKeysOfFew = 16;

  llvm::SmallVector<Value> slots;
  llvm::SmallVector<LaneIndex, 4> coords; ///< of the batch position in work
  Value firstRow; ///< of few rows of several tiles, the first of the tile in work; else null

  bool isOuter(int64_t cellDim) const { return cellDim != chain.row && cellDim != chain.key; }
  AffineExpr constant(int64_t value) const { return emitter.shapes.constant(value); }
  /// Columns of the panels of an operand of so many.
  int64_t panelFor(int64_t columns) const;

  void allocateSlots();
  /// All blocks of a dimension; the last one may be smaller.
  void forBlocks(AffineExpr size, int64_t block, llvm::function_ref<void(Extent)> body);
  /// One of them.
  void atBlock(AffineExpr size, int64_t block, Value number, llvm::function_ref<void(Extent)> body);
  /// The vectors of rows, as many at once as registers suffice for.
  using Vectors = llvm::ArrayRef<LaneIndex>;
  void forVectors(Extent rows, llvm::function_ref<void(Vectors)> body);

  /// In a slot of cells of few rows, [row, key]: `first` of them are before those of the tile.
  LaneIndex fewAddress(Value first, LaneIndex row, LaneIndex key) const;
  Position cellAt(LaneIndex row, LaneIndex key) const;
  Position rowAt(LaneIndex row) const;

  /// An operand of a product: the narrow numbers that it is widened from, or what those are rounded
  /// from. None where elements are computed. `dimOf`: the tensor's dimension that one of the cells
  /// is, or -1; `otherDim`: the one that is none of the cells.
  std::optional<View> viewOf(nn::ProductOpInterface product, Value operand,
                             llvm::function_ref<int64_t(int64_t)> dimOf, int64_t otherDim);
  /// Of the batch position in work.
  Value offsetOf(const View &view);
  /// Fetches `count` elements of every key after `keys`, of as many, if they are neighbours: of
  /// keys that lie far apart the machine's own prefetch is late.
  void fetchAfter(Extent keys, const View &view, int64_t count);

private:
  DotForm findDot() const;
  bool isMask(Value condition);
  void findMask();
  void chooseBlocks();
};

} // namespace mlc::chain
#endif
