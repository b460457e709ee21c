// How a program runs its subprograms.
#ifndef MLC_COMPILER_HOSTPROGRAM_SUBPROGRAMWRITER_H
#define MLC_COMPILER_HOSTPROGRAM_SUBPROGRAMWRITER_H

#include "compiler/HostProgram/HostModule.h"

namespace mlc {

/// Writes what a kernel.loop or kernel.call does at the end of `run`: a frame on the stack for
/// every subprogram, and calls of it. `sizes` is of the program that `run` belongs to.
void writeSubprograms(HostModule &module, HostBuilder &run, nn::DimensionAnalysis &sizes,
                      mlir::Operation *op);

} // namespace mlc
#endif
