// The columns of rhs, as the tiles of a block take them.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_COLUMNS_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_COLUMNS_H

#include "compiler/Codegen/CPU/RegisterTile/Packing.h"
#include "compiler/Codegen/CPU/RegisterTile/Tail.h"

namespace mlc::tile {

class Columns : Part {
public:
  Columns(VectorBuilder &emitter, const Plan &plan, Packing &packing, Tail &tail)
      : Part(emitter, plan), packing(packing), tail(tail) {}

  using Body = llvm::function_ref<void(const TileColumns &)>;
  /// Calls `body` for every panel from the column `low` on. Where the number of columns is known,
  /// the last one has no more vectors than it needs.
  void forPanels(const Block &block, Value low, Body body);
  /// The same for so many panels at once, as far as there are so many.
  void forSeveralPanels(const Block &block, int64_t panels, Body body);
  /// The same columns where a tile has packed them.
  TileColumns copyOf(const TileColumns &tile);
  /// rhs from column `low` of the block on: packed, or where it lies.
  OperandView viewAt(const Block &block, Value low);

private:
  TileColumns columnsAt(const Block &block, Value low, int64_t panels, int64_t narrow);
  void addPanel(const Block &block, int64_t panel, int64_t vectors, bool areWhole,
                TileColumns &tile);
  bool isPacked(const Block &block) const {
    return plan.rhs.panels || (block.packsRhs && !block.packs);
  }

  Packing &packing;
  Tail &tail;
};

/// What the sums of a tile start at: zero, or what makes up for lhs that come with 128 added.
class FirstSums : Part {
public:
  FirstSums(VectorBuilder &emitter, const Plan &plan, Scratch &scratch);
  /// Computes those of the columns of a block.
  void store(const Block &block, Columns &columns);
  /// One vector after the other.
  llvm::SmallVector<Value> of(const TileColumns &tile);

private:
  llvm::SmallVector<Value> addWords(const TileColumns &tile, Value at, int64_t count,
                                    mlir::ValueRange sums);
  void storePanel(const Block &block, Value zero, const TileColumns &tile);

  Value scratch;
};

} // namespace mlc::tile
#endif
