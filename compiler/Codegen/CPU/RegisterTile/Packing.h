// Operands copied into scratch memory, in the order in which tiles read them.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_PACKING_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_PACKING_H

#include "compiler/Codegen/CPU/RegisterTile/Block.h"

namespace mlc::tile {

class Packing : protected Part {
public:
  /// For multiply-adds or for dot products, as the plan says.
  static std::unique_ptr<Packing> create(VectorBuilder &emitter, const Plan &plan,
                                         Scratch &scratch);
  virtual ~Packing() = default;

  /// Packs the rows of the block for the whole depth, if they are kept for all columns.
  virtual void keepRows(const Block &block) {}
  /// The block of lhs as tiles read it: packed, where it must be.
  virtual OperandView lhs(const Block &block) = 0;
  /// Packs the block of rhs: panels of [depthBlock, columnStep]. Columns beyond the last hold
  /// anything.
  virtual void packRhs(const Block &block) = 0;
  /// The panel of packed rhs from column `low` of the block on.
  OperandView panel(Value low);

protected:
  Packing(VectorBuilder &emitter, const Plan &plan)
      : Part(emitter, plan), keepsLhs(mlc::keepsLhs(problem, tiling)) {}
  int64_t lhsPanelElements() const;
  int64_t rhsPanelElements() const;
  Value rhsPanelStart(Value low);
  /// body(low, count) for every panel of `step` of a block's `count` rows or columns; only the last
  /// of all `known` (-1: a free number) may have fewer.
  void inPanels(Value count, int64_t known, int64_t step,
                llvm::function_ref<void(Value, Value)> body);

  Value lhsScratch, rhsScratch;
  const bool keepsLhs;
};

/// Numbers as tiles multiply and add them.
class NumberPacking : public Packing {
public:
  NumberPacking(VectorBuilder &emitter, const Plan &plan, Scratch &scratch);
  void keepRows(const Block &block) override;
  OperandView lhs(const Block &block) override;
  void packRhs(const Block &block) override;

private:
  OperandView packedLhs();
  void packLhs(const Block &block);
  void packLhsRows(const Block &block);
  void packLhsPanels(const Block &block);
  using DepthBody = llvm::function_ref<void(llvm::function_ref<void(Value at, Value ahead)>)>;
  void overDepths(const Block &block, llvm::function_ref<void(DepthBody)> body);
  void prefetchAt(const Operand &operand, const Block &block, Value depth, Value free,
                  int64_t count);
  int64_t lhsRowElements() const;
  bool canTransposeRhs() const;
  void packRhsRows(const Block &block);
  void packRhsVector(const Block &block, Value at, Value low, Value count, Value start,
                     int64_t first);
  void packTransposed(const Block &block, Value panelLow);
  Value along(const Block &block, Value at);
  void packSquare(Value buffer, llvm::ArrayRef<Value> starts, Value along, Value at, Value base,
                  int64_t first);

  Value keepsDepth; ///< whether a free depth is kept; null: it is
};

/// Narrow numbers in words of neighbours along the depth, that a lane of a dot product takes.
class WordPacking : public Packing {
public:
  WordPacking(VectorBuilder &emitter, const Plan &plan, Scratch &scratch);
  void keepRows(const Block &block) override;
  OperandView lhs(const Block &block) override;
  void packRhs(const Block &block) override;

private:
  struct WordPanel {
    Value free, count; ///< rows or columns of the matrix
    Value low;         ///< the first word of the block
    Value buffer, start;
    int64_t stride; ///< of words
  };
  int64_t rowStride() const;
  /// Where a word is in the depth: in a block, or in a run of the innermost dimension.
  struct WordPlace {
    Value word;              ///< of the block
    Value run, inRun;        ///< null: there are no runs
    Value isFilledFrom = {}; ///< elements of the block, if the word may have less than all
  };
  Value packedAt(const Operand &operand, const Block &block, LaneIndex free, LaneIndex element,
                 bool isInRun = false, Value run = {});
  Value elementsOf(const Block &block);
  llvm::SmallVector<Value> wordAt(const Operand &operand, const Block &block, LaneIndex free,
                                  const WordPlace &place, bool isInRun);
  Value givenWords(const Block &block, LaneIndex free, const WordPlace &place);
  void forWords(const Operand &operand, const Block &block, Value low,
                llvm::function_ref<void(const WordPlace &)> body);
  void fetchLater(const Operand &operand, const Block &block, const WordPanel &panel, Value word);
  void packWords(const Operand &operand, const Block &block, const WordPanel &panel,
                 llvm::ArrayRef<unsigned> widths, bool areInRuns);
  OperandView packedLhs(Value depthLow);
  void packLhs(const Block &block);
  bool packsLhsInRows() const { return plan.isAlongDepth(plan.lhs) || problem.matrixRows > 0; }
  void packLhsPanels(const Block &block);
  void packLhsRows(const Block &block);
  void packLhsTransposed(const Block &block);
  void packLhsSquares(const Block &block);
  void packLhsSquare(const Block &block, Value row, Value word, int64_t count,
                     Value isFilledFrom = {});
  void packLhsWords(const Block &block, Value rowLow, Value rowHigh, Value wordLow);
  void packRowRuns(const Block &block, Value row, Value buffer, Value start);
  bool hasWholeRuns() const;
  Value packSquares(const Block &block, Value panelLow, Value count);

  Scratch &scratch;
};

} // namespace mlc::tile
#endif
