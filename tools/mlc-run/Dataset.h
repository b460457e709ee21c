// Training data in memory, and the order in which it is seen.
#ifndef MLC_TOOLS_RUN_DATASET_H
#define MLC_TOOLS_RUN_DATASET_H

#include "Model.h"

namespace mlc::run {

/// The order of `samples` in an epoch: a pure function of (seed, epoch).
std::vector<int64_t> shuffledOrder(uint64_t seed, int64_t epoch, int64_t samples);

/// One array per input of an entry, all with the same first dimension: the sample.
class Dataset {
public:
  /// Reads `NAME=FILE` assignments. Every input must be given; with `IgnoreUnknown`, names of other
  /// entries are left out.
  enum class Names { MustExist, IgnoreUnknown };
  Dataset(const mlc_entry_info &entry, const std::vector<std::string> &assignments,
          const char *option, Names names);

  int64_t samples() const { return count; }
  /// The size that the model's shapes fix for a batch, or -1 where it is free.
  int64_t fixedBatch() const { return fixed; }
  /// So many parts of a batch, of equal size, does the entry take one after the other.
  int64_t parts() const { return partCount; }
  /// Copies samples order[begin..begin + size), a multiple of parts(), into the batch tensors and
  /// returns them, in the entry's order.
  std::vector<Tensor> &batch(const std::vector<int64_t> &order, int64_t begin, int64_t size);

  /// "x (x.npy) is nan at [17, 3]" of the first value in samples order[begin..begin + size) that is
  /// no number, or ""; of infinite ones only where there is none.
  std::string describeNotFinite(const std::vector<int64_t> &order, int64_t begin,
                                int64_t size) const;

private:
  void checkShapes(const mlc_entry_info &entry);
  std::vector<std::string> sources; ///< "x (x.npy)"
  std::vector<Tensor> arrays, batches;
  int64_t count = 0, fixed = -1, partCount = 1;
};

} // namespace mlc::run
#endif
