#include "LossLog.h"
#include "Failure.h"
#include "Npy.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mlc::run {

/// The bytes of the lines up to a step.
static size_t prefixLength(std::string_view text, int64_t step) {
  size_t kept = 0;
  for (;;) {
    size_t end = text.find('\n', kept);
    int64_t number = 0;
    if (end == text.npos ||
        std::from_chars(text.data() + kept, text.data() + end, number).ec != std::errc() ||
        number > step)
      return kept;
    kept = end + 1;
  }
}

LossLog::LossLog(const std::string &name, int64_t keepUpTo) : path(name) {
  if (path.empty())
    return;
  struct stat info;
  bool regular = stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
  size_t kept = regular && keepUpTo > 0 ? prefixLength(readFile(path), keepUpTo) : 0;
  file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0 || (regular && ftruncate(file, off_t(kept)) != 0))
    failInput("{} could not be written: {}", path, std::strerror(errno));
  lseek(file, 0, SEEK_END);
}

LossLog::~LossLog() {
  if (file >= 0)
    close(file);
}

void LossLog::write(int64_t step, double loss) {
  if (file < 0)
    return;
  std::string line = fmt::format("{} {:.9g}\n", step, loss);
  // A disk that runs full takes a part of the line first, and says why at the next write.
  for (size_t done = 0; done < line.size();) {
    ssize_t size = ::write(file, line.data() + done, line.size() - done);
    if (size < 0 && errno != EINTR)
      failInput("{} could not be written: {}", path, std::strerror(errno));
    done += size_t(std::max<ssize_t>(size, 0));
  }
}

void LossLog::flush() {
  if (file >= 0)
    fdatasync(file);
}

} // namespace mlc::run
