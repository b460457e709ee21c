// What loops mean: the same for loops with bodies and for those that call functions.
#ifndef MLC_DIALECTS_NN_LOOPEVALUATION_H
#define MLC_DIALECTS_NN_LOOPEVALUATION_H

#include "dialects/NN/NN.h"

namespace mlc::nn {

/// A loop on tensors of known sizes.
struct EvaluatedLoop {
  using Tensors = llvm::SmallVector<Tensor>;

  explicit EvaluatedLoop(mlir::Operation *op) : op(op) {}

  mlir::Operation *op;          ///< for diagnostics, and the types of its results
  std::optional<int64_t> trips; ///< the most; none: any number
  std::optional<int64_t> limit; ///< how many of these there are; none: all
  bool isReverse = false;       ///< slices are read from the last to the first
  llvm::ArrayRef<Tensor> inits, stacks;
  /// Runs the body on the carried values and slices.
  llvm::function_ref<mlir::FailureOr<Tensors>(llvm::ArrayRef<Tensor>)> body = nullptr;
  /// Runs the condition on the carried values; null: there is none.
  llvm::function_ref<mlir::FailureOr<Tensors>(llvm::ArrayRef<Tensor>)> condition = nullptr;
};

/// The results of the op: the carried values at the end, then the stacks. Fails with a diagnostic.
mlir::FailureOr<llvm::SmallVector<Tensor>> evaluateLoop(const EvaluatedLoop &loop);

} // namespace mlc::nn
#endif
