// Ctrl-C, and a request to end, during a training: the step is finished, then the run ends in
// order.
#ifndef MLC_TOOLS_RUN_INTERRUPT_H
#define MLC_TOOLS_RUN_INTERRUPT_H

namespace mlc::run {

/// From now on the first SIGINT or SIGTERM is noted instead of ending the process; the second one
/// ends it at once. A signal that is ignored, as in a job of nohup, stays so.
void noteInterrupts();

/// The signal that was noted, or 0.
int notedInterrupt();

} // namespace mlc::run
#endif
