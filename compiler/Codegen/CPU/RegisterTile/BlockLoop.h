// The blocks of a product's result, in each of them blocks of the depth, and in those the tiles.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_BLOCKLOOP_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_BLOCKLOOP_H

#include "compiler/Codegen/CPU/RegisterTile/Columns.h"
#include "compiler/Codegen/CPU/RegisterTile/MatrixTile.h"
#include "compiler/Codegen/CPU/RegisterTile/Sums.h"

namespace mlc::tile {

class BlockLoop : Part {
public:
  BlockLoop(VectorBuilder &emitter, const Plan &plan, Scratch &scratch);
  /// The tiles [begin, end) of the grid. Products of up to `fewRows` rows do not come here.
  void emit(Value begin, Value end, int64_t fewRows);
  /// The last columns that are dot products.
  int64_t tailColumns() const { return tail.columns(); }

private:
  using RowBody = llvm::function_ref<void(Value row, int64_t height)>;
  void emitLines(Value begin, Value end);
  Value rowsOfBlock(Value rowBlocks);
  Value countOf(mlir::AffineExpr size, int64_t block, Value low);
  void setColumns(Block &block, Value unit, Value high);
  using LineBody = llvm::function_ref<void(Value line, Value low, Value high)>;
  void forLines(Value begin, Value end, Value units, LineBody body);
  void emitRowUnits(Value begin, Value end);
  void emitBlock(Block block);
  bool decidesPackingAtRunTime() const;
  void emitDepthBlock(const Block &block);
  void emitAllRows(const Block &block, const OperandView &left);
  int64_t panelsOf(int64_t height) const;
  llvm::SmallVector<int64_t> lowTiles() const;
  bool emitLowTiles(const Block &block, const OperandView &left,
                    llvm::function_ref<void()> otherwise);
  void emitRows(const Block &block, const OperandView &left);
  void emitSharedPanels(Block block, const OperandView &left);
  void emitMatrixRows(const Block &block, const OperandView &left);
  void emitKnownRows(const Block &block, RowBody emitAt);
  void emitRowChain(const Block &block, RowBody emitAt);
  void emitBalancedRows(const Block &block, RowBody emitTiles, RowBody emitAt);
  int64_t lowestTile() const;
  std::pair<int64_t, int64_t> heightsOfTiles() const;
  struct RowPart {
    Value low, count;
  };
  RowPart evenPart(Value rows, Value number, Value parts);
  void switchHeight(Value height, int64_t lowest, int64_t highest,
                    llvm::function_ref<void(int64_t)> body);
  void emitTile(const Block &block, const OperandView &left, const TileColumns &columns, Value row,
                int64_t height, const PanelShare &share = {}, const TileColumns *copy = nullptr);

  Tile tile;
  Sums sums;
  std::unique_ptr<Packing> packing;
  FirstSums firstSums;
  Tail tail;
  Columns columns;
  std::optional<MatrixTile> matrixTile; ///< where an instruction multiplies matrices
  int64_t fewRows = 0;
};

} // namespace mlc::tile
#endif
