// Where the sums of tiles wait for those of the next depths, and what becomes of them.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_SUMS_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_SUMS_H

#include "compiler/Codegen/CPU/RegisterTile/Block.h"

namespace mlc::tile {

/// Sums in memory: row r, column c of a block at start + r * stride + c.
struct WaitingSums {
  Value buffer, start, stride;
};

/// Hands sums to the epilogue.
class EpilogueLoop : Part {
public:
  using Part::Part;
  void emit(const Block &block, Value row, Value rowCount, Value columnCount,
            const WaitingSums &sums);
  /// The epilogue at a row and columns of the block.
  void store(const Block &block, Value row, LaneIndex column, Value sum);
};

class Sums : Part {
public:
  Sums(VectorBuilder &emitter, const Plan &plan, Scratch &scratch);
  /// The lines of a tile of the result are fetched, if its registers will be stored there.
  ResultLines linesOf(const Block &block, const TileColumns &tile, Value row, int64_t rowsOfTile);
  /// Takes the sums of a tile: stored in the result or kept, or added to what is there from the
  /// depth blocks before.
  void take(const Block &block, const TileColumns &tile, Value row, llvm::ArrayRef<Value> sums);
  /// Where the sums of a tile wait, and whether they are the first there (null: they are).
  WaitingSums placeOf(const Block &block, const TileColumns &tile, Value row);
  Value areFirst(const Block &block);
  /// Where they lie in the result, and whether these are the last.
  WaitingSums placeInResult(const Block &block, const TileColumns &tile, Value row);
  Value areLast(const Block &block);
  /// What is around the product, of the sums of some rows that wait.
  void finish(const Block &block, const TileColumns &tile, Value row, Value rowCount);
  /// After the tiles of some rows: what is around the product, unless more depths come.
  void endRows(const Block &block, Value row, Value rowCount);
  /// After a depth block; after all of them.
  void endDepthBlock(const Block &block);
  void endBlock(const Block &block);

private:
  void keep(const Block &block, const TileColumns &tile, Value row, llvm::ArrayRef<Value> sums,
            bool adds);
  void store(const Block &block, const TileColumns &tile, Value row, llvm::ArrayRef<Value> sums,
             bool adds);
  Value beginOfGroup(const Block &block);
  Value startOf(const Block &block, Value row);
  LaneIndex addressOf(const Block &block, Value row, LaneIndex column);
  int64_t groupDepth() const;
  void forGroupSums(const Block &block,
                    llvm::function_ref<Value(Value sum, LaneIndex inTotal)> body);
  void keepTotal(const Block &block, Value isFirst);
  void addTotal(const Block &block);

  EpilogueLoop epilogue;
  int64_t stride; ///< of rows
  Value kept;     ///< in scratch memory
  Value group;    ///< the total of groups of depth blocks, where there may be several; or null
};

} // namespace mlc::tile
#endif
