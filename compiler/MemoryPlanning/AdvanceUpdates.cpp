#include "compiler/MemoryPlanning/AdvanceUpdates.h"
#include "compiler/MemoryPlanning/EntryOrder.h"
#include "compiler/MemoryPlanning/ScheduledEntry.h"
#include "compiler/MemoryPlanning/SplitLaunches.h"

using namespace mlir;

namespace mlc {

/// Free dimensions count for the order alone: as in figures, each as 64.
static SmallVector<AffineExpr> sizesForOrder(func::FuncOp entry) {
  constexpr int64_t kSize = 64;
  size_t count = nn::DimensionAnalysis(entry).freeDimensions().size();
  return SmallVector<AffineExpr>(count, getAffineConstantExpr(kSize, entry.getContext()));
}

void advanceUpdates(func::FuncOp entry) {
  // Parts of about a cache's share of a core: fewer are no sooner done, and more are more launches.
  constexpr LaunchParts kParts = {.parts = 64, .leastBytes = 1 << 20, .updatesOnly = true};
  func::FuncOp candidate = entry.clone();
  insertBeside(entry, candidate);
  if (splitLaunches(candidate, kParts)) {
    SmallVector<AffineExpr> sizes = sizesForOrder(entry);
    int64_t before = ScheduledEntry(entry, sizes).schedule().peakBytes();
    ScheduledEntry scheduled(candidate, sizes);
    LaunchSchedule schedule = scheduled.schedule();
    if (schedule.advanceUpdates() && schedule.peakBytes() <= before) {
      func::FuncOp advanced = scheduled.write(schedule);
      entry.getBody().takeBody(advanced.getBody());
      advanced.erase();
    }
  }
  candidate.erase();
}

} // namespace mlc
