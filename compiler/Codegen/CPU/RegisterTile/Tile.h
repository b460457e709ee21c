// The register tile: sums of rows times vectors of columns that stay in registers over the depth.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_TILE_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_TILE_H

#include "compiler/Codegen/CPU/RegisterTile/Block.h"

namespace mlc::tile {

class Tile : Part {
public:
  using Part::Part;
  /// What else the steps of a tile do.
  struct OnTheWay {
    PanelShare share;                  ///< of the next panel: is fetched
    const TileColumns *copy = nullptr; ///< the same columns in a panel: are stored; null: are not
    ResultLines result;                ///< are fetched
  };
  /// The sums over the depth of the block, which start at `first` (one vector after the other, for
  /// every row): row by row, a vector for each of the columns.
  llvm::SmallVector<Value> products(const Block &block, const OperandView &left,
                                    const TileColumns &columns, Value row, int64_t rowsOfTile,
                                    llvm::ArrayRef<Value> first, const OnTheWay &onTheWay);
  /// Where row `number` of a tile starts, at the first depth. A tile of full height is a panel of
  /// its own.
  Value rowStart(const OperandView &left, Value row, int64_t number, int64_t rowsOfTile);
  /// Calls `body` for depths that lie one after the other, carrying values: how far they are from
  /// the first of the block in lhs and in rhs, and how many they are.
  using RunBody = llvm::function_ref<llvm::SmallVector<Value>(Value lhs, Value rhs, Value count,
                                                              mlir::ValueRange carried)>;
  llvm::SmallVector<Value> forRuns(const Block &block, const OperandView &left,
                                   llvm::ArrayRef<Value> rhsStrides, Value rhsStride,
                                   mlir::ValueRange initial, RunBody body);
  /// The panel after this one, of the next columns or else of the next depths, as a block and a
  /// column of it. After the last one that is what there is.
  std::pair<Block, Value> panelAfter(const Block &block, const TileColumns &tile);
  /// Whether rhs has to come from L3 or memory. Of what lies packed L2 could hold the most, but
  /// mostly not that of all the products that ran since the last call.
  bool isRhsFar() const;

private:
  Value nestedRowStart(const OperandView &left, Value row);
  /// Elements to fetch during the steps of a tile, at start + step * stride; or, if there is a
  /// `pace`, at start + (step * pace >> kPaceBits) * stride.
  struct Ahead {
    Value buffer, start, stride, pace = {};
  };
  /// What all steps of a tile have in common.
  struct Operands {
    const OperandView &left;
    const TileColumns &columns;
    llvm::SmallVector<Value> rowStarts;
    Value columnLow; ///< of the matrix, for `onLoad`
    Ahead ahead;
    bool isContiguous; ///< lhs along the depth
    /// Of the offsets that grow from step to step: products of the depth would be computed anew in
    /// each.
    llvm::SmallVector<Value> strides;
    llvm::SmallVector<Value> rowCoords; ///< of the first row, where edges ask for them
    const TileColumns *copy;
    ResultLines result;
    Value panelElements; ///< of a packed panel, whose lines are fetched; null: are not
    size_t vectors() const { return columns.starts.size(); }
  };
  /// Depths that lie one after the other: `count` from `low` of the matrix on, with the offsets
  /// there.
  struct Run {
    Value low, count;
    llvm::SmallVector<Value> offsets;
  };
  void copyColumns(const TileColumns &copy, Value at, llvm::ArrayRef<Value> vectors);
  void fetchResult(const ResultLines &result, Value number);
  int64_t stepsOfTurn(const Operands &operands) const;
  Value elementsToFetch(const Block &block, const TileColumns &tile);
  void fetchColumns(const Operands &operands, Value across, int64_t steps);
  llvm::SmallVector<Value> turn(const Operands &operands, const Run &run, Value at, int64_t steps,
                                mlir::ValueRange carried);
  llvm::SmallVector<Value> inTurns(const Operands &operands, const Run &run, Value low,
                                   llvm::SmallVector<Value> sums);
  Value whileResultArrives(const Operands &operands, const Run &run,
                           llvm::SmallVector<Value> &sums);
  void fetchAhead(const Ahead &ahead, Value at, Value offset);
  llvm::SmallVector<Value> loadColumns(const Operands &operands, Value across, Value depth);
  llvm::SmallVector<Value> step(const Operands &operands, Value at, Value depth,
                                mlir::ValueRange carried);
  llvm::SmallVector<Value> alongDepth(const Operands &operands, const Run &run,
                                      llvm::SmallVector<Value> sums);
  struct Runs {
    Value first, end, length;
  };
  Runs runsOf(const Block &block);
  Value startOfRun(const Runs &runs, Value at, llvm::ArrayRef<Value> strides, Value stride);
  Run partOf(const Operands &operands, const Run &run, Value skipped, Value count);
  Run insideEdges(const Operands &operands, Run run, llvm::ArrayRef<LaneIndex> depth);
  llvm::SmallVector<Value> ofRows(const Operands &operands, const Run &run,
                                  std::pair<int64_t, int64_t> rows, llvm::SmallVector<Value> sums);
  llvm::SmallVector<Value> withinEdge(const Operands &operands, const Run &run,
                                      llvm::ArrayRef<LaneIndex> depth,
                                      llvm::SmallVector<Value> sums);
  llvm::SmallVector<Value> atEnd(const Edge &edge, const Operands &operands, const Run &run,
                                 llvm::ArrayRef<LaneIndex> depth, int64_t first,
                                 llvm::SmallVector<Value> sums);
  llvm::SmallVector<Value> overNestedDepth(const Operands &operands, const Block &block,
                                           llvm::SmallVector<Value> sums);
  Ahead nextPiece(const Block &block, const TileColumns &tile, Value row);
  /// From `column` on a line of rows from the first on, at a `pace`.
  struct RowShare {
    Value column, first, pace;
  };
  RowShare shareOfRows(const PanelShare &share, int64_t columns, Value depth);
  Ahead nextCopy(const Block &block, const TileColumns &tile, const PanelShare &share);
  Ahead nextPanel(const Block &block, const TileColumns &tile, const PanelShare &share);
  void prefetchNextTile(const OperandView &left, Value address);
};

} // namespace mlc::tile
#endif
