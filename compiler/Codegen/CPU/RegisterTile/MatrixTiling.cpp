// How a product is cut where an instruction multiplies matrices.
#include "compiler/Codegen/CPU/RegisterTile/TilingModel.h"
#include "compiler/Target/RegisterTile.h"

namespace mlc {

/// Rows that are worth reading a panel for, and the most where their number is free.
constexpr int64_t kFewestRows = 128, kMostRows = 512;

/// Tiles of the grid that keep the threads of a machine evenly busy, and rows of one.
constexpr int64_t kTilesForThreads = 16, kFewestRowsOfTile = 64;

/// Parts in which a launch can compute the rows of a result.
constexpr int64_t kPartsOfRows = 8;

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
  int64_t most = mostRows(problem, options);
  bool isDeep = problem.depth < 0 || (most < kFewestRows && most < problem.rows);
  int64_t rows = isDeep ? 2 * kFewestRows : std::min(most, kMostRows);
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
