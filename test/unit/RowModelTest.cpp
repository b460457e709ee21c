// How rows of reductions are cut, as numbers alone.
#include "compiler/Codegen/CPU/RowModel.h"
#include <gtest/gtest.h>

namespace mlc {
namespace {

/// A machine of AVX-512 with 48 KB of L1.
ScheduleOptions machine() {
  ScheduleOptions options;
  options.lanes = {64, 32};
  options.l1Bytes = 48 << 10;
  return options;
}

/// The sum of rows of f32 of which a result of their shape is computed.
RowProblem rowsOf(int64_t length) {
  RowProblem problem;
  problem.isContiguous = true;
  problem.length = length;
  problem.unroll = 4;
  problem.passes = {{/*sums=*/1, /*isSimple=*/true, /*innermost=*/length, /*bits=*/32}};
  problem.operands = problem.results = 1;
  return problem;
}

TEST(RowModel, RowsShareALoopWhileTheyAreInTheFirstCache) {
  RowPlan plan = chooseRowPlan(rowsOf(64), machine());
  EXPECT_EQ(plan.rowsTogether, 4);
  EXPECT_EQ(plan.rowsPerTile, 128);
  EXPECT_EQ(chooseRowPlan(rowsOf(1024), machine()).rowsTogether, 4);
  EXPECT_EQ(chooseRowPlan(rowsOf(3072), machine()).rowsTogether, 2);
  EXPECT_EQ(chooseRowPlan(rowsOf(4096), machine()).rowsTogether, 1);
}

/// The work of a function hides the latency of sums.
TEST(RowModel, LongRowsOfFunctionsAreAlone) {
  RowProblem problem = rowsOf(1024);
  problem.computesFunctions = true;
  problem.passes[0].isSimple = false;
  RowPlan plan = chooseRowPlan(problem, machine());
  EXPECT_EQ(plan.rowsTogether, 1);
  EXPECT_EQ(plan.passUnrolls[0], 0u); // as it suits what is computed
}

TEST(RowModel, RowsOfAnyLengthShareALoopUpToAnElement) {
  RowPlan plan = chooseRowPlan(rowsOf(-1), machine());
  EXPECT_EQ(plan.rowsTogether, 2);
  EXPECT_EQ(plan.longestTogether, 3072); // 2 rows read and 2 written
}

TEST(RowModel, SeveralPassesFetchTheNextRows) {
  RowProblem problem = rowsOf(1024);
  problem.passes.push_back(problem.passes[0]);
  EXPECT_TRUE(chooseRowPlan(problem, machine()).fetchesNext);
  problem.isContiguous = false;
  EXPECT_FALSE(chooseRowPlan(problem, machine()).fetchesNext);
}

TEST(RowModel, SumsOfColumnsFillHalfTheRegisters) {
  RowProblem problem = rowsOf(100);
  problem.inColumns = true;
  problem.reductions = 2;
  EXPECT_EQ(chooseRowPlan(problem, machine()).columnsPerTile, 8 * 16);
}

/// Without optimisation every row is a loop of its own.
TEST(RowModel, NothingIsSharedWithoutOptimisation) {
  ScheduleOptions options = machine();
  options.optimize = false;
  RowPlan plan = chooseRowPlan(rowsOf(64), options);
  EXPECT_EQ(plan.rowsTogether, 1);
  EXPECT_EQ(plan.passUnrolls[0], 0u);
}

} // namespace
} // namespace mlc
