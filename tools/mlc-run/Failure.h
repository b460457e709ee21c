// How a command ends when something is wrong: an exception with the exit status, caught in main.
#ifndef MLC_TOOLS_RUN_FAILURE_H
#define MLC_TOOLS_RUN_FAILURE_H

#include "tools/ExitStatus.h"

#include <fmt/format.h>

#include <cstdio>
#include <stdexcept>

namespace mlc::run {

/// A sentence for standard error and the exit status of the process: an ExitStatus, or that of a
/// signal as shells have it.
struct Failure : std::runtime_error {
  Failure(int status, const std::string &sentence) : std::runtime_error(sentence), status(status) {}
  int status;
};

/// A file or the model is wrong.
template <typename... Args>
[[noreturn]] void failInput(fmt::format_string<Args...> format, Args &&...args) {
  throw Failure(kWrongInput, fmt::format(format, std::forward<Args>(args)...));
}

/// The command line is wrong.
template <typename... Args>
[[noreturn]] void failUsage(fmt::format_string<Args...> format, Args &&...args) {
  throw Failure(kWrongUsage, fmt::format(format, std::forward<Args>(args)...));
}

/// Nothing is wrong but that we cannot do it yet.
template <typename... Args>
[[noreturn]] void failUnsupported(fmt::format_string<Args...> format, Args &&...args) {
  throw Failure(kNotSupported,
                "not supported yet: " + fmt::format(format, std::forward<Args>(args)...));
}

/// Prints on standard output. That it could be written is looked at once, at the end of the
/// process: a training does not stop for its progress.
template <typename... Args> void print(fmt::format_string<Args...> format, Args &&...args) {
  std::string text = fmt::format(format, std::forward<Args>(args)...);
  std::fwrite(text.data(), 1, text.size(), stdout);
}

} // namespace mlc::run
#endif
