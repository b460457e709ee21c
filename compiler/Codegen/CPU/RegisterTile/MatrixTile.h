// The register tile where an instruction multiplies matrices: two registers of rows times up to two
// of columns.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_MATRIXTILE_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_MATRIXTILE_H

#include "compiler/Codegen/CPU/RegisterTile/MatrixUnit.h"
#include "compiler/Codegen/CPU/RegisterTile/Sums.h"
#include "compiler/Codegen/CPU/RegisterTile/Tile.h"

namespace mlc::tile {

class MatrixTile : Part {
public:
  /// The rows of a tile: `parts` registers of them.
  struct Rows {
    Value low, count;
    int64_t parts;
  };
  MatrixTile(VectorBuilder &emitter, const Plan &plan, Scratch &scratch, Tile &tile);

  /// Before the first tile of a kernel, and after the last.
  void begin();
  void end();
  /// Calls `body` for the tiles of so many rows.
  void forTiles(Value rowCount, llvm::function_ref<void(const Rows &)> body);
  /// Where sums are before the depth of a block (null condition: nowhere, they start from zero) and
  /// after it.
  struct Sums {
    WaitingSums wait;
    Value areFirst;
    /// Where they are stored instead after the last depths, if this is true; null: never.
    WaitingSums result = {};
    Value isComplete = {};
  };
  /// Computes the sums of a tile over the depth of the block.
  void products(const Block &block, const OperandView &left, const TileColumns &columns,
                const Rows &rows, const Sums &sums);

  /// Adds those of the block to sums that lie in memory.
  void addProducts(const Block &block, const OperandView &left, const TileColumns &columns,
                   const Rows &rows, const WaitingSums &sums);

private:
  /// A tile's operands, in bytes.
  struct Operands {
    llvm::SmallVector<Value, 2> lhs, lhsRows; ///< of its registers: addresses, rows
    Value lhsStride, rhs, rhsStride;          ///< of rows; of words
    int64_t vectors;                          ///< registers of columns
  };
  /// A tile's share of the next panel, which is fetched from `start` on, so many lines in a step.
  struct NextPanel {
    Value buffer, start;
    int64_t lines = 0, elementsOfLine = 1;
  };
  void configureWhole();
  Operands operandsOf(const OperandView &left, const TileColumns &columns, const Rows &rows);
  void forSums(const Operands &operands, const Rows &rows, const WaitingSums &sums,
               llvm::function_ref<void(int64_t number, Value address, Value stride)> body);
  void step(const Operands &operands);
  Operands at(const Operands &operands, Value lhs, Value rhs);
  void copyRest(const Operands &operands, Value count);
  NextPanel nextPanel(const Block &block, const TileColumns &columns, const Rows &rows);
  void fetch(const NextPanel &next, Value step);
  void alongDepth(const Operands &operands, Value count, const NextPanel &next, Value before);
  void overDepth(const Block &block, const OperandView &left, const TileColumns &columns,
                 const Rows &rows, const Operands &operands);
  void loadSums(const Operands &operands, const Rows &rows, const WaitingSums &sums);
  void storeSums(const Operands &operands, const Rows &rows, const WaitingSums &sums);

  MatrixUnit unit;
  Tile &tile;                 ///< tells where operands lie
  Value restOfLhs, restOfRhs; ///< the last words of a depth, beside zeros
};

} // namespace mlc::tile
#endif
