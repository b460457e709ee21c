#include "LossLog.h"
#include "Failure.h"
#include "Npy.h"
#include "runtime/output_file.h"

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
  if (isStream(path)) {
    file = openStream(path);
    return;
  }
  // Regular or not there yet, as looked at above; a link is followed, but to no pipe.
  file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
  struct stat info;
  if (file < 0 || fstat(file, &info) != 0)
    failInput("{} could not be written: {}", path, std::strerror(errno));
  if ((info.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0)
    failInput("{} could not be written: it is read-only", path);
  size_t kept = keepUpTo > 0 ? prefixLength(readFile(path), keepUpTo) : 0;
  if (ftruncate(file, off_t(kept)) != 0)
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
  // A disk that runs full takes a part of the line first, and says why at the next write.
  std::string line = fmt::format("{} {:.9g}\n", step, loss);
  if (!mlc_write_exactly(file, line.data(), line.size()))
    failInput("{} could not be written: {}", path, std::strerror(errno));
}

void LossLog::flush() {
  if (file >= 0)
    fdatasync(file);
}

} // namespace mlc::run
