#include "compiler/MemoryPlanning/FitBudget.h"
#include "compiler/MemoryPlanning/EntryOrder.h"
#include "compiler/MemoryPlanning/ScheduledEntry.h"
#include "compiler/MemoryPlanning/SplitLaunches.h"
#include "compiler/MemoryPlanning/SplitLoops.h"

using namespace mlir;

namespace mlc {

/// The bytes of the arena with this body, which is planned in a copy.
static FailureOr<int64_t> tryPlan(func::FuncOp entry, func::FuncOp candidate, PlanTrial plan) {
  insertBeside(entry, candidate);
  FailureOr<int64_t> bytes = plan(candidate);
  candidate.erase();
  return bytes;
}

namespace {
/// Orders of one entry that need less and less.
class Ladder {
public:
  Ladder(func::FuncOp entry, int64_t budget, ArrayRef<AffineExpr> maxima, PlanTrial plan)
      : entry(entry), budget(budget), maxima(maxima), plan(plan) {}

  /// Goes down from the order of `start`, a copy of the entry in the module. Fails where a plan
  /// does.
  LogicalResult descend(func::FuncOp start) {
    ScheduledEntry scheduled(start, maxima);
    LaunchSchedule schedule = scheduled.schedule();
    // Steps of a few percent, so that cheap moves come first.
    constexpr double kStep = 0.96;
    constexpr int kMostFailures = 4;
    double level = schedule.peakBytes();
    int64_t lowest = INT64_MAX; // of this descent
    for (int failures = 0; failures < kMostFailures && !isWithin();) {
      level = kStep * std::min(level, double(schedule.peakBytes())); // one move may save more
      schedule.lowerTo(static_cast<int64_t>(level));
      FailureOr<int64_t> bytes = tryPlan(entry, scheduled.write(schedule), plan);
      if (failed(bytes))
        return failure();
      failures = *bytes < lowest ? 0 : failures + 1;
      lowest = std::min(lowest, *bytes);
      least = std::min(least, *bytes);
      if (isWithin()) {
        func::FuncOp found = scheduled.write(schedule);
        entry.getBody().takeBody(found.getBody());
        found.erase();
      }
    }
    return success();
  }

  bool isWithin() const { return least <= budget; }

  int64_t least = INT64_MAX; ///< bytes of the arena

private:
  func::FuncOp entry;
  int64_t budget;
  ArrayRef<AffineExpr> maxima;
  PlanTrial plan;
};
} // namespace

FailureOr<int64_t> fitToBudget(func::FuncOp entry, int64_t budget, ArrayRef<AffineExpr> maxima,
                               PlanTrial plan) {
  Ladder ladder(entry, budget, maxima, plan);
  FailureOr<int64_t> first = tryPlan(entry, entry.clone(), plan);
  if (failed(first) || *first <= budget)
    return first;
  ladder.least = *first;
  // Loops in parts can be repeated part by part, which costs most: a part's first values are kept.
  constexpr int64_t kMostParts = 64, kPartOfArena = 32;
  constexpr int kMostIdle = 2;
  int idle = 0; // numbers of parts, one after the other, that were no better than fewer
  for (int64_t parts = 1; parts <= kMostParts && !ladder.isWithin() && idle < kMostIdle;
       parts *= 2) {
    int64_t before = ladder.least;
    for (bool inPassing : {false, true}) {
      func::FuncOp start = entry.clone();
      insertBeside(entry, start);
      bool isOther = parts == 1 && !inPassing;
      if (parts > 1) {
        bool hasLoops = splitLoops(start, parts, maxima);
        bool hasLaunches = splitLaunches(start, {parts, *first / kPartOfArena, inPassing});
        isOther = hasLaunches || (hasLoops && !inPassing);
      }
      LogicalResult descended = isOther && !ladder.isWithin() ? ladder.descend(start) : success();
      start.erase();
      if (failed(descended))
        return failure();
    }
    idle = ladder.least < before ? 0 : idle + 1;
  }
  return ladder.least;
}

} // namespace mlc
