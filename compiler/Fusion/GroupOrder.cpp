// A doubly linked list with labels (Dietz and Sleator, "Two algorithms for maintaining order in a
// list", 1987), in its simplest form: where there is no number left between two labels, all of
// them are spread anew, which a gap of 2^40 between them makes rare.
#include "compiler/Fusion/GroupOrder.h"
#include "llvm/ADT/STLExtras.h"

namespace mlc {

/// `count` itself is the end of the ring.
GroupOrder::GroupOrder(int count) : labels(count + 1), previous(count + 1), next(count + 1) {
  for (int group = 0; group <= count; ++group) {
    previous[group] = group == 0 ? count : group - 1;
    next[group] = group == count ? 0 : group + 1;
  }
  spread();
}

void GroupOrder::unlink(int group) {
  next[previous[group]] = next[group];
  previous[next[group]] = previous[group];
}

void GroupOrder::linkBefore(int group, int place) {
  previous[group] = previous[place];
  next[group] = place;
  next[previous[place]] = group;
  previous[place] = group;
}

void GroupOrder::spread() {
  constexpr int64_t kGap = int64_t(1) << 40; // 2^23 groups fit
  int end = labels.size() - 1;
  labels[end] = 0; // the label before the first
  int64_t label = 0;
  for (int group = next[end]; group != end; group = next[group])
    labels[group] = label += kGap;
}

void GroupOrder::moveBefore(llvm::ArrayRef<int> moved, int place) {
  if (moved.empty())
    return;
  llvm::for_each(moved, [&](int group) { unlink(group); });
  int before = previous[place];
  llvm::for_each(moved, [&](int group) { linkBefore(group, place); });
  int64_t step = (labels[place] - labels[before]) / static_cast<int64_t>(moved.size() + 1);
  if (step == 0)
    return spread();
  for (auto [number, group] : llvm::enumerate(moved))
    labels[group] = labels[before] + static_cast<int64_t>(number + 1) * step;
}

} // namespace mlc
