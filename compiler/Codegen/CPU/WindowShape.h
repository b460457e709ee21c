// What reductions over windows read, as their schedule takes it.
#ifndef MLC_COMPILER_CODEGEN_CPU_WINDOWSHAPE_H
#define MLC_COMPILER_CODEGEN_CPU_WINDOWSHAPE_H

#include "compiler/Codegen/Common/KernelShapes.h"
#include "compiler/Codegen/Common/LoopBuilder.h"

namespace mlc {

/// A tensor that windows see, with so much padding before its elements, per dimension.
struct SeenTensor {
  mlir::Value tensor;
  llvm::SmallVector<int64_t> low;
};

/// The dimensions of what is reduced: those that are kept, of which the last are positions of a row
/// of windows, a few more and channels, and taps before the channels.
struct WindowShape {
  llvm::SmallVector<mlir::AffineExpr> sizes;
  llvm::SmallVector<int64_t> taps, tapSizes; ///< the reduced dimensions
  llvm::SmallVector<int64_t> kept;           ///< the others
  size_t row = 0; ///< which of these are the positions of a row; those after it are of known sizes
  /// Along which dimension of what windows see a dimension runs, and how far; none: along none.
  llvm::SmallVector<std::optional<nn::ViewStep>> steps;
  int64_t seenRank = 0;
  /// Per kept dimension the positions whose windows see no padding; none: all of them. And the same
  /// of the reduced ones, where it is taps that are kept.
  llvm::SmallVector<std::optional<LoopBuilder::Range>> inside, insideReduced;
  llvm::SmallVector<SeenTensor> seen;

  int64_t rowDim() const { return kept[row]; }
  llvm::ArrayRef<int64_t> innerDims() const {
    return llvm::ArrayRef<int64_t>(kept).slice(row + 1).drop_back();
  }
  /// How far neighbouring positions of a row are apart, and its last taps.
  int64_t step() const { return steps[rowDim()]->step; }
  int64_t tapStep() const { return steps[taps.back()]->step; }
  /// All taps but those along a row.
  int64_t rowsOfTaps() const;
};

/// What the operand of `op`, a reduction, is made of, if that is what windows see: element by
/// element, with channels innermost.
std::optional<WindowShape> windowShapeOf(nn::ReductionOpInterface op, KernelShapes &shapes);

/// Emits `body` twice: where all coordinates are in their ranges, which is known there, and where
/// they need not be. Once, where there are no ranges.
void emitByRanges(LoopBuilder &emitter, llvm::ArrayRef<LaneIndex> coords,
                  llvm::ArrayRef<std::optional<LoopBuilder::Range>> ranges,
                  llvm::function_ref<void()> body);

} // namespace mlc
#endif
