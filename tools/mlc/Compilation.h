//===- Compilation.h - one run of the compiler -----------------------*- C++ -*-===//
#ifndef MLC_TOOLS_MLC_COMPILATION_H
#define MLC_TOOLS_MLC_COMPILATION_H

#include "tools/mlc/Options.h"

namespace mlc {

/// Compiles as the options say and writes the outputs. Returns the exit status; messages go to
/// standard error, and nothing is written on failure.
int compile(const Options &options);

} // namespace mlc

#endif // MLC_TOOLS_MLC_COMPILATION_H
