// What every tool does with the standard streams, first and last.
#ifndef MLC_TOOLS_STANDARDSTREAMS_H
#define MLC_TOOLS_STANDARDSTREAMS_H

#include "tools/ExitStatus.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <unistd.h>

namespace mlc {

/// Before a tool opens anything. A closed standard stream would leave its number to the next file,
/// which would then take what is printed: it gets a stream that takes nothing instead. And a write
/// beyond the limit of the process (RLIMIT_FSIZE) is an error to report, not a signal.
inline void prepareStandardStreams() {
  for (int stream = 0; stream < 3; ++stream)
    if (fcntl(stream, F_GETFD) < 0 && errno == EBADF)
      (void)!open("/dev/null", O_RDONLY); // the lowest number that is free, which is this one
  std::signal(SIGXFSZ, SIG_IGN);
}

/// Last: the status, or one that says that what was printed is lost.
inline int finishStandardStreams(const char *tool, int status) {
  bool sticky = std::ferror(stdout) || !std::cout.good(); // of an earlier write, and why is gone
  std::cout.flush();
  bool failed = std::fflush(stdout) != 0 || !std::cout.good();
  if (!sticky && !failed)
    return status;
  std::fprintf(stderr, "%s: error: standard output could not be written%s%s\n", tool,
               sticky ? "" : ": ", sticky ? "" : std::strerror(errno));
  return status == kDone ? kWrongInput : status;
}

} // namespace mlc

#endif
