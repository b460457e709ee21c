// An order of groups in which a few move without the others being looked at.
#ifndef MLC_COMPILER_FUSION_GROUPORDER_H
#define MLC_COMPILER_FUSION_GROUPORDER_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <vector>

namespace mlc {

/// The numbers from 0 to `count`, first in this order.
class GroupOrder {
public:
  explicit GroupOrder(int count = 0);

  bool isBefore(int group, int other) const { return labels[group] < labels[other]; }
  /// Moves groups, in this order, to right before another.
  void moveBefore(llvm::ArrayRef<int> moved, int place);

private:
  void unlink(int group);
  void linkBefore(int group, int place);
  void spread();

  std::vector<int64_t> labels; ///< which increase along the order
  std::vector<int> previous, next;
};

} // namespace mlc
#endif
