// Updates of parameters as soon as their gradients are there.
#ifndef MLC_COMPILER_MEMORYPLANNING_ADVANCEUPDATES_H
#define MLC_COMPILER_MEMORYPLANNING_ADVANCEUPDATES_H

#include "dialects/Kernel/Kernel.h"

namespace mlc {

/// Cuts updates of storages where the gradients that they read end, and runs each part right after
/// its gradient is computed and the old values have been read, if less memory is needed then: a
/// gradient is still in a cache, and its place is free for the next one. The bits are the same.
void advanceUpdates(mlir::func::FuncOp entry);

} // namespace mlc
#endif
