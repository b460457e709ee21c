// An order of launches, some of them more than once, and the bytes that live in it.
#ifndef MLC_COMPILER_MEMORYPLANNING_LAUNCHSCHEDULE_H
#define MLC_COMPILER_MEMORYPLANNING_LAUNCHSCHEDULE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <vector>

namespace mlc {

/// Bytes of a storage that a launch reads as they were on entry, or changes.
struct StorageAccess {
  int storage;
  int64_t begin, end;
  bool overlaps(const StorageAccess &other) const {
    return storage == other.storage && begin < other.end && other.begin < end;
  }
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
  /// The buffers again, but of what is a part of another one the part: a launch waits for the parts
  /// that it reads, not for all that lies around them.
  llvm::SmallVector<int, 8> uses, makes;
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
  /// Moves every launch that changes storages to where it can run first, and before it what
  /// computes a few numbers for it. True if one moved.
  bool advanceUpdates();

private:
  /// When each buffer lives, and which buffer it shares.
  struct Lives {
    std::vector<int> first, last; ///< positions; first > last where nothing uses it
    std::vector<int> writer;      ///< position of the first launch that writes it, -1: none
    std::vector<int> root;        ///< the buffer whose bytes it takes over
    std::vector<llvm::SmallVector<int, 4>> readers, writers; ///< of every buffer, increasing
    std::vector<int> changing;                               ///< launches that change storages
  };
  class Saving;
  using Chain = llvm::SmallVector<int, 4>; ///< positions, increasing
  /// A change that could be made: a launch is moved to `target`, or others run again there, for
  /// those that read it later.
  struct Candidate {
    double atMost; ///< about the most that the change is worth
    int launch, target;
    Chain again;
  };

  Lives lives() const;
  void findUses(Lives &lives) const;
  double excess(int64_t level) const;
  bool isLegal() const;
  void findRepetitions(int peak, const Lives &lives, llvm::ArrayRef<double> over,
                       std::vector<Candidate> &candidates) const;
  bool crosses(int buffer, int peak, const Lives &lives) const;
  void addRepetition(int writer, const Chain &again, int peak, int target, const Lives &lives,
                     Saving &saving) const;
  void addEarlier(int from, int to, const Lives &lives, Saving &saving) const;
  void addLater(int from, int to, const Lives &lives, Saving &saving) const;
  void findMoves(int peak, const Lives &lives, llvm::ArrayRef<double> over,
                 std::vector<Candidate> &candidates) const;
  int earliestFor(int launch, const Lives &lives) const;
  int latestFor(int launch, const Lives &lives) const;
  using Launches = llvm::DenseSet<const ScheduledLaunch *>;
  int advance(int launch, Launches &advanced);
  int laggingInput(int launch, const Lives &lives, const Launches &advanced) const;
  bool improve(int64_t level);
  int firstReadAfter(size_t launch, int peak, const Lives &lives) const;
  Chain chainOf(int launch, int target, size_t limit, const Lives &lives) const;
  double repeat(int launch, const Chain &again, int peak, int target);
  void move(size_t from, size_t to);
};

} // namespace mlc
#endif
