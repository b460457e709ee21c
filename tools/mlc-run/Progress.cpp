#include "Progress.h"
#include "Failure.h"

#include <chrono>
#include <cmath>
#include <unistd.h>

namespace mlc::run {

static constexpr double kRedrawSeconds = 0.1, kPlainLineSeconds = 10;
static constexpr int kBarWidth = 24;

static double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Progress::Progress(int64_t epochs, int64_t batches)
    : epochs(epochs), batches(batches), begin(now()), lastDrawn(begin),
      terminal(isatty(STDOUT_FILENO)) {}

std::string Progress::line(int64_t epoch) const {
  double elapsed = std::max(now() - begin, 1e-9);
  std::string total = epochs < 0 ? "" : fmt::format("/{}", epochs);
  return fmt::format("epoch {}{}  {}/{}  loss {:.5g}  mean {:.5g}  {:.0f} samples/s", epoch + 1,
                     total, batch, batches, loss, samples ? lossSum / double(samples) : 0,
                     double(samples) / elapsed);
}

void Progress::draw(int64_t epoch, bool force) {
  double time = now();
  if (!force && time - lastDrawn < (terminal ? kRedrawSeconds : kPlainLineSeconds))
    return;
  lastDrawn = time;
  if (!terminal) {
    print("{}\n", line(epoch));
  } else {
    int done = int(kBarWidth * batch / std::max<int64_t>(batches, 1));
    print("\r\033[K[{}{}] {}", std::string(size_t(done), '='),
          std::string(size_t(kBarWidth - done), ' '), line(epoch));
  }
  std::fflush(stdout);
  pending = terminal;
}

void Progress::step(int64_t epoch, int64_t done, int64_t count, double value) {
  batch = done;
  samples += count;
  loss = value;
  lossSum += value * double(count);
  lastEpoch = epoch;
  draw(epoch, false);
  pending = true;
}

void Progress::endEpoch(int64_t epoch, const std::string &note) {
  if (terminal)
    print("\r\033[K");
  print("{}{}\n", line(epoch), note);
  std::fflush(stdout);
  samples = 0;
  lossSum = 0;
  begin = lastDrawn = now();
  pending = false;
}

void Progress::finish() {
  if (pending)
    endEpoch(lastEpoch, "");
}

} // namespace mlc::run
