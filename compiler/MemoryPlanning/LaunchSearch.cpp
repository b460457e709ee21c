// The search for the next change of a schedule: what each would save, and which is worth most.
#include "compiler/MemoryPlanning/LaunchSchedule.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include <algorithm>
#include <climits>
#include <numeric>
#include <tuple>

namespace mlc {

static bool anyOverlap(llvm::ArrayRef<StorageAccess> some, llvm::ArrayRef<StorageAccess> others) {
  return llvm::any_of(some, [&](const StorageAccess &a) {
    return llvm::any_of(others, [&](const StorageAccess &b) { return a.overlaps(b); });
  });
}

/// The first position at which a launch could run instead of at its own.
int LaunchSchedule::earliestFor(int number, const Lives &lives) const {
  const ScheduledLaunch &launch = *launches[number];
  int earliest = std::min<int>(number, fixedCount);
  for (int buffer : launch.uses)
    for (int writer : lives.writers[buffer])
      if (writer < number)
        earliest = std::max(earliest, writer + 1);
  if (!launch.storageWrites.empty())
    for (int position = earliest; position < number; ++position)
      if (anyOverlap(launches[position]->storageReads, launch.storageWrites))
        earliest = position + 1;
  return earliest;
}

/// The last position, likewise.
int LaunchSchedule::latestFor(int number, const Lives &lives) const {
  const ScheduledLaunch &launch = *launches[number];
  int latest = launches.size() - 1;
  for (int buffer : launch.makes) {
    const auto &readers = lives.readers[buffer];
    if (auto next = llvm::upper_bound(readers, number); next != readers.end())
      latest = std::min(latest, *next - 1);
  }
  for (int position : lives.changing)
    if (position > number && position <= latest &&
        anyOverlap(launches[position]->storageWrites, launch.storageReads))
      latest = position - 1;
  return latest;
}

/// Bytes that a change would take away and add, by position.
class LaunchSchedule::Saving {
public:
  explicit Saving(llvm::ArrayRef<double> over) : over(over), bytes(over.size() + 1) {}

  void add(int64_t amount, int begin, int end) {
    if (begin >= end || amount == 0)
      return;
    bytes[begin] += amount;
    bytes[end] -= amount;
    low = std::min(low, begin), high = std::max(high, end);
  }

  /// What is above the level and goes away, of all positions; forgets the change.
  double take() {
    double sum = 0, live = 0;
    for (int position = low; position < high; ++position) {
      live += double(bytes[position]);
      sum += std::clamp(live, 0.0, over[position]);
      bytes[position] = 0;
    }
    if (high >= 0)
      bytes[high] = 0;
    low = bytes.size(), high = -1;
    return sum;
  }

private:
  llvm::ArrayRef<double> over;
  std::vector<int64_t> bytes; ///< differences
  int low = INT_MAX, high = -1;
};

/// What computes again later what lives at the peak, but is not used there.
void LaunchSchedule::findRepetitions(int peak, const Lives &lives, llvm::ArrayRef<double> over,
                                     std::vector<Candidate> &candidates) const {
  llvm::SmallSetVector<int, 32> writers;
  for (int buffer = 0; buffer < int(buffers.size()); ++buffer)
    if (crosses(buffer, peak, lives))
      writers.insert(lives.writer[buffer]);
  Saving saving(over);
  for (int writer : writers) {
    int target = firstReadAfter(writer, peak, lives);
    if (target == int(launches.size()) || target < int(fixedCount))
      continue;
    size_t count = 0;
    for (size_t limit : {1, 2, 3, 4, 6, 8, 12, 16, 24, 32}) {
      Chain again = chainOf(writer, target, limit, lives);
      if (again.size() == count) // a larger limit changes nothing
        break;
      count = again.size();
      double cost = 0;
      for (int number : again)
        cost += launches[number]->cost;
      addRepetition(writer, again, peak, target, lives, saving);
      candidates.push_back({saving.take() / (1 + cost), writer, target, std::move(again)});
    }
  }
}

/// Whether a launch that could run again writes the buffer before the peak, for others behind it.
bool LaunchSchedule::crosses(int buffer, int peak, const Lives &lives) const {
  int writer = lives.writer[buffer];
  return buffers[buffer].isOwn && writer >= 0 && writer < peak && lives.last[buffer] > peak &&
         !llvm::is_contained(launches[peak]->reads, buffer) && launches[writer]->canRepeat;
}

/// What `writer` writes goes away between its readers before the peak and `target`; what launches
/// that run again read stays until then.
void LaunchSchedule::addRepetition(int writer, const Chain &again, int peak, int target,
                                   const Lives &lives, Saving &saving) const {
  for (int buffer : launches[writer]->writes) {
    if (!crosses(buffer, peak, lives))
      continue;
    const auto &readers = lives.readers[buffer];
    auto next = llvm::upper_bound(readers, peak);
    int before = next == readers.begin() ? writer : std::max(writer, *std::prev(next));
    saving.add(buffers[buffer].bytes, before + 1, target);
  }
  llvm::SmallSetVector<int, 16> kept;
  for (int number : again)
    for (int buffer : launches[number]->reads)
      if (!buffers[buffer].isOwn || !llvm::is_contained(again, lives.writer[buffer]))
        kept.insert(buffer);
  for (int buffer : kept)
    saving.add(-buffers[buffer].bytes, lives.last[buffer] + 1, target + 1);
}

/// What a launch that runs earlier gives back earlier, and what it makes earlier.
void LaunchSchedule::addEarlier(int from, int to, const Lives &lives, Saving &saving) const {
  const ScheduledLaunch &launch = *launches[from];
  for (int buffer : llvm::SmallSetVector<int, 8>(launch.reads.begin(), launch.reads.end())) {
    if (lives.last[buffer] != from)
      continue;
    int before = lives.writer[buffer];
    for (int reader : lives.readers[buffer])
      if (reader < from)
        before = std::max(before, reader);
    saving.add(buffers[buffer].bytes, std::max(before, to) + 1, from + 1);
  }
  for (int buffer : launch.writes)
    if (lives.first[buffer] == from)
      saving.add(-buffers[buffer].bytes, to, from);
  saving.add(launch.temporaryBytes, from, from + 1);
}

/// What a launch that runs later makes later, and what it needs longer.
void LaunchSchedule::addLater(int from, int to, const Lives &lives, Saving &saving) const {
  const ScheduledLaunch &launch = *launches[from];
  for (int buffer : launch.writes)
    if (lives.first[buffer] == from)
      saving.add(buffers[buffer].bytes, from, std::min(to, lives.last[buffer]));
  for (int buffer : llvm::SmallSetVector<int, 8>(launch.reads.begin(), launch.reads.end()))
    saving.add(-buffers[buffer].bytes, lives.last[buffer] + 1, to + 1);
  saving.add(launch.temporaryBytes, from, from + 1);
}

/// What runs a launch on the other side of the peak.
void LaunchSchedule::findMoves(int peak, const Lives &lives, llvm::ArrayRef<double> over,
                               std::vector<Candidate> &candidates) const {
  Saving saving(over);
  for (int from = fixedCount; from < int(launches.size()); ++from) {
    if (!launches[from]->canMove)
      continue;
    if (int to = earliestFor(from, lives); from >= peak && to <= peak && to != from) {
      addEarlier(from, to, lives, saving);
      candidates.push_back({saving.take(), from, to, {}});
    }
    if (int to = latestFor(from, lives); from <= peak && to >= peak && to != from) {
      addLater(from, to, lives, saving);
      candidates.push_back({saving.take(), from, to, {}});
    }
  }
}

/// Makes the one change that lowers the bytes above `level` most for its cost. Only what could be
/// better than the best so far is tried: trying takes time in proportion to the program.
bool LaunchSchedule::improve(int64_t level) {
  std::vector<int64_t> live = liveBytes();
  std::vector<double> over;
  for (int64_t bytes : live)
    over.push_back(double(std::max<int64_t>(0, bytes - level)));
  double before = std::accumulate(over.begin(), over.end(), 0.0), best = 0;
  if (before == 0)
    return false;
  int peak = llvm::max_element(live) - live.begin();
  Lives lives = this->lives();
  findUses(lives);
  std::vector<Candidate> candidates;
  findMoves(peak, lives, over, candidates);
  findRepetitions(peak, lives, over, candidates);
  llvm::sort(candidates, [](const Candidate &a, const Candidate &b) {
    return std::tuple(-a.atMost, a.launch, a.target, a.again.size()) <
           std::tuple(-b.atMost, b.launch, b.target, b.again.size());
  });
  LaunchSchedule choice;
  for (const Candidate &candidate : candidates) {
    if (candidate.atMost <= best)
      break;
    LaunchSchedule option = *this;
    double cost = 0;
    if (candidate.again.empty())
      option.move(candidate.launch, candidate.target);
    else
      cost = option.repeat(candidate.launch, candidate.again, peak, candidate.target);
    double value = (before - option.excess(level)) / (1 + cost);
    if (value > best && option.isLegal()) {
      best = value;
      choice = std::move(option);
    }
  }
  if (best > 0)
    *this = std::move(choice);
  return best > 0;
}

void LaunchSchedule::lowerTo(int64_t level) {
  constexpr int kMostMoves = 4096; // every move helps; this ends what helps by next to nothing
  for (int moves = 0; moves < kMostMoves && improve(level); ++moves)
    ;
}

//===- Updates -----------------------------------------------------------------===//

/// A launch that computes a few numbers for another, and has not been advanced yet; -1: none.
int LaunchSchedule::laggingInput(int number, const Lives &lives, const Launches &advanced) const {
  constexpr int64_t kFewBytes = 4096;
  for (int buffer : launches[number]->uses)
    for (int writer : lives.writers[buffer]) {
      const ScheduledLaunch &launch = *launches[writer];
      int64_t bytes = 0;
      for (int written : launch.writes)
        bytes += buffers[written].bytes;
      if (writer < number && launch.canMove && bytes <= kFewBytes && !advanced.contains(&launch))
        return writer;
    }
  return -1;
}

/// Returns where the launch is then.
int LaunchSchedule::advance(int number, Launches &advanced) {
  advanced.insert(launches[number].get());
  Lives lives = this->lives();
  findUses(lives);
  for (int input; (input = laggingInput(number, lives, advanced)) >= 0;) {
    advance(input, advanced); // what is before `number` stays before it
    lives = this->lives();
    findUses(lives);
  }
  int target = earliestFor(number, lives);
  if (target < number)
    move(number, target);
  return target;
}

bool LaunchSchedule::advanceUpdates() {
  Launches advanced;
  bool changed = false;
  for (int number = fixedCount; number < int(launches.size()); ++number)
    if (const ScheduledLaunch &launch = *launches[number];
        launch.canMove && !launch.storageWrites.empty() && !advanced.contains(&launch))
      changed |= advance(number, advanced) < number;
  return changed;
}

} // namespace mlc
