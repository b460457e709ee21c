// Contractions: blocks of the result, register tiles of fused multiply-adds inside. Split over
// ContractionSchedule.cpp (operands, blocks), ContractionPacking.cpp, ContractionDotPacking.cpp,
// ContractionTail.cpp, ContractionTile.cpp and ContractionVector.cpp.
#ifndef MLC_COMPILER_CODEGEN_CPU_CONTRACTIONSEGMENT_H
#define MLC_COMPILER_CODEGEN_CPU_CONTRACTIONSEGMENT_H

#include "compiler/Codegen/CPU/ContractionDot.h"
#include "compiler/Codegen/CPU/ContractionModel.h"

namespace mlc {

/// An operand's elements in a buffer: element (free, depth) of the current batch at offset + free *
/// freeStride + depth * depthStride; where it is packed in panels of several rows, `panelRows` of
/// them lie side by side, and panels are freeStride apart.
struct OperandView {
  mlir::Value buffer, offset, freeStride, depthStride;
  int64_t panelRows = 0;
};

/// The strides of an operand that is a kernel argument or a transpose of one.
struct PlainOperand {
  mlir::Value argument;
  llvm::SmallVector<mlir::AffineExpr> strides;
};

/// A number if the expression is one, else -1.
int64_t numberOf(mlir::AffineExpr expr);

class ContractionSegment : public Segment {
public:
  ContractionSegment(KernelContext &context, nn::ContractOp contraction,
                     llvm::ArrayRef<StoreTarget> targets);
  mlir::AffineExpr tiles() override;
  void emit(mlir::Value begin, mlir::Value end) override;
  SegmentReport report() const override;

private:
  using Value = mlir::Value;
  /// One side: its dimensions by role, and how to read it.
  struct Side {
    Value tensor;
    llvm::SmallVector<int64_t> batch, free, depth;
    std::optional<PlainOperand> plain;
    mlir::AffineExpr freeStride, depthStride; ///< of the plain operand
    Value panels;                             ///< the argument that holds the packed rhs, or null
  };
  struct Block {
    llvm::SmallVector<LaneIndex, 4> batch;
    Value rowLow, rowCount, columnLow, columnCount; ///< of the result
    Value depthLow, depthCount;
    bool accumulates = false; ///< one of several depth blocks
    bool packsRhs = false;
    Value packs;                     ///< whether rhs is packed, where that is decided at run time
    std::optional<OperandView> tail; ///< the last columns, along the depth
  };
  /// The columns of a register tile: vectors of `lanes` lanes.
  struct TileColumns {
    unsigned lanes = 1;
    Value low, count;                ///< in the block
    Value buffer, depthStride;       ///< of rhs
    mlir::Type element;              ///< of the buffer
    llvm::SmallVector<Value> starts; ///< of the vectors in the buffer, at the first depth
    llvm::SmallVector<Value> masks;  ///< of the vectors' loads; null: all lanes exist
    bool isTail = false;             ///< dot products with the block's tail
  };

  /// Elements to fetch during the steps of a tile, at start + step * stride.
  struct Ahead {
    Value buffer, start, stride;
  };

  /// Where the sums of an epilogue wait: row r, column c at base + r * stride + c.
  struct Sums {
    Value buffer, base;
    int64_t stride = 0;
  };

  // Operands and blocks.
  Side makeSide(Value tensor, llvm::ArrayRef<int64_t> batch, llvm::ArrayRef<int64_t> depth);
  Value operand(Value tensor);
  bool isReadInPlace(const Side &side) const;
  void findPlain(Side &side);
  mlir::AffineExpr collapsedStride(const Side &side, llvm::ArrayRef<int64_t> dims);
  mlir::AffineExpr extent(const Side &side, llvm::ArrayRef<int64_t> dims);
  void allocateScratch();
  Position positionOf(const Side &side, const Block &block, LaneIndex free, LaneIndex depth);
  OperandView plainView(const Side &side, const Block &block, Value freeLow);
  OperandView panelView(const Block &block, Value panelLow);
  Value count(mlir::AffineExpr size, int64_t block, Value low);
  void emitTiles(Value begin, Value end);
  void emitBlock(Block block);
  void emitDepthBlock(const Block &block);

  // A few rows.
  bool isReadInOrder() const;
  bool hasLongStreams() const;
  void allocateVectorSums();
  void emitVectorTiles(Value begin, Value end, int64_t height);
  void emitStreams(const Block &piece, int64_t height);
  void emitDots(const Block &piece, int64_t height);
  llvm::SmallVector<Value> wideDots(const PullEmitter::LanePlan &plan,
                                    llvm::function_ref<llvm::SmallVector<Value>(unsigned)> zeros,
                                    PullEmitter::LaneBody body);
  void storeDots(llvm::ArrayRef<Value> dots, int64_t count, Value column);
  void inSteps(Value count, int64_t step, llvm::function_ref<void(Value, int64_t)> body);

  // Packing.
  OperandView packLhs(const Block &block);
  OperandView packLhsRows(const Block &block);
  OperandView packLhsPanels(const Block &block);
  void inPanels(Value count, int64_t known, int64_t step,
                llvm::function_ref<void(Value, Value)> body);
  void packRhs(const Block &block);
  void packRhsRows(const Block &block);
  void prefetchRow(const Block &block, Value at);
  void packTransposed(const Block &block, Value panelLow);
  /// Accumulators in a cache line.
  int64_t elementsOfLine() { return 64 * 8 / type.getIntOrFloatBitWidth(); }
  int64_t lhsPanelElements();
  int64_t rhsPanelElements();
  Value rhsPanelStart(Value low);

  // Packing for dot products.
  bool isAlongDepth(const Side &side);
  int64_t dotRowStride() const;
  void allocateDotScratch();
  Value narrowAt(const Side &side, const Block &block, LaneIndex free, LaneIndex element);
  Value dotPacked(const Side &side, Value number);
  Value dotElements(const Block &block);
  llvm::SmallVector<Value> dotWord(const Side &side, const Block &block, LaneIndex free, Value word,
                                   Value isFilledFrom);
  struct WordPanel {
    Value free, count; ///< rows or columns of the matrix
    Value low;         ///< the first word of the block
    Value buffer, start;
    int64_t stride; ///< of words
  };
  void packWords(const Side &side, const Block &block, const WordPanel &panel,
                 llvm::ArrayRef<unsigned> widths);
  OperandView packDotLhs(const Block &block);
  OperandView packDotLhsRows(const Block &block);
  void packDotRhs(const Block &block);
  Value packSquares(const Block &block, Value panelLow, Value count);
  void storeFirstSums(const Block &block);
  llvm::SmallVector<Value> firstSumsOf(const TileColumns &tile);

  // The last columns.
  int64_t chooseTail() const;
  int64_t tailWidth() const;
  int64_t tailDepth() const;
  int64_t tailStride() const;
  bool hasTailInPlace() const;
  void packRhsBeforeTail(const Block &block);
  OperandView viewTail(const Block &block);
  void packTail(const Block &block, const OperandView &from);
  TileColumns tailAt(Value low);
  llvm::SmallVector<Value> emitTailProducts(const Block &block, const OperandView &left, Value row,
                                            int64_t rowsOfTile);
  llvm::SmallVector<Value> emitTailDots(const Block &block, const OperandView &left,
                                        llvm::ArrayRef<Value> rowStarts);

  // Tiles.
  OperandView rhsView(const Block &block, Value panelLow);
  OperandView packedView(Value panelLow);
  bool decidesPackingAtRunTime();
  TileColumns columnsAt(const Block &block, Value low, int64_t panels, int64_t narrow);
  void emitPanels(const Block &block, Value low,
                  llvm::function_ref<void(const TileColumns &)> body);
  int64_t panelsOf(int64_t height);
  llvm::SmallVector<int64_t> fewRows();
  bool emitFewRows(const Block &block, const OperandView &left,
                   llvm::function_ref<void()> otherwise);
  void emitRows(const Block &block, const OperandView &left);
  void emitRowChain(const Block &block, llvm::function_ref<void(Value, int64_t)> emitAt);
  void emitKnownRows(const Block &block, int64_t known,
                     llvm::function_ref<void(Value, int64_t)> emitAt);
  void emitTile(const Block &block, const OperandView &left, const TileColumns &columns, Value row,
                int64_t rowsOfTile);
  llvm::SmallVector<Value> emitProducts(const Block &block, const OperandView &left,
                                        const TileColumns &columns, Value row, int64_t rowsOfTile);
  Sums sumsOf(const Block &block, Value row);
  Value rowStart(const OperandView &left, Value row, int64_t number, int64_t rowsOfTile);
  void emitRowEpilogue(const Block &block, Value row, Value rowCount);
  void keepTile(const Block &block, const TileColumns &columns, Value row,
                llvm::ArrayRef<Value> sums, Value buffer, bool adds);
  int64_t groupDepth() const;
  void endGroup(const Block &block);
  void forGroupSums(const Block &block, llvm::function_ref<void(Value, LaneIndex, LaneIndex)> body);
  void clearGroup(const Block &block);
  void addGroup(const Block &block);
  void storeTile(const Block &block, const TileColumns &columns, Value row,
                 llvm::ArrayRef<Value> sums, bool adds);
  void emitEpilogue(const Block &block, Value row, Value rowCount, Value column, Value columnCount,
                    const Sums &sums);
  Position resultPosition(const Block &block, Value row, LaneIndex column);
  void prefetchResults(const Block &block, const TileColumns &tile, Value row, int64_t rowsOfTile);
  Ahead nextPiece(const Block &block, const TileColumns &tile, Value row);
  void prefetchNextTile(const OperandView &left, Value address);
  void storeAt(const Block &block, Value row, LaneIndex column, Value sum);

  KernelContext &context;
  PullEmitter &emitter;
  nn::ContractOp contraction;
  llvm::SmallVector<StoreTarget> targets;
  Side lhs, rhs;
  mlir::AffineExpr batches, rows, columns;
  mlir::AffineExpr depth;    ///< in what the tile takes at once: elements, or words of `dot`
  mlir::AffineExpr elements; ///< of the depth
  mlir::Type type;           ///< of the accumulators
  DotForm dot;
  bool fillsWords = false; ///< the last word may have less than all elements
  ContractionProblem problem;
  ContractionTiling tiling;
  bool isDepthCut = false;     ///< sums wait in memory between depth blocks
  bool storesSumsOnly = false; ///< no op around the contraction: registers go to the results
  int64_t vectors, accumulatorStride;
  int64_t tailColumns = 0; ///< the last columns, if they are dot products along the depth
  Value accumulators, lhsScratch, rhsScratch, tailScratch, firstSums;
  Value groupSums;  ///< of a group of depth blocks, where there may be several groups; or null
  Value vectorSums; ///< of products of a few rows
};

} // namespace mlc
#endif
