#include "compiler/MemoryPlanning/FitBudget.h"
#include "compiler/MemoryPlanning/ScheduledEntry.h"

using namespace mlir;

namespace mlc {

/// The bytes of the arena with this body, which is planned in a copy.
static FailureOr<int64_t> tryPlan(func::FuncOp entry, func::FuncOp candidate, PlanTrial plan) {
  entry->getParentOfType<ModuleOp>().push_back(candidate); // for the names of kernels
  FailureOr<int64_t> bytes = plan(candidate);
  candidate.erase();
  return bytes;
}

FailureOr<int64_t> fitToBudget(func::FuncOp entry, int64_t budget, ArrayRef<AffineExpr> maxima,
                               PlanTrial plan) {
  FailureOr<int64_t> first = tryPlan(entry, entry.clone(), plan);
  if (failed(first) || *first <= budget)
    return first;
  ScheduledEntry scheduled(entry, maxima);
  LaunchSchedule schedule = scheduled.schedule();
  int64_t least = *first;
  // Steps of a few percent: cheap moves come first, and the ladder is the same for every budget.
  constexpr double kStep = 0.96;
  constexpr int kMostFailures = 4;
  double level = schedule.peakBytes();
  for (int failures = 0; failures < kMostFailures;) {
    level *= kStep;
    schedule.lowerTo(static_cast<int64_t>(level));
    FailureOr<int64_t> bytes = tryPlan(entry, scheduled.write(schedule), plan);
    if (failed(bytes))
      return failure();
    failures = *bytes < least ? 0 : failures + 1;
    least = std::min(least, *bytes);
    if (*bytes > budget)
      continue;
    func::FuncOp found = scheduled.write(schedule);
    entry.getBody().takeBody(found.getBody());
    found.erase();
    return *bytes;
  }
  return least;
}

} // namespace mlc
