// The last few columns, which would leave most lanes of a vector idle: dot products, vectors along
// the depth, so that every lane works.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_TAIL_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_TAIL_H

#include "compiler/Codegen/CPU/RegisterTile/Tile.h"

namespace mlc::tile {

/// Columns of a product that are dot products; 0: there are none.
int64_t tailColumns(const Plan &plan);

class Tail : Part {
public:
  Tail(VectorBuilder &emitter, const Plan &plan, Scratch &scratch, Tile &tile);
  int64_t columns() const { return count; }
  /// The columns of a block of rhs that are packed for tiles.
  Value columnsBefore(const Block &block);
  /// The columns of the tail along the depth: where they lie, or transposed into scratch from the
  /// panel of tiles that they are in.
  OperandView view(const Block &block, llvm::function_ref<OperandView(Value low)> panelAt);
  /// The tail as columns of a tile, from column `low` of the block on.
  TileColumns columnsAt(Value low);
  /// Their products with the rows of a tile, a vector for each row.
  llvm::SmallVector<Value> products(const Block &block, const OperandView &left, Value row,
                                    int64_t rowsOfTile);

private:
  int64_t width() const;
  int64_t stride() const;
  int64_t depth() const;
  bool isInPlace() const;
  void pack(const Block &block, const OperandView &from);
  void packSquare(const OperandView &from, mlir::Type element, Value start, Value to, int64_t rows);
  llvm::SmallVector<Value> dots(const Block &block, const OperandView &left,
                                llvm::ArrayRef<Value> rowStarts);

  Tile &tile;
  int64_t count;
  Value scratch;
};

} // namespace mlc::tile
#endif
