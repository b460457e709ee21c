#include "compiler/Codegen/CPU/ContractionModel.h"
#include "llvm/Support/MathExtras.h"

namespace mlc {

/// Independent multiply-adds that keep the units busy: a latency of 4 or 5 cycles, two units.
constexpr int64_t kSumsInFlight = 12;

/// Panels side by side from which rhs is wide.
constexpr int64_t kPanelsOfWideRow = 32;

/// Blocks of the result that keep the threads of a machine evenly busy.
constexpr int64_t kBlocksForThreads = 16;

/// Columns of a block of one or two rows: so that rows of rhs are read in long pieces.
constexpr int64_t kFewestVectorColumns = 256, kMostVectorColumns = 2048;

/// Vector multiply-adds of a row of the result that make it long.
constexpr int64_t kLongRow = 1024;

/// Bytes from which a stride makes trouble: half a page.
constexpr int64_t kStrideOfConflicts = 2048;

/// The height of a tile, up to `most`: one that divides the rows, if it is nearly as high.
static int64_t chooseStep(int64_t size, int64_t most) {
  if (size >= 0 && size <= most)
    return std::max<int64_t>(size, 1);
  for (int64_t step = most; size >= 0 && step > most - most / 4; --step)
    if (size % step == 0)
      return step;
  return most;
}

/// Blocks of nearly equal size, each a multiple of `step`, at most `most`.
static int64_t balancedBlock(int64_t size, int64_t step, int64_t most) {
  most = std::max(step, most / step * step);
  if (size < 0)
    return most; // cut evenly at run time
  int64_t blocks = std::max<int64_t>(1, llvm::divideCeil(size, most));
  return llvm::alignTo(std::max<int64_t>(1, llvm::divideCeil(size, blocks)), step);
}

int64_t ContractionTiling::panelsOf(int64_t height) const {
  int64_t vectors = columnStep / lanes;
  int64_t wanted = llvm::divideCeil(kSumsInFlight, height * vectors);
  return std::max<int64_t>(1, std::min(wanted, (registers - 1) / ((height + 1) * vectors)));
}

ContractionTiling chooseTiling(const ContractionProblem &problem, const ScheduleOptions &options) {
  ContractionTiling tiling;
  tiling.lanes = options.lanes.lanes(problem.bits);
  if (problem.columns >= 0 && !problem.panelColumns)
    tiling.lanes =
        std::min<unsigned>(tiling.lanes, llvm::PowerOf2Ceil(std::max<int64_t>(problem.columns, 1)));
  int64_t registers = options.lanes.registers, lanes = tiling.lanes;
  tiling.registers = registers;

  // Two vectors of columns; one if there are no more columns, four or eight where the rows are too
  // few to fill the registers.
  int64_t vectors = 2;
  if (problem.rows >= 0 && problem.rows <= 2)
    vectors = 8;
  else if (problem.rows >= 0 && problem.rows <= 4)
    vectors = 4;
  if (problem.columns >= 0)
    vectors =
        std::min<int64_t>(vectors, llvm::divideCeil(std::max<int64_t>(problem.columns, 1), lanes));
  if (problem.panelColumns)
    vectors = problem.panelColumns / lanes;
  // What is left after the vectors of rhs and the broadcast element of lhs; 12 rows suffice for the
  // FMA latency.
  int64_t mostRows =
      std::min<int64_t>(kSumsInFlight, std::max<int64_t>(1, (registers - vectors - 2) / vectors));
  tiling.rowStep = chooseStep(problem.rows, mostRows);
  tiling.columnStep = vectors * lanes;

  // Code for every height pays where a row costs more than its bookkeeping.
  bool isLong = problem.depth < 0 || problem.columns < 0 ||
                problem.depth * problem.columns >= kLongRow * lanes;
  tiling.balancesRows = problem.rows >= 0 || isLong;

  if (problem.readsRhsInOrder && isVectorHeight(problem.rows)) {
    int64_t most =
        std::clamp(problem.columns / kBlocksForThreads, kFewestVectorColumns, kMostVectorColumns);
    tiling.columnBlock = balancedBlock(problem.columns, tiling.columnStep, most);
    tiling.rowBlock = problem.rows;
    return tiling;
  }

  int64_t bytes = problem.bits / 8;
  // Rows of rhs that are far apart for what a tile reads of each cost a TLB entry and a line that
  // no prefetch finds: then a packed panel pays, if enough rows use it.
  bool isWide = problem.columns < 0 || problem.columns >= kPanelsOfWideRow * tiling.columnStep;
  bool isTall = problem.rows < 0 || problem.rows > 32;
  // A column of lhs, one element in each row of memory, falls into few sets of L1 and takes a TLB
  // entry for each element: packed, if enough columns use it.
  bool isStrided = !problem.lhsIsContiguous &&
                   (problem.rows < 0 || problem.rows * bytes >= kStrideOfConflicts) &&
                   (problem.columns < 0 || problem.columns >= 4 * tiling.columnStep);
  tiling.packLhs = !problem.lhsIsPlain || isStrided;
  // A packed panel of rhs takes up to a quarter of L2, so that it survives a pass over the rows of
  // lhs; a deeper product is cut.
  int64_t mostDepth =
      std::clamp<int64_t>(options.l2Bytes / 4 / (tiling.columnStep * bytes), 256, 1024);
  bool isDeep = problem.depth > 2 * mostDepth;
  tiling.packRhs = !problem.panelColumns && (!problem.rhsIsPlain || !problem.rhsIsContiguous ||
                                             ((isWide || isDeep) && isTall));
  if (tiling.packLhs || tiling.packRhs || (problem.panelColumns && isDeep))
    tiling.depthBlock = problem.depth < 0 ? mostDepth / 2
                        : isDeep          ? balancedBlock(problem.depth, 1, mostDepth)
                                          : problem.depth;
  // Packing lhs anew for every column block is amortised over more columns; otherwise small blocks
  // balance the threads.
  tiling.columnBlock = balancedBlock(problem.columns, tiling.columnStep,
                                     tiling.columnStep * (tiling.packLhs ? 12 : 2));
  // A panel of rhs that is packed on the way serves all rows of a block: as many as leave enough
  // blocks for the threads.
  int64_t mostRowsOfBlock = tiling.packLhs ? 128 : 256;
  auto blocks = [&](int64_t rowsOfBlock) {
    return llvm::divideCeil(problem.rows, rowsOfBlock) *
           llvm::divideCeil(problem.columns, tiling.columnBlock);
  };
  auto fits = [&](int64_t rowsOfBlock) { // a packed block of lhs stays in L2
    return !tiling.packLhs || rowsOfBlock * tiling.depthBlock * bytes <= options.l2Bytes / 2;
  };
  if (tiling.packRhs && problem.rows >= 0 && problem.columns >= 0)
    while (mostRowsOfBlock < problem.rows && fits(2 * mostRowsOfBlock) &&
           blocks(2 * mostRowsOfBlock) >= kBlocksForThreads)
      mostRowsOfBlock *= 2;
  tiling.rowBlock =
      balancedBlock(problem.rows, tiling.rowStep, llvm::alignTo(mostRowsOfBlock, tiling.rowStep));
  return tiling;
}

} // namespace mlc
