// How a product is cut into blocks and register tiles: the one place that decides, and what a
// search would vary.
#ifndef MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_TILINGMODEL_H
#define MLC_COMPILER_CODEGEN_CPU_REGISTERTILE_TILINGMODEL_H

#include "compiler/Codegen/Common/ScheduleOptions.h"

namespace mlc {

/// What the choice depends on: sizes (-1: free), the accumulator's dtype, how the operands lie in
/// memory.
struct TilingProblem {
  int64_t rows = -1, columns = -1, depth = -1;
  int64_t batch = 1; ///< products of these sizes that threads share; 1 too where nobody knows
  unsigned bits = 32;
  int64_t panelColumns = 0; ///< of the panels in which rhs lies packed already; 0: it does not
  bool hasWords = false;    ///< of narrow numbers, whose products an instruction adds up
  /// That multiplies registers of matrices: the rows that one of lhs has, which are neighbours; 0:
  /// of vectors.
  int64_t matrixRows = 0;
  /// Both are plain, and rhs is contiguous along the columns or the depth.
  bool readsRhsInOrder = false;
  /// The operand is read in place if nothing speaks against it: a buffer with strides;
  /// contiguous: lhs along the depth, rhs along the columns.
  bool lhsIsPlain = false, rhsIsPlain = false, lhsIsContiguous = false, rhsIsContiguous = false;
  /// Rows or depths of lhs are several dimensions in memory: packing would count each element's
  /// place anew, and windows would be packed as often as they overlap.
  bool lhsIsNested = false;
  bool depthIsNested = false;
};

/// Whether tiles can read rhs where it lies and store it in the order in which they read it: all of
/// the depth, from which those at the edges of windows leave parts out.
inline bool canCopyRhs(const TilingProblem &problem) {
  return !problem.panelColumns && problem.rhsIsPlain && problem.rhsIsContiguous &&
         !problem.depthIsNested && !problem.hasWords;
}

/// Results are computed in blocks of at most `rowBlock` x `columnBlock`, in depth blocks; within
/// those in register tiles. A tile of the grid is `columnUnit` columns of a block: neighbouring
/// tiles that one worker gets are one block, so that few threads read the operands less often. Or,
/// where one block has all rows, `rowUnit` rows of a block of `columnUnit` columns.
struct Tiling {
  unsigned lanes = 1;  ///< of a vector
  int64_t rowStep = 1; ///< rows of a register tile
  int64_t columnStep =
      1; ///< columns of a register tile, a multiple of `lanes`; also of a packed panel of rhs
  int64_t rowBlock = 1, columnBlock = 1;
  int64_t columnUnit = 1;  ///< divides `columnBlock`
  int64_t rowUnit = 0;     ///< divides `rowBlock`; 0: tiles of the grid have all of its rows
  int64_t depthBlock = -1; ///< -1: the whole depth at once
  bool packLhs = false, packRhs = false;
  /// Where rhs is packed: panel by panel, by the first tile that reads one.
  bool copiesRhs = false;
  /// Rows of a block that a tile of the grid has.
  int64_t rowsOfUnit() const { return rowUnit ? rowUnit : rowBlock; }
  bool isFound = false; ///< by a search, not by the model
  /// Whether a free number of rows is worth a tile of every height.
  bool balancesRows = true;
  int64_t registers = 32; ///< vector registers of the machine
  /// Panels that a tile of `height` rows takes at once: enough sums to hide the latency of a
  /// multiply-add, as far as the registers suffice.
  int64_t panelsOf(int64_t height) const;
  /// Whether all rows of a block take a panel before the next one. Then panels come from L3 or
  /// memory once for each block, while those before are multiplied.
  bool sharesPanels(const TilingProblem &problem) const {
    return (problem.panelColumns || copiesRhs) && balancesRows &&
           (problem.rows < 0 || problem.rows > rowStep);
  }
};

/// Up to so many rows reading rhs is the limit: see FewRows.cpp. Rows of rhs are read in
/// place by tiles too; where the columns are contiguous, tiles would have to be packed.
constexpr int64_t kMostStreamRows = 4, kMostDotRows = 8;
inline int64_t mostVectorRows(bool rhsIsContiguous) {
  return rhsIsContiguous ? kMostStreamRows : kMostDotRows;
}
inline bool isVectorProduct(const TilingProblem &problem) {
  return problem.readsRhsInOrder && problem.rows >= 1 &&
         problem.rows <= mostVectorRows(problem.rhsIsContiguous);
}

/// The columns over, beside whole vectors, if they leave so many lanes idle that dot products along
/// the depth pay: a quarter of a vector at most, or half of one alone. 0: they do not.
inline int64_t columnsOver(int64_t columns, int64_t lanes) {
  int64_t over = columns > 0 ? columns % lanes : 0;
  return over * (columns < lanes ? 2 : 4) <= lanes ? over : 0;
}

/// Whether packed rows of lhs are kept for all columns: then they are packed for the whole depth,
/// once for each block of rows, and not again for every block of columns.
/// Whether a free depth is one that can be kept is decided at run time.
bool keepsLhs(const TilingProblem &problem, const Tiling &tiling);

/// The most depths of a block of rows that are kept.
int64_t mostKeptDepth(const TilingProblem &problem, const Tiling &tiling);

/// Products of a tile that are no loop.
constexpr int64_t kShortDepth = 8;

/// Up to so many rows rhs is read in place if its columns are contiguous.
constexpr int64_t kMostRowsInPlace = 32;

/// Tiles of the grid that keep the threads of a machine evenly busy, and parts in which a launch
/// can compute the rows of a result.
constexpr int64_t kTilesForThreads = 16, kPartsOfRows = 8;

/// Words of a block of the depth that registers of matrices take, and the most without another: L1
/// holds those of a panel beside rows of lhs.
constexpr int64_t kMatrixDepth = 128, kMostMatrixDepth = 192;

/// The choice for registers of matrices.
Tiling matrixTiling(const TilingProblem &problem, const ScheduleOptions &options);

/// Blocks of nearly equal size, each a multiple of `step`, at most `most`.
int64_t balancedBlock(int64_t size, int64_t step, int64_t most);

/// Sets the tiles of the grid for blocks of known sizes.
void cutColumns(const TilingProblem &problem, const ScheduleOptions &options, Tiling &tiling);

/// What the options' table holds for the problem, whether or not it fits; null: nothing.
const Tiling *knownTiling(const TilingProblem &problem, const ScheduleOptions &options);

/// The tiling that the options' table holds, if it fits, or else the model's.
Tiling chooseTiling(const TilingProblem &problem, const ScheduleOptions &options);

/// Tilings that a search would try, the model's first, then those that differ in blocks, packing,
/// depth and at last in the register tile.
llvm::SmallVector<Tiling> candidateTilings(const TilingProblem &problem,
                                           const ScheduleOptions &options);

} // namespace mlc
#endif
