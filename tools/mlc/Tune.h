//===- Tune.h - search for the tilings of a model's products --------*- C++ -*-===//
#ifndef MLC_TOOLS_MLC_TUNE_H
#define MLC_TOOLS_MLC_TUNE_H

#include "tools/mlc/Options.h"

namespace mlc {

/// Times tilings of the products of the model that the file of `--tilings` does not know yet, on
/// this machine and one thread, and adds to it those that are faster than the model's. Shows
/// progress on standard error. Returns an exit status; the file is written whole or not at all.
int tune(const Options &options);

} // namespace mlc

#endif // MLC_TOOLS_MLC_TUNE_H
