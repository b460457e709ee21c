// A product as the register tile takes it: sizes, operands and what becomes of its sums. Knows no
// ops.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_PRODUCT_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_PRODUCT_H

#include "compiler/Codegen/CPU/RegisterTile/DotForm.h"
#include "compiler/Codegen/CPU/RegisterTile/TilingModel.h"
#include "compiler/Codegen/Common/Scratch.h"

namespace mlc::tile {

using mlir::Value;

/// The strides of an operand in memory, one for each dimension of the product. They may be
/// anything: the elements of a convolution's input overlap, those of a broadcast are the same.
struct Strides {
  llvm::SmallVector<mlir::AffineExpr> batch, free, depth;
  /// Whether one stride serves for all dimensions of a role.
  bool isFlat() const { return free.size() <= 1 && depth.size() <= 1; }
};

/// Numbers of few bits, several along the depth to a word of i32, lowest first, and more of them
/// scaled alike: what is multiplied is (number - zero) * scale. So a product of few rows scales
/// sums.
struct ScaledGroups {
  int64_t bits = 8;
  int64_t size = 1; ///< of a group
  std::function<Value(Value word, LaneIndex column)> wordAt;
  std::function<void(Value word, LaneIndex column)> fetchWord; ///< into a cache; empty: cannot
  std::function<Value(Value group, LaneIndex column)> scaleAt, zeroAt;
  int64_t numbersOfWord() const { return 32 / bits; }
};

/// One side of a product: numbers by batch position, row (of rhs: column) and depth.
struct Operand {
  mlir::Type element; ///< of the numbers, as memory has them
  Value buffer;       ///< flat; null: the numbers are only computed
  Value offset;       ///< of the first one in the buffer or in the panels; null: 0
  Strides strides;    ///< in the buffer
  /// Of lhs: the buffer holds words of dot products as they are packed, i32, and strides and offset
  /// count those. The depth is one dimension of whole words.
  bool isInWords = false;
  /// A flat buffer of panels, [columns / panelColumns, depth, panelColumns], where products are dot
  /// products of words. Null: it does not lie packed.
  Value panels;
  int64_t panelColumns = 0;
  bool hasPanelsOfBatch = false; ///< each position of a batch has its own, one after the other
  /// The number at rows and depths, counted as one each: in every lane, or one for all. Empty: it
  /// is loaded from the buffer. Where the operand is packed, this is what is packed.
  std::function<Value(llvm::ArrayRef<LaneIndex> batch, LaneIndex free, LaneIndex depth)> valueAt;
  /// What is multiplied instead of what a tile loads of rhs, at columns and a depth: quantised
  /// numbers become floats and are scaled. Empty: what it loads.
  std::function<Value(Value loaded, LaneIndex column, Value depth)> onLoad;
  /// Of rhs: what products of few rows read; others compute it by `valueAt`.
  std::optional<ScaledGroups> groups;
  /// Whether neighbours along the depth, not those of the other dimension, are computed together.
  /// Of numbers that are loaded the strides say it.
  bool isComputedAlongDepth = false;
  unsigned unroll = 1; ///< vectors at once that are worth computing
};

/// Along a dimension of the rows and one of the depth lhs moves over the same elements, element
/// row * rowStep + depth * depthStep, which are zero below `low` and from `high` on: products with
/// those need not be computed. A coordinate may be counted together with `run` of the next
/// dimension.
struct Edge {
  size_t rowDim = 0, depthDim = 0; ///< of the product's dimensions
  int64_t rowRun = 1, depthRun = 1;
  int64_t rowStep = 1, depthStep = 1, low = 0, high = 0;

  /// What a tile leaves out.
  enum class Kind {
    runs,      ///< whole runs of the innermost depth
    ends,      ///< what is before and after a part of such a run
    rowsOfEnds ///< in some runs, or parts of one, the first or last rows of the first or last tile
  };
  Kind kind = Kind::runs;
};

/// What becomes of sums.
struct Epilogue {
  /// Takes the sums of a row and of the columns in the lanes: computes what is around the product
  /// and stores it.
  std::function<void(llvm::ArrayRef<LaneIndex> batch, Value row, LaneIndex column, Value sum)>
      store;
  unsigned bits = 32, unroll = 1; ///< of its vectors
  /// The only result is the sum, rounded to the result's dtype: tiles store it from registers.
  bool isPlain = false;
  /// A few instructions a sum, in vectors of as many lanes: where the depth is small, tiles do them
  /// on their registers, too.
  bool isShort = false;
  /// Where that result lies, and whether it holds sums as they are: then they wait there for those
  /// of the next depths.
  Value result;
  std::function<LaneIndex(llvm::ArrayRef<LaneIndex> batch, Value row, LaneIndex column)> address;
  bool holdsSums = false;
  /// Whether it is the only one and row-major: columns are neighbours, and rows as far apart as
  /// there are columns.
  bool isRowMajor = false;
  /// The sums are added to what is there, not stored in its place. Only where the result is plain
  /// and holds sums, of a depth that is one block, and has room for the last tile's whole vectors.
  bool adds = false;
};

/// result[batch, row, column] = sum over depth of lhs[batch, row, depth] * rhs[batch, column,
/// depth].
struct Product {
  /// Sizes of the dimensions by role, each row-major where it is counted as one.
  llvm::SmallVector<mlir::AffineExpr> batch, rows, columns, depth;
  Operand lhs, rhs;
  llvm::SmallVector<Edge> edges;
  mlir::Type type; ///< of the sums
  DotForm dot;
  Epilogue epilogue;
};

/// A product with the choices that were made for it: what the parts of its code share.
struct Plan : Product {
  Plan(VectorBuilder &emitter, Product product, const ScheduleOptions &options);

  mlir::AffineExpr batchCount, rowCount, columnCount;
  mlir::AffineExpr elementCount; ///< of the depth
  mlir::AffineExpr depthCount;   ///< in what the tile takes at once: elements, or words of `dot`
  /// The sizes of the depth in the same, where the innermost is whole ones.
  llvm::SmallVector<mlir::AffineExpr> depthSteps;
  /// Blocks of the depth are whole ones of the innermost dimension, which words fill.
  bool hasRunsOfWords = false;
  bool fillsWords = false; ///< the last word may have less than all elements
  TilingProblem problem;
  Tiling tiling;
  bool isVector = false;   ///< a few rows, which have no tiles
  DotForm groupsDot;       ///< what few rows multiply numbers of few bits by: bytes, four in a word
  bool isDepthCut = false; ///< sums wait in memory between depth blocks
  bool storesSums = false; ///< registers go to the epilogue
  /// Registers of matrices go to the result, which holds their sums.
  bool storesMatrices = false;
  int64_t vectors = 1; ///< of a row of a tile
  /// Rows of a tile are neighbours in the innermost of several dimensions.
  bool hasTilesInRows = false;
  int64_t l1Bytes, l2Bytes;

  /// Of a tile whose rows start at `first` of their dimension, those that are inside an edge at an
  /// element of its depth: from .first up to .second.
  std::pair<int64_t, int64_t> rowsInside(const Edge &edge, int64_t first, int64_t depth) const;

  /// Whether tiles can take the numbers from where they lie.
  bool isReadInPlace(const Operand &operand) const;
  /// Whether elements of lhs that lie side by side are words as they are.
  bool hasWordsInPlace() const;
  /// Both operands are, rhs in the order of its buffer.
  bool isReadInOrder() const;
  /// Whether neighbours along the depth lie side by side, or are computed so.
  bool isAlongDepth(const Operand &operand) const;
  llvm::ArrayRef<mlir::AffineExpr> freeDims(const Operand &operand) const {
    return &operand == &lhs ? rows : columns;
  }
  bool hasNestedDepth() const { return depth.size() > 1; }
  /// Steps of the innermost depth; -1: nobody knows, or words reach beyond it.
  int64_t stepsOfRun() const;
  bool sharesPanels() const { return tiling.sharesPanels(problem); }
  /// Sums in a cache line.
  int64_t elementsOfLine() const { return elementsOfLine(type); }
  static int64_t elementsOfLine(mlir::Type element) {
    return 64 * 8 / element.getIntOrFloatBitWidth();
  }

private:
  void describe();
  void cutRuns();
  int64_t rowsOfMatrix() const;
  void keepInnerDepthWhole();
  void fitRows();
  void fitTilesInRows();
  void fitPanelsInRows();
  void setRowStep(int64_t step);
  bool leavesOutEdges() const;
  void chooseEdges();
  bool setKind(Edge &edge) const;
  bool isWorthLoop(int64_t run) const;
};

/// A stride of one.
inline bool isOne(mlir::AffineExpr expr) { return numberOf(expr) == 1; }
/// The strides of the innermost dimensions; 0 where there is none.
mlir::AffineExpr innermost(llvm::ArrayRef<mlir::AffineExpr> strides, mlir::MLIRContext *context);

} // namespace mlc::tile
#endif
