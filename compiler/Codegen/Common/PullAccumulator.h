// What a reduction carries from step to step.
#ifndef MLC_COMPILER_CODEGEN_COMMON_PULLACCUMULATOR_H
#define MLC_COMPILER_CODEGEN_COMMON_PULLACCUMULATOR_H

#include "compiler/Codegen/Common/PullEmitter.h"

namespace mlc {

/// Accumulators of one reduction: a value, and for argmax and argmin its position. The extreme of
/// floats has a NaN beside it, if there was one: so that one instruction a vector lies on the path
/// from step to step, and its NaN need not survive comparisons.
class Accumulator {
public:
  /// Positions are counted in so many bits.
  Accumulator(PullEmitter &emitter, mlir::Operation *op, unsigned positionBits = 64);
  bool hasPosition() const { return givesPosition; }
  bool hasNan() const;
  unsigned count() const { return hasPosition() || hasNan() ? 2 : 1; }
  /// Whether every step rounds.
  bool isRounded() const;

  llvm::SmallVector<mlir::Value> initial(unsigned lanes);
  /// Takes in the operand's value, which is the `at`-th of those that are combined, in the lanes
  /// that exist; `at` counts where there is a position.
  llvm::SmallVector<mlir::Value> step(mlir::ValueRange carried, mlir::Value value,
                                      const LaneIndex &at, mlir::Value mask);
  llvm::SmallVector<mlir::Value> merge(mlir::ValueRange a, mlir::ValueRange b);
  /// Merges the lanes of vectors until `lanes` are left.
  llvm::SmallVector<mlir::Value> fold(llvm::SmallVector<mlir::Value> values, unsigned lanes);
  mlir::Value result(llvm::ArrayRef<mlir::Value> values);

private:
  llvm::SmallVector<mlir::Value> mergeExtremes(mlir::ValueRange a, mlir::ValueRange b);
  mlir::Value splat(mlir::Value scalar, unsigned lanes);
  llvm::SmallVector<mlir::Value> parts(llvm::ArrayRef<mlir::Value> values, int64_t offset,
                                       int64_t size);

  PullEmitter &emitter;
  mlir::Operation *op;
  mlir::Type type;
  mlir::IntegerType positionType;
  nn::Reduction kind;
  bool givesPosition;
};

} // namespace mlc
#endif
