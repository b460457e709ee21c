// How a product is cut where an instruction multiplies matrices.
#include "compiler/Codegen/CPU/RegisterTile/TilingModel.h"
#include "compiler/Target/RegisterTile.h"

namespace mlc {

/// Rows that are worth reading a panel for, or packing it, and the most where their number is free.
constexpr int64_t kFewestRows = 128, kFewestRowsToPack = 256, kMostRows = 512;

/// Rows of a tile of the grid that make one worth packing rhs again.
constexpr int64_t kFewestRowsOfTile = 64;

constexpr int64_t kWordBytes = 4;

/// The most rows of a block: those of lhs stay in three quarters of L2 for all its depth.
static int64_t mostRows(const TilingProblem &problem, const ScheduleOptions &options) {
  return 3 * options.l2Bytes / 4 / (kWordBytes * std::max<int64_t>(problem.depth, 1));
}

/// Columns of a block where rhs comes from afar and is packed on the way: its rows are read in
/// pieces that a prefetcher follows, for sums that wait in L2.
constexpr int64_t kColumnsFromAfar = 256;

static bool isRhsFar(const TilingProblem &problem, const ScheduleOptions &options) {
  return !problem.panelColumns && problem.rhsIsContiguous &&
         (problem.columns < 0 ||
          kWordBytes * problem.columns * problem.depth > options.l2Bytes / 2);
}

/// Rows of a block where those of lhs cannot stay in L2: the more of them, the less often rhs is
/// read; a quarter of L2 holds the sums of such rows, and of a few columns all.
static int64_t rowsOfDeepBlock(const TilingProblem &problem, const ScheduleOptions &options) {
  constexpr int64_t kMost = 1024;
  int64_t columns = problem.columns < 0 ? kColumnsFromAfar
                                        : std::clamp<int64_t>(problem.columns, 1, kColumnsFromAfar);
  int64_t rows = options.l2Bytes / 4 / (kWordBytes * columns);
  return problem.rows < 0 ? kFewestRowsToPack : std::clamp(rows, kFewestRowsToPack, kMost);
}

/// Columns of a block where rows of lhs cannot stay in L2: sums of `rows` wait there instead,
/// beside a piece of rhs.
static int64_t columnsOfDeepBlock(const TilingProblem &problem, const ScheduleOptions &options,
                                  int64_t rows, int64_t step) {
  int64_t most = options.l2Bytes / 2 / (kWordBytes * std::max(rows, 2 * kMatrixDepth));
  return balancedBlock(problem.columns, step, std::max(most, step));
}

/// So few rows that all tiles of the grid keep the threads busy.
static int64_t forThreads(const TilingProblem &problem, const ScheduleOptions &options,
                          const Tiling &tiling, int64_t rows) {
  if (problem.rows < 0)
    return rows;
  int64_t columns = problem.columns < 0 ? tiling.columnBlock : problem.columns,
          across = llvm::divideCeil(columns, tiling.columnUnit) * problem.batch,
          parts = options.inParts ? kPartsOfRows : llvm::divideCeil(kTilesForThreads, across);
  return std::min(rows,
                  std::max<int64_t>(kFewestRowsOfTile, llvm::divideCeil(problem.rows, parts)));
}

/// Of few columns that are packed on the way a worker packs each piece once, for all its rows:
/// their sums wait in L2, beside a piece of lhs. False where they are too many.
static bool shareRows(const TilingProblem &problem, const ScheduleOptions &options,
                      Tiling &tiling) {
  int64_t perRow = kWordBytes * std::max(problem.columns, kMatrixDepth);
  if (!tiling.packRhs || problem.rows < 0 || problem.columns < 0 ||
      problem.columns > kColumnsFromAfar || options.inParts ||
      problem.rows * perRow > options.l2Bytes / 2)
    return false;
  tiling.columnBlock = tiling.columnUnit =
      llvm::alignTo(std::max<int64_t>(problem.columns, 1), tiling.columnStep);
  int64_t parts = llvm::divideCeil(kTilesForThreads, problem.batch);
  tiling.rowUnit =
      llvm::alignTo(std::max<int64_t>(llvm::divideCeil(problem.rows, parts), 1), tiling.rowStep);
  tiling.rowBlock = llvm::alignTo(std::max<int64_t>(problem.rows, 1), tiling.rowUnit);
  return true;
}

Tiling matrixTiling(const TilingProblem &problem, const ScheduleOptions &options) {
  Tiling tiling;
  tiling.registers = options.lanes.registers;
  tiling.lanes = DotInstruction::kMatrixWords;
  tiling.balancesRows = false;
  tiling.rowStep = 2 * problem.matrixRows;
  if (problem.rows >= 0)
    tiling.rowStep = std::clamp<int64_t>(problem.rows, 1, tiling.rowStep);
  tiling.columnStep =
      problem.panelColumns ? problem.panelColumns : columnsOfMatrixTile(problem.columns);
  tiling.packLhs = !problem.lhsIsPlain;
  tiling.packRhs = !problem.panelColumns;
  bool isCut = problem.depth < 0 || problem.depth > kMostMatrixDepth;
  tiling.depthBlock = isCut ? kMatrixDepth : problem.depth;
  if (shareRows(problem, options, tiling))
    return tiling;
  int64_t most = mostRows(problem, options);
  int64_t fewest = tiling.packRhs ? kFewestRowsToPack : kFewestRows;
  bool isDeep = problem.depth < 0 || (most < fewest && most < problem.rows);
  int64_t rows = isDeep ? rowsOfDeepBlock(problem, options) : std::min(most, kMostRows);
  rows = balancedBlock(problem.rows, tiling.rowStep, rows);
  tiling.columnBlock = isDeep ? columnsOfDeepBlock(problem, options, rows, tiling.columnStep)
                       : isRhsFar(problem, options)
                           ? balancedBlock(problem.columns, tiling.columnStep, kColumnsFromAfar)
                           : tiling.columnStep;
  tiling.columnUnit = tiling.columnStep;
  tiling.rowBlock =
      balancedBlock(problem.rows, tiling.rowStep, forThreads(problem, options, tiling, rows));
  return tiling;
}

} // namespace mlc
