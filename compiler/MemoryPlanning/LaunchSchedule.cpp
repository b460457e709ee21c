#include "compiler/MemoryPlanning/LaunchSchedule.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace mlc {

static bool overlap(const StorageAccess &a, const StorageAccess &b) {
  return a.storage == b.storage && a.begin < b.end && b.begin < a.end;
}

llvm::IntrusiveRefCntPtr<const ScheduledLaunch>
ScheduledLaunch::renamed(const llvm::DenseMap<int, int> &names) const {
  auto result = llvm::makeIntrusiveRefCnt<ScheduledLaunch>(*this);
  auto rename = [&](int &buffer) {
    if (auto found = names.find(buffer); found != names.end())
      buffer = found->second;
  };
  llvm::for_each(result->reads, rename);
  llvm::for_each(result->writes, rename);
  for (auto &[written, read] : result->inPlace)
    rename(written), rename(read);
  return result;
}

/// When each buffer lives, and which buffer it shares.
struct LaunchSchedule::Lives {
  std::vector<int> first, last; ///< positions; first > last where nothing uses it
  std::vector<int> writer;      ///< position of the first launch that writes it, -1: none
  std::vector<int> root;        ///< the buffer whose bytes it takes over
};

LaunchSchedule::Lives LaunchSchedule::lives() const {
  int count = launches.size();
  Lives lives{std::vector<int>(buffers.size(), count), std::vector<int>(buffers.size(), -1),
              std::vector<int>(buffers.size(), -1), std::vector<int>(buffers.size())};
  for (int position = 0; position < count; ++position) {
    for (const auto &list : {launches[position]->reads, launches[position]->writes})
      for (int buffer : list) {
        lives.first[buffer] = std::min(lives.first[buffer], position);
        lives.last[buffer] = std::max(lives.last[buffer], position);
      }
    for (int buffer : launches[position]->writes)
      if (lives.writer[buffer] < 0)
        lives.writer[buffer] = position;
  }
  for (size_t buffer = 0; buffer < buffers.size(); ++buffer) {
    lives.root[buffer] = buffer;
    if (buffers[buffer].isKept)
      lives.last[buffer] = count;
  }
  return lives;
}

std::vector<int64_t> LaunchSchedule::liveBytes() const {
  Lives lives = this->lives();
  auto rootOf = [&](int buffer) {
    while (lives.root[buffer] != buffer)
      buffer = lives.root[buffer];
    return buffer;
  };
  // As the planner lets results take over the place of inputs that die.
  for (int position = 0; position < int(launches.size()); ++position)
    for (auto [written, read] : launches[position]->inPlace) {
      int root = rootOf(read);
      if (root == rootOf(written) || !buffers[root].isOwn || !buffers[written].isOwn ||
          lives.root[written] != written || lives.last[root] != position ||
          buffers[root].bytes != buffers[written].bytes)
        continue;
      lives.root[written] = root;
      lives.last[root] = std::max(lives.last[root], lives.last[written]);
    }
  std::vector<int64_t> live(launches.size() + 2);
  for (int buffer = 0; buffer < int(buffers.size()); ++buffer)
    if (lives.root[buffer] == buffer && lives.first[buffer] <= lives.last[buffer]) {
      live[lives.first[buffer]] += buffers[buffer].bytes;
      live[lives.last[buffer] + 1] -= buffers[buffer].bytes;
    }
  for (size_t position = 1; position < live.size(); ++position)
    live[position] += live[position - 1];
  live.resize(launches.size());
  for (size_t position = 0; position < live.size(); ++position)
    live[position] += launches[position]->temporaryBytes;
  return live;
}

int64_t LaunchSchedule::peakBytes() const {
  std::vector<int64_t> live = liveBytes();
  return live.empty() ? 0 : *llvm::max_element(live);
}

double LaunchSchedule::excess(int64_t level) const {
  double sum = 0;
  for (int64_t bytes : liveBytes())
    sum += std::max<int64_t>(0, bytes - level);
  return sum;
}

/// Whether every value is written before it is read, and no storage changes before its old contents
/// have been read.
bool LaunchSchedule::isLegal() const {
  std::vector<bool> isWritten(buffers.size());
  std::vector<int> writers(buffers.size());
  for (const auto &launch : launches)
    for (int buffer : launch->writes)
      ++writers[buffer];
  llvm::SmallVector<StorageAccess> changed;
  for (const auto &launch : launches) {
    for (int buffer : launch->reads) // of a buffer with several writers, all must have run
      if (writers[buffer] > 0)
        return false;
    for (const StorageAccess &read : launch->storageReads)
      if (llvm::any_of(changed, [&](const StorageAccess &write) { return overlap(write, read); }))
        return false;
    for (int buffer : launch->writes)
      --writers[buffer];
    llvm::append_range(changed, launch->storageWrites);
  }
  return true;
}

/// The first launch after `peak` that reads what `launch` writes; none: the number of launches.
size_t LaunchSchedule::firstReadAfter(size_t launch, size_t peak) const {
  for (size_t position = peak + 1; position < launches.size(); ++position)
    if (llvm::any_of(launches[position]->reads, [&](int buffer) {
          return llvm::is_contained(launches[launch]->writes, buffer);
        }))
      return position;
  return launches.size();
}

/// Runs a launch again before the first launch after `peak` that reads its results, and what it
/// reads in turn where that is not there any more: at most `limit` launches, the latest first; what
/// they read else is kept. All readers after `peak` read the new results. Returns the cost.
double LaunchSchedule::repeat(size_t launch, size_t peak, size_t limit) {
  Lives lives = this->lives();
  int target = firstReadAfter(launch, peak);
  llvm::SmallVector<int> again{int(launch)};
  for (size_t i = 0; i < again.size() && again.size() < limit; ++i)
    for (int buffer : launches[again[i]]->reads) {
      int writer = lives.writer[buffer];
      bool isGone = buffers[buffer].isOwn && lives.last[buffer] < target;
      if (isGone && writer >= 0 && launches[writer]->canRepeat && again.size() < limit &&
          !llvm::is_contained(again, writer))
        again.push_back(writer);
    }
  llvm::sort(again);
  llvm::DenseMap<int, int> renamed; // buffers that the repeated launches write
  std::vector<llvm::IntrusiveRefCntPtr<const ScheduledLaunch>> repeated;
  double cost = 0;
  for (int number : again) {
    for (int buffer : launches[number]->writes) {
      ScheduledBuffer fresh = buffers[buffer];
      fresh.original = fresh.original < 0 ? buffer : fresh.original;
      fresh.isOwn = true;
      fresh.isKept = false;
      renamed[buffer] = buffers.size();
      buffers.push_back(fresh);
    }
    repeated.push_back(launches[number]->renamed(renamed));
    cost += launches[number]->cost;
  }
  llvm::DenseMap<int, int> results;
  for (int buffer : launches[launch]->writes)
    results[buffer] = renamed[buffer];
  for (size_t reader = peak + 1; reader < launches.size(); ++reader)
    if (llvm::any_of(launches[reader]->reads, [&](int buffer) { return results.count(buffer); }))
      launches[reader] = launches[reader]->renamed(results);
  launches.insert(launches.begin() + target, repeated.begin(), repeated.end());
  return cost;
}

/// Moves one launch, where that is legal.
bool LaunchSchedule::move(size_t from, size_t to) {
  if (from < to)
    std::rotate(launches.begin() + from, launches.begin() + from + 1, launches.begin() + to + 1);
  else
    std::rotate(launches.begin() + to, launches.begin() + from, launches.begin() + from + 1);
  return isLegal();
}

/// What computes again later what lives at the peak, but is not used there.
void LaunchSchedule::considerRepetitions(size_t peak, const Lives &lives, Consider consider) const {
  llvm::SmallVector<int> writers;
  for (int buffer = 0; buffer < int(buffers.size()); ++buffer) {
    int writer = lives.writer[buffer];
    bool crosses = buffers[buffer].isOwn && writer >= 0 && writer < int(peak) &&
                   lives.last[buffer] > int(peak) &&
                   !llvm::is_contained(launches[peak]->reads, buffer);
    if (crosses && launches[writer]->canRepeat && !llvm::is_contained(writers, writer))
      writers.push_back(writer);
  }
  for (int writer : writers) {
    size_t reader = firstReadAfter(writer, peak), count = 0;
    if (reader == launches.size() || reader < fixedCount)
      continue;
    for (size_t limit : {1, 2, 3, 4, 6, 8, 12, 16, 24, 32}) {
      LaunchSchedule option = *this;
      double cost = option.repeat(writer, peak, limit);
      if (option.launches.size() == count) // a larger limit changes nothing
        break;
      count = option.launches.size();
      if (option.isLegal())
        consider(std::move(option), cost);
    }
  }
}

static bool anyOverlap(llvm::ArrayRef<StorageAccess> some, llvm::ArrayRef<StorageAccess> others) {
  return llvm::any_of(some, [&](const StorageAccess &a) {
    return llvm::any_of(others, [&](const StorageAccess &b) { return overlap(a, b); });
  });
}

/// The first position at which a launch could run instead of at its own.
size_t LaunchSchedule::earliestFor(size_t number, const Lives &lives) const {
  const ScheduledLaunch &launch = *launches[number];
  for (size_t position = number; position-- > fixedCount;) {
    const ScheduledLaunch &other = *launches[position];
    bool feeds = llvm::any_of(other.writes,
                              [&](int buffer) { return llvm::is_contained(launch.reads, buffer); });
    if (feeds || anyOverlap(other.storageReads, launch.storageWrites))
      return position + 1;
  }
  return std::min(number, fixedCount);
}

/// The last position, likewise.
size_t LaunchSchedule::latestFor(size_t number) const {
  const ScheduledLaunch &launch = *launches[number];
  for (size_t position = number + 1; position < launches.size(); ++position) {
    const ScheduledLaunch &other = *launches[position];
    bool feeds = llvm::any_of(launch.writes,
                              [&](int buffer) { return llvm::is_contained(other.reads, buffer); });
    if (feeds || anyOverlap(other.storageWrites, launch.storageReads))
      return position - 1;
  }
  return launches.size() - 1;
}

/// What runs a launch on the other side of the peak.
void LaunchSchedule::considerMoves(size_t peak, const Lives &lives, Consider consider) const {
  auto moved = [&](size_t from, size_t to) {
    LaunchSchedule option = *this;
    if (from != to && option.move(from, to))
      consider(std::move(option), 0);
  };
  for (size_t from = fixedCount; from < launches.size(); ++from) {
    if (!launches[from]->canMove)
      continue;
    size_t earliest = earliestFor(from, lives), latest = latestFor(from);
    if (from >= peak && earliest <= peak)
      moved(from, earliest);
    if (from <= peak && latest >= peak)
      moved(from, latest);
  }
}

/// Makes the one change that lowers the bytes above `level` most for its cost.
bool LaunchSchedule::improve(int64_t level) {
  std::vector<int64_t> live = liveBytes();
  double before = excess(level), best = 0;
  if (before == 0)
    return false;
  size_t peak = llvm::max_element(live) - live.begin();
  LaunchSchedule choice;
  auto consider = [&](LaunchSchedule option, double cost) {
    double value = (before - option.excess(level)) / (1 + cost);
    if (value > best) {
      best = value;
      choice = std::move(option);
    }
  };
  Lives lives = this->lives();
  considerMoves(peak, lives, consider);
  considerRepetitions(peak, lives, consider);
  if (best > 0)
    *this = std::move(choice);
  return best > 0;
}

void LaunchSchedule::lowerTo(int64_t level) {
  constexpr int kMostMoves = 4096; // every move helps; this ends what helps by next to nothing
  for (int moves = 0; moves < kMostMoves && improve(level); ++moves)
    ;
}

} // namespace mlc
