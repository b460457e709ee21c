// What a training run shows: a bar on a terminal, never wider than it; one line per epoch
// elsewhere.
#ifndef MLC_TOOLS_RUN_PROGRESS_H
#define MLC_TOOLS_RUN_PROGRESS_H

#include <cstdint>
#include <string>

namespace mlc::run {

class Progress {
public:
  /// `epochs` < 0: not known. `batches`: steps of an epoch.
  Progress(int64_t epochs, int64_t batches);
  void step(int64_t epoch, int64_t batch, int64_t samples, double loss);
  /// Ends the epoch's line; `note` is appended.
  void endEpoch(int64_t epoch, const std::string &note);
  /// Ends a line that no epoch ended.
  void finish();

private:
  std::string line(int64_t epoch) const;
  std::string fitted(std::string text) const;
  void draw(int64_t epoch, bool force);
  int64_t epochs, batches, batch = 0, samples = 0, lastEpoch = 0;
  double loss = 0, lossSum = 0, begin, lastDrawn;
  bool terminal, pending = false;
};

} // namespace mlc::run
#endif
