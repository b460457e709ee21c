#include "compiler/Codegen/CPU/RowModel.h"
#include "llvm/ADT/bit.h"

namespace mlc {

/// Vectors at once in the loops of rows, over all rows of a body: the chains that hide the latency
/// of a sum.
constexpr int64_t kChains = 4;

/// Rows gain by sharing a loop up to this length also where functions are computed of them, whose
/// work hides the latency of sums, and where fewer chains are left to each.
constexpr int64_t kShortRow = 128;

/// Elements of the first cache that a column of so many rows takes, with that of the rows after
/// them where they are fetched.
static int64_t cachedPerColumn(const RowProblem &problem, bool fetchesNext, int64_t together) {
  int64_t reads = problem.operands * (fetchesNext ? 2 : 1);
  return together * std::max<int64_t>(1, reads + problem.results) + problem.sharedOperands;
}

int64_t longestInCache(const RowProblem &problem, const ScheduleOptions &options, bool fetchesNext,
                       int64_t together) {
  return options.l1Bytes * 8 / problem.bits / cachedPerColumn(problem, fetchesNext, together);
}

/// Vectors side by side so that the sums of so many rows fill half the registers and do not wait
/// for one another; rather fewer than a rest of the row that is not a whole one.
static unsigned sumsAtOnce(const RowPass &pass, const LaneOptions &lanes, int64_t rows) {
  if (!pass.isSimple)
    return 1;
  unsigned vectors =
      llvm::bit_floor(std::max<uint64_t>(1, lanes.registers / 2 / uint64_t(rows * pass.sums)));
  while (vectors > 1 && pass.innermost >= 0 &&
         pass.innermost % (lanes.lanes(pass.bits) * vectors) != 0)
    vectors /= 2;
  return vectors;
}

/// Short rows wait for their own sums: some share a loop, as long as they stay in the first cache.
static void shareLoops(const RowProblem &problem, const ScheduleOptions &options, RowPlan &plan) {
  int64_t most = options.l1Bytes / (problem.length * problem.bits / 8);
  // A row among many keeps the chains that hide its latency, unless it is over before they count:
  // what is left over is computed with the same ones alone.
  auto chains = [&](int64_t together) {
    unsigned fewest = kChains;
    for (const RowPass &pass : problem.passes)
      fewest = std::min(fewest, sumsAtOnce(pass, options.lanes, together));
    return fewest;
  };
  bool isShort = problem.length <= kShortRow;
  if (problem.computesFunctions && !isShort)
    return;
  int64_t &together = plan.rowsTogether;
  while (together < kChains && together * 2 <= plan.rowsPerTile &&
         cachedPerColumn(problem, plan.fetchesNext, together * 2) <= most &&
         (isShort || chains(together * 2) >= chains(together)))
    together *= 2;
  plan.rowsPerTile -= plan.rowsPerTile % together; // a tile is whole bodies
}

/// Of rows of a known length.
static void planRows(const RowProblem &problem, const ScheduleOptions &options, RowPlan &plan) {
  if (problem.length == 0)
    return;
  if (!problem.computesFunctions && plan.unroll > 1)
    plan.unroll = std::max<unsigned>(plan.unroll, kChains);
  shareLoops(problem, options, plan);
  plan.unroll = std::max<unsigned>(1, plan.unroll / plan.rowsTogether);
  bool choosesItself = problem.computesFunctions && plan.rowsTogether == 1;
  for (auto [pass, unroll] : llvm::zip_equal(problem.passes, plan.passUnrolls))
    unroll = choosesItself
                 ? 0
                 : std::max(plan.unroll, sumsAtOnce(pass, options.lanes, plan.rowsTogether));
}

/// Two rows share a loop where their length, which run time knows, lets them stay in the first
/// cache. They have the vectors of one alone, so that a row's bits are the same with and without
/// another: as many as hide the latency of one.
static void planRowsOfAnyLength(const RowProblem &problem, const ScheduleOptions &options,
                                RowPlan &plan) {
  plan.rowsTogether = 2;
  plan.longestTogether = longestInCache(problem, options, plan.fetchesNext, plan.rowsTogether);
  if (problem.computesFunctions)
    plan.longestTogether = std::min(plan.longestTogether, kShortRow);
  else
    for (auto [pass, unroll] : llvm::zip_equal(problem.passes, plan.passUnrolls))
      unroll = std::min(plan.unroll, sumsAtOnce(pass, options.lanes, plan.rowsTogether));
  // One row after the other is one stream, which the machine's own prefetch follows best.
  if (problem.passes.size() == 1 && problem.results == 0)
    plan.longestTogether = kChains * options.lanes.lanes(problem.bits);
}

/// Vectors of columns whose sums fill half the registers: the wider, the more of a row is read at
/// once.
static unsigned columnVectors(const RowProblem &problem, const ScheduleOptions &options) {
  return llvm::bit_floor(
      std::max<uint64_t>(1, options.lanes.registers / 2 / uint64_t(problem.reductions)));
}

RowPlan chooseRowPlan(const RowProblem &problem, const ScheduleOptions &options) {
  RowPlan plan;
  plan.unroll = problem.unroll;
  plan.passUnrolls.assign(problem.passes.size(), 0);
  if (problem.length >= 0 && !problem.inColumns)
    plan.rowsPerTile =
        std::max<int64_t>(1, options.tileElements / std::max<int64_t>(problem.length, 1));
  if (options.lanes.bytes && options.optimize) {
    // Rows that are read more than once are in the first cache but for the first pass, which waits
    // for what is further away: so the last sums fetch the next rows.
    plan.fetchesNext = !problem.inColumns && problem.passes.size() > 1 && problem.isContiguous;
    if (problem.inColumns && !problem.computesFunctions && plan.unroll > 1)
      plan.unroll = std::max(plan.unroll, columnVectors(problem, options));
    else if (!problem.inColumns)
      problem.length >= 0 ? planRows(problem, options, plan)
                          : planRowsOfAnyLength(problem, options, plan);
  }
  plan.columnsPerTile = int64_t(options.lanes.lanes(problem.bits)) * plan.unroll;
  return plan;
}

} // namespace mlc
