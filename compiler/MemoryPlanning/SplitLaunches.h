// Launches in parts, so that what one makes can be used, and given back, before all of it is there.
#ifndef MLC_COMPILER_MEMORYPLANNING_SPLITLAUNCHES_H
#define MLC_COMPILER_MEMORYPLANNING_SPLITLAUNCHES_H

#include "dialects/Kernel/Kernel.h"

namespace mlc {

/// Which launches are split, and into how many parts at least where nothing else says it.
struct LaunchParts {
  int64_t parts;
  int64_t leastBytes; ///< of a tensor that is worth it
  /// Also those whose results are read as a whole, where they are made from what nobody else reads:
  /// that then comes and goes in parts.
  bool inPassing = false;
  /// None but updates of storages that read several gradients joined.
  bool updatesOnly = false;
};

/// Replaces launches that read or write large tensors row by row (kernel.rows) by launches of some
/// of the kernel's tiles each, one after the other, where nothing reads what they make as a whole.
/// That becomes a concat of what the parts make; one that reads a concat is cut where its pieces
/// end, and reads the pieces. Parts of an update of storages change a part of them each, in the
/// order in which what they read is computed. Returns whether there was such a launch.
bool splitLaunches(mlir::func::FuncOp program, const LaunchParts &wanted);

} // namespace mlc
#endif
