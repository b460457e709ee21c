#include "Interrupt.h"

#include <csignal>
#include <initializer_list>

namespace mlc::run {

static volatile std::sig_atomic_t noted = 0;

void noteInterrupts() {
  struct sigaction action = {}, before = {};
  action.sa_handler = [](int signal) { noted = signal; };
  // Calls in progress go on; the second signal finds the default again.
  action.sa_flags = SA_RESTART | int(SA_RESETHAND);
  for (int signal : {SIGINT, SIGTERM})
    if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN)
      sigaction(signal, &action, nullptr);
}

int notedInterrupt() { return noted; }

} // namespace mlc::run
