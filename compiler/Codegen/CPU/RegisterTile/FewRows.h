// Products of a few rows: every element of rhs is used so few times that reading rhs is the limit.
// It is read in the order in which it lies in memory.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_FEWROWS_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_FEWROWS_H

#include "compiler/Codegen/CPU/RegisterTile/FixedPoint.h"
#include "compiler/Codegen/CPU/RegisterTile/Sums.h"

namespace mlc::tile {

/// Rows of rhs that are read side by side: as many streams as prefetchers follow.
constexpr int64_t kMostStreams = 8;

/// Rows of rhs whose products are added up in one piece; the sums of pieces keep their errors.
constexpr int64_t kStreamedDepth = kMostStreams * VectorBuilder::kChain;

/// Columns whose sums wait in L1 while rows of rhs pass by, and the most of any.
constexpr int64_t kPieceColumns = 2048, kMostPieceColumns = 2 * kPieceColumns;

/// The distance of the sums of two rows: no multiple of 4 KiB, at which a load seems to need an
/// earlier store.
constexpr int64_t kSumsStride = kMostPieceColumns + 128;

class FewRows : Part {
public:
  FewRows(VectorBuilder &emitter, const Plan &plan, Scratch &scratch);
  /// The tiles [begin, end) of a product of `height` rows.
  void emit(Value begin, Value end, int64_t height);

private:
  /// What waits for the rows of rhs that come: sums, their errors, the sums of a piece of the
  /// depth.
  enum Place { kTotals, kErrors, kPieces };
  /// A few columns of all rows, and how both sides are read.
  struct Piece {
    const Block &block;
    int64_t height;
    OperandView left, right;
    VectorBuilder::LanePlan lanes; ///< along the columns, or of dot products along the depth
    Value zero;
  };
  bool hasLongStreams() const;
  void emitPiece(const Block &block, int64_t height);

  void emitStreams(const Piece &piece);
  LaneIndex sumAt(int64_t row, Place place, LaneIndex column);
  void forSums(const Piece &piece, llvm::function_ref<void(int64_t, LaneIndex)> body);
  llvm::SmallVector<Value> factorsAt(const Piece &piece, Value at, int64_t count);
  void addStreams(const Piece &piece, Value at, int64_t count);
  void addLongStreams(const Piece &piece, int64_t streams);
  void endPiece(const Piece &piece, Value low, Value count);
  int64_t depthOfPiece() const;
  void addWords(const Piece &piece, Value low, Value count);
  void addWords(const Piece &piece, Value word, int64_t count);
  void addDigits(const Piece &piece, Value word, Value inPiece, int64_t count);
  int64_t pieceColumns() const;
  LaneIndex digitSumAt(int64_t row, int64_t digit, LaneIndex column);
  Value takeDigitSums(int64_t row, LaneIndex column);
  void clearDigitSums(int64_t row, LaneIndex column);
  llvm::SmallVector<Value> factorsOfWords(const Piece &piece, Value word, int64_t count);
  Value numberOf(Value word, int64_t place);
  Value scaled(Value sum, Value sumOfLhs, Value depth, LaneIndex column);
  Value lhsSum(const Piece &piece, int64_t row, Value low, Value count);

  void emitDots(const Piece &piece);
  void emitDotsAt(const Piece &piece, Value column, int64_t count);
  llvm::SmallVector<Value> addProducts(const Piece &piece, LaneIndex at, Value column,
                                       int64_t count, mlir::ValueRange sums);
  llvm::SmallVector<Value> wideDots(const VectorBuilder::LanePlan &lanes,
                                    llvm::function_ref<llvm::SmallVector<Value>(unsigned)> zeros,
                                    VectorBuilder::LaneBody body);
  void storeDots(llvm::ArrayRef<Value> dots, int64_t count, Value column);
  void inSteps(Value count, int64_t step, llvm::function_ref<void(Value, int64_t)> body);

  EpilogueLoop epilogue;
  Value sums;
  std::optional<FixedPoint> fixedPoint; ///< lhs, where bytes are multiplied
  Value digitSums;                      ///< of a piece of the depth then
};

} // namespace mlc::tile
#endif
