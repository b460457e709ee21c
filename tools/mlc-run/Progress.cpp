#include "Progress.h"
#include "Failure.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <sys/ioctl.h>
#include <unistd.h>

namespace mlc::run {

static constexpr double kRedrawSeconds = 0.1, kPlainLineSeconds = 10;
static constexpr int kMostBar = 24, kLeastBar = 4;

static double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Columns of the terminal, asked at every line: it may be resized.
static int terminalColumns() {
  winsize size = {};
  bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
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

/// The line with a bar before it, in one line of the terminal, whose last column stays free: some
/// terminals wrap when it is written. What does not fit is the bar first, then the line's end.
std::string Progress::fitted(std::string text) const {
  int columns = std::max(terminalColumns() - 1, 1),
      width = std::min(kMostBar, columns - int(text.size()) - 3);
  if (width >= kLeastBar) {
    auto done = size_t(double(width) * double(batch) / double(std::max<int64_t>(batches, 1)));
    text = fmt::format("[{}{}] {}", std::string(done, '='), std::string(size_t(width) - done, ' '),
                       text);
  }
  return text.substr(0, size_t(columns));
}

void Progress::draw(int64_t epoch, bool force) {
  double time = now();
  if (!force && time - lastDrawn < (terminal ? kRedrawSeconds : kPlainLineSeconds))
    return;
  lastDrawn = time;
  if (!terminal) {
    print("{}\n", line(epoch));
  } else {
    print("\r\033[K{}", fitted(line(epoch)));
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
