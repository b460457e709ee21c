// An order of launches, some of them more than once, and the bytes that live in it.
#ifndef MLC_COMPILER_MEMORYPLANNING_LAUNCHSCHEDULE_H
#define MLC_COMPILER_MEMORYPLANNING_LAUNCHSCHEDULE_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <vector>

namespace mlc {

/// Bytes of a storage that a launch reads as they were on entry, or changes.
struct StorageAccess {
  int storage;
  int64_t begin, end;
};

/// Memory that launches write and read.
struct ScheduledBuffer {
  int64_t bytes = 0;   ///< in the arena: 0 for what lives elsewhere
  bool isOwn = false;  ///< an arena buffer that holds one result of one launch and nothing else
  bool isKept = false; ///< needed at the end
  int original = -1;   ///< the buffer of which it holds a copy that was computed again
};

/// One run of a launch, or of another op of a program that needs memory.
struct ScheduledLaunch : llvm::RefCountedBase<ScheduledLaunch> {
  int node = -1; ///< which op of the program
  llvm::SmallVector<int, 8> reads, writes;
  llvm::SmallVector<std::pair<int, int>, 2> inPlace; ///< (buffer written, buffer read)
  llvm::SmallVector<StorageAccess, 4> storageReads, storageWrites;
  int64_t temporaryBytes = 0; ///< lives while it runs
  double cost = 0;            ///< of one run, in about cycles
  bool canMove = false, canRepeat = false;

  /// The same with other buffers.
  llvm::IntrusiveRefCntPtr<const ScheduledLaunch>
  renamed(const llvm::DenseMap<int, int> &names) const;
};

/// A program as a sequence of launches. Moves keep what it computes: a launch that is moved or
/// repeated reads the same values.
class LaunchSchedule {
public:
  std::vector<ScheduledBuffer> buffers;
  /// Never changed: schedules that are tried share them.
  std::vector<llvm::IntrusiveRefCntPtr<const ScheduledLaunch>> launches;
  size_t fixedCount = 0; ///< so many launches stay first: checks, and what they need

  /// Bytes that live while each launch runs, buffers that launches compute in place taken once.
  std::vector<int64_t> liveBytes() const;
  int64_t peakBytes() const;
  /// Changes the schedule by moves that each lower the bytes above `level`, over all launches, by
  /// as much as can be had for their cost; until none is above, or no move helps.
  void lowerTo(int64_t level);

private:
  struct Lives;
  /// Takes a schedule that could follow this one, and its cost.
  using Consider = llvm::function_ref<void(LaunchSchedule, double)>;

  Lives lives() const;
  double excess(int64_t level) const;
  bool isLegal() const;
  void considerRepetitions(size_t peak, const Lives &lives, Consider consider) const;
  void considerMoves(size_t peak, const Lives &lives, Consider consider) const;
  size_t earliestFor(size_t launch, const Lives &lives) const;
  size_t latestFor(size_t launch) const;
  bool improve(int64_t level);
  size_t firstReadAfter(size_t launch, size_t peak) const;
  double repeat(size_t launch, size_t peak, size_t limit);
  bool move(size_t from, size_t to);
};

} // namespace mlc
#endif
