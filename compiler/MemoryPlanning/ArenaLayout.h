// Offsets in the arena for buffers with intervals of life.
#ifndef MLC_COMPILER_MEMORYPLANNING_ARENALAYOUT_H
#define MLC_COMPILER_MEMORYPLANNING_ARENALAYOUT_H

#include "mlir/IR/AffineExpr.h"
#include "llvm/ADT/SmallVector.h"

namespace mlc {

/// A buffer to place: its bytes, and the first and last position of the program at which it is in
/// use.
struct ArenaBuffer {
  mlir::AffineExpr bytes;
  unsigned first = 0, last = 0;
  mlir::AffineExpr offset; ///< the answer
};

/// Sets every offset, a multiple of 64, such that buffers in use at one position never overlap,
/// whatever the dimensions are. Returns the arena's bytes.
mlir::AffineExpr layOutArena(llvm::MutableArrayRef<ArenaBuffer> buffers,
                             mlir::MLIRContext *context);

/// The value of an expression with every symbol equal to `size`; 2^62 where it is more.
int64_t bytesAt(mlir::AffineExpr expr, int64_t size);

/// The most bytes in use at one position, with every symbol equal to `size`.
int64_t peakLiveBytes(llvm::ArrayRef<ArenaBuffer> buffers, int64_t size);

} // namespace mlc
#endif
