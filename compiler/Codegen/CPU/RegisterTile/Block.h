// What the parts of a product's code hand to each other: blocks, views of operands, columns of
// tiles.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_BLOCK_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_BLOCK_H

#include "compiler/Codegen/CPU/RegisterTile/Product.h"

namespace mlc::tile {

/// An operand's elements as tiles read them: element (free, depth) of a block at offset + free *
/// freeStride + depth * depthStride; where it is packed in panels of several rows, `panelRows` of
/// them lie side by side, and panels are freeStride apart.
struct OperandView {
  Value buffer, offset, freeStride, depthStride;
  int64_t panelRows = 0;
  /// Of several dimensions that are counted as one but do not lie like one: all their strides.
  /// Rows count from `freeLow` of the matrix then, depths from its first.
  llvm::SmallVector<Value> freeStrides = {}, depthStrides = {};
  Value freeLow = {};
};

/// A part of the result, or of the depth of one.
struct Block {
  llvm::SmallVector<LaneIndex, 4> batch;
  Value rowLow, rowCount, columnLow, columnCount; ///< of the result
  Value depthLow, depthCount;
  bool accumulates = false; ///< one of several depth blocks
  bool packsRhs = false;
  Value packs;                     ///< whether rhs is packed, where that is decided at run time
  bool keepsRows = false;          ///< the sums of all rows wait, not only those of a tile
  std::optional<OperandView> tail; ///< the last columns, along the depth
};

/// The tiles that take a panel of rhs one after the other fetch the next one, each its share.
struct PanelShare {
  Value number, count; ///< of tiles; null: nothing is fetched
};

/// Where the sums of a tile go: lines of so many elements, `lines` of each of `rows` rows.
struct ResultLines {
  Value buffer, start, stride;
  int64_t rows = 0, lines = 0;
};

/// The columns of a register tile: vectors of `lanes` lanes.
struct TileColumns {
  unsigned lanes = 1;
  Value low, count;                      ///< in the block
  Value buffer, depthStride;             ///< of rhs
  mlir::Type element;                    ///< of the buffer
  llvm::SmallVector<Value> starts;       ///< of the vectors in the buffer, at the first depth
  llvm::SmallVector<Value> masks;        ///< of the vectors' loads; null: all lanes exist
  llvm::SmallVector<Value> depthStrides; ///< of an OperandView
  bool isPacked = false;                 ///< what `onLoad` makes of numbers is there already
  bool isTail = false;                   ///< dot products with the block's tail
};

/// An address: the coordinates of a row-major index times strides, of which one may serve for all.
/// `isInRun`: all lanes have the same coordinates but the innermost.
LaneIndex addressOf(VectorBuilder &emitter, llvm::ArrayRef<mlir::AffineExpr> sizes,
                    llvm::ArrayRef<mlir::AffineExpr> strides, LaneIndex linear,
                    bool isInRun = false);

/// What every part sees.
class Part {
public:
  Part(VectorBuilder &emitter, const Plan &plan)
      : emitter(emitter), plan(plan), tiling(plan.tiling), problem(plan.problem), dot(plan.dot),
        type(plan.type) {}

protected:
  Value zeroSum() {
    return emitter.constant(mlir::cast<mlir::TypedAttr>(emitter.builder.getZeroAttr(type)));
  }
  /// A line of `buffer` is fetched into a cache of `locality` (3: the first).
  void prefetch(Value buffer, Value address, bool isWrite, unsigned locality);
  Value select(Value condition, Value ifTrue, Value otherwise);
  /// The number of an operand at a row or column and an element of the depth, counted from the
  /// first of the matrix: in all lanes, or one for all.
  Value numberAt(const Operand &operand, const Block &block, LaneIndex free, LaneIndex depth);
  /// Loaded as `element`; of bf16 as i16 the bits. `isInRun`: of `free`, see addressOf. `run`:
  /// which one of the innermost dimension `depth` is in; null: it counts from the first.
  Value loadNumber(const Operand &operand, const Block &block, LaneIndex free, LaneIndex depth,
                   mlir::Type element, bool isInRun = false, Value run = {});
  /// A block of an operand where it lies in memory, from row or column `freeLow` on.
  OperandView viewInMemory(const Operand &operand, const Block &block, Value freeLow);
  /// A panel of rhs that lies packed already, from column `low` of the block on.
  OperandView givenPanel(const Block &block, Value low);

  VectorBuilder &emitter;
  const Plan &plan;
  const Tiling &tiling;
  const TilingProblem &problem;
  const DotForm &dot;
  const mlir::Type type;
};

} // namespace mlc::tile
#endif
