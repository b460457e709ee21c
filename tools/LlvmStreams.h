// The same as StandardStreams.h for tools that print through LLVM.
#ifndef MLC_TOOLS_LLVMSTREAMS_H
#define MLC_TOOLS_LLVMSTREAMS_H

#include "tools/StandardStreams.h"
#include "llvm/Support/raw_ostream.h"

namespace mlc {

/// Last: the status, or one that says that what was printed is lost (LLVM would abort with a text
/// of its own).
inline int finishLlvmStreams(const char *tool, int status) {
  llvm::outs().flush();
  if (std::error_code error = llvm::outs().error()) {
    llvm::outs().clear_error();
    llvm::errs() << tool << ": error: standard output could not be written: " << error.message()
                 << "\n";
    return status == kDone ? kWrongInput : status;
  }
  return finishStandardStreams(tool, status);
}

} // namespace mlc

#endif
