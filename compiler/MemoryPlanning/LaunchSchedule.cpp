#include "compiler/MemoryPlanning/LaunchSchedule.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace mlc {

llvm::IntrusiveRefCntPtr<const ScheduledLaunch>
ScheduledLaunch::renamed(const llvm::DenseMap<int, int> &names) const {
  auto result = llvm::makeIntrusiveRefCnt<ScheduledLaunch>(*this);
  auto rename = [&](int &buffer) {
    if (auto found = names.find(buffer); found != names.end())
      buffer = found->second;
  };
  for (auto *list : {&result->reads, &result->writes, &result->uses, &result->makes})
    llvm::for_each(*list, rename);
  for (auto &[written, read] : result->inPlace)
    rename(written), rename(read);
  return result;
}

LaunchSchedule::Lives LaunchSchedule::lives() const {
  int count = launches.size();
  Lives lives;
  lives.first.assign(buffers.size(), count);
  lives.last.assign(buffers.size(), -1);
  lives.writer.assign(buffers.size(), -1);
  lives.root.resize(buffers.size());
  for (int position = 0; position < count; ++position) {
    for (llvm::ArrayRef<int> list : {llvm::ArrayRef<int>(launches[position]->reads),
                                     llvm::ArrayRef<int>(launches[position]->writes)})
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

void LaunchSchedule::findUses(Lives &lives) const {
  lives.readers.resize(buffers.size());
  lives.writers.resize(buffers.size());
  for (int position = 0; position < int(launches.size()); ++position) {
    for (int buffer : launches[position]->uses)
      if (lives.readers[buffer].empty() || lives.readers[buffer].back() != position)
        lives.readers[buffer].push_back(position);
    for (int buffer : launches[position]->makes)
      lives.writers[buffer].push_back(position);
    if (!launches[position]->storageWrites.empty())
      lives.changing.push_back(position);
  }
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
  std::vector<int> writers(buffers.size());
  for (const auto &launch : launches)
    for (int buffer : launch->makes)
      ++writers[buffer];
  llvm::SmallVector<StorageAccess> changed;
  for (const auto &launch : launches) {
    for (int buffer : launch->uses) // of a buffer with several writers, all must have run
      if (writers[buffer] > 0)
        return false;
    for (const StorageAccess &read : launch->storageReads)
      if (llvm::any_of(changed, [&](const StorageAccess &write) { return write.overlaps(read); }))
        return false;
    for (int buffer : launch->makes)
      --writers[buffer];
    llvm::append_range(changed, launch->storageWrites);
  }
  return true;
}

/// A launch, and what it reads in turn where that is not there any more at `target`: at most
/// `limit` launches, the latest first; what they read else is kept.
LaunchSchedule::Chain LaunchSchedule::chainOf(int launch, int target, size_t limit,
                                              const Lives &lives) const {
  Chain again{launch};
  for (size_t i = 0; i < again.size() && again.size() < limit; ++i)
    for (int buffer : launches[again[i]]->reads) {
      int writer = lives.writer[buffer];
      bool isGone = buffers[buffer].isOwn && lives.last[buffer] < target;
      if (isGone && writer >= 0 && launches[writer]->canRepeat && again.size() < limit &&
          !llvm::is_contained(again, writer))
        again.push_back(writer);
    }
  llvm::sort(again);
  return again;
}

/// Runs launches again at `target`. All readers of the results of `launch`, one of them, after
/// `peak` read the new ones. Returns the cost.
double LaunchSchedule::repeat(int launch, const Chain &again, int peak, int target) {
  llvm::DenseMap<int, int> renamed; // buffers that the repeated launches write
  std::vector<llvm::IntrusiveRefCntPtr<const ScheduledLaunch>> repeated;
  double cost = 0;
  for (int number : again) {
    auto copy = llvm::makeIntrusiveRefCnt<ScheduledLaunch>(*launches[number]);
    for (size_t result = 0; result < copy->writes.size(); ++result) {
      int buffer = copy->writes[result], name = buffers.size();
      ScheduledBuffer fresh = buffers[buffer];
      fresh.bytes = buffers[copy->makes[result]].bytes;
      fresh.original = fresh.original < 0 ? buffer : fresh.original;
      fresh.isOwn = true;
      fresh.isKept = false;
      if (buffers[buffer].isOwn)
        renamed[buffer] = name;
      else // nobody reads it again: what shares the buffer is not what is computed here
        copy->writes[result] = copy->makes[result] = name;
      buffers.push_back(fresh);
    }
    repeated.push_back(copy->renamed(renamed));
    cost += launches[number]->cost;
  }
  llvm::DenseMap<int, int> results;
  for (int buffer : launches[launch]->writes)
    if (buffers[buffer].isOwn)
      results[buffer] = renamed[buffer];
  for (size_t reader = peak + 1; reader < launches.size(); ++reader)
    if (llvm::any_of(launches[reader]->reads, [&](int buffer) { return results.count(buffer); }))
      launches[reader] = launches[reader]->renamed(results);
  launches.insert(launches.begin() + target, repeated.begin(), repeated.end());
  return cost;
}

void LaunchSchedule::move(size_t from, size_t to) {
  if (from < to)
    std::rotate(launches.begin() + from, launches.begin() + from + 1, launches.begin() + to + 1);
  else
    std::rotate(launches.begin() + to, launches.begin() + from, launches.begin() + from + 1);
}

/// The first launch after `peak` that reads what `launch` writes; none: the number of launches.
int LaunchSchedule::firstReadAfter(size_t launch, int peak, const Lives &lives) const {
  int first = launches.size();
  for (int buffer : launches[launch]->makes) {
    if (!buffers[buffer].isOwn)
      continue;
    const auto &readers = lives.readers[buffer];
    if (auto next = llvm::upper_bound(readers, peak); next != readers.end())
      first = std::min(first, *next);
  }
  return first;
}

} // namespace mlc
