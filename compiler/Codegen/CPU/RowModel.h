// How rows of reductions are computed: how many in a loop, how many vectors at once, what is
// fetched ahead. The one place that decides.
#ifndef MLC_COMPILER_CODEGEN_CPU_ROWMODEL_H
#define MLC_COMPILER_CODEGEN_CPU_ROWMODEL_H

#include "compiler/Codegen/Common/ScheduleOptions.h"

namespace mlc {

/// Reductions that are computed in one loop.
struct RowPass {
  int64_t sums = 1;       ///< that a row carries from step to step
  bool isSimple = true;   ///< what is summed up leaves the registers to the sums
  int64_t innermost = -1; ///< size of the innermost dimension; -1: free
  unsigned bits = 32;     ///< of the numbers
};

/// What the choice depends on. "Function": what takes many steps to compute, as exp does.
struct RowProblem {
  bool inColumns = false;    ///< vectors run over results, not along the rows
  bool isContiguous = false; ///< rows lie one after the other
  bool computesFunctions = false;
  int64_t length = -1; ///< elements of a row; -1: free
  unsigned bits = 32;  ///< of the widest numbers
  unsigned unroll = 1; ///< vectors at once that suit what is computed
  llvm::SmallVector<RowPass> passes;
  int64_t reductions = 1;                   ///< of all passes
  int64_t operands = 0, sharedOperands = 0; ///< buffers that are read: row by row, by all rows
  int64_t results = 0;                      ///< of the operands' shape
};

struct RowPlan {
  int64_t rowsPerTile = 1, columnsPerTile = 1;
  int64_t rowsTogether = 1;    ///< rows in one loop body
  int64_t longestTogether = 0; ///< elements of rows of any length that are
  bool fetchesNext = false;    ///< the last pass fetches the next rows into the first cache
  unsigned unroll = 1;         ///< vectors at once, of results
  llvm::SmallVector<unsigned> passUnrolls; ///< of the reductions of each pass; 0: their own choice
};

RowPlan chooseRowPlan(const RowProblem &problem, const ScheduleOptions &options);

/// Elements that rows may have, so many in a loop, to be in the first cache, beside those that come
/// after them if these are fetched.
int64_t longestInCache(const RowProblem &problem, const ScheduleOptions &options, bool fetchesNext,
                       int64_t together);

} // namespace mlc
#endif
