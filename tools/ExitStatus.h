// What every tool's exit status says.
#ifndef MLC_TOOLS_EXITSTATUS_H
#define MLC_TOOLS_EXITSTATUS_H

namespace mlc {
enum ExitStatus {
  kDone = 0,        ///< done
  kWrongInput = 1,  ///< the input or the model is wrong, and a message says where and how
  kWrongUsage = 2,  ///< the command line is wrong
  kNotSupported = 3 ///< not supported yet: a message names the op or feature
};
} // namespace mlc

#endif
