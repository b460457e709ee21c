// What every tool's exit status says.
#ifndef MLC_TOOLS_EXITSTATUS_H
#define MLC_TOOLS_EXITSTATUS_H

namespace mlc {
enum ExitStatus { kDone = 0, kWrongInput = 1, kWrongUsage = 2, kNotSupported = 3 };
} // namespace mlc

#endif
