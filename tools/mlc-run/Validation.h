// What a training run says after each epoch of data that it does not train on.
#ifndef MLC_TOOLS_RUN_VALIDATION_H
#define MLC_TOOLS_RUN_VALIDATION_H

#include "Commands.h"
#include "Dataset.h"

namespace mlc::run {

/// Calls the entry of --validate on all of its data, batch by batch: its mean, a scalar such as a
/// loss, or with --accuracy the share of the samples whose largest result is the labelled one.
class Validation {
public:
  /// Reads the data; wrong usage where the entry trains, or has no such result.
  Validation(const Model &model, const FitOptions &options);
  /// "loss 0.123" or "accuracy 91.2 %", of batches of so many samples where the entry does not fix
  /// their size.
  std::string measure(int64_t batchSize);

private:
  bool ofAccuracy() const { return labels.has_value(); }
  void readLabels(const FitOptions &options);
  void addBatch(const std::vector<int64_t> &order, int64_t begin, int64_t size);
  void countHits(const Tensor &result, int64_t begin, int64_t size);

  const Model &model;
  const mlc_entry_info &entry;
  Dataset data;
  std::optional<Tensor> labels;
  std::optional<Call> call;
  double sum = 0;       ///< of the scalars, each times its samples; or the hits
  int64_t measured = 0; ///< samples, or labels
};

} // namespace mlc::run
#endif
