// What one training step of the optimizer builds.
#ifndef MLC_DIALECTS_NN_OPTIMIZERS_H
#define MLC_DIALECTS_NN_OPTIMIZERS_H

#include "dialects/NN/TensorExpr.h"

namespace mlc::nn {

/// The dtype of the slots of parameters of dtype `element`: f32 for bf16 and f16, in which a moving
/// average stops moving when a step changes it by less than half of its last place.
mlir::Type slotElement(mlir::Type element);

/// The values before an update. `parameter` and `gradient` have one type, whatever its rank, and
/// every slot too, but for its dtype, slotElement; the hyperparameters are rank-0 f32 in the order
/// of OptimizerAttrInterface::hyperparameters(), a schedule's factor already multiplied into
/// `learning_rate`. `step`, rank-0 i64, counts the finished steps: 0 in the first update.
struct OptimizerInputs {
  TensorExpr parameter, gradient;
  llvm::SmallVector<TensorExpr> slots, hyperparameters;
  TensorExpr step;
};

/// The gradients scaled so that the Euclidean norm of all of them together is at most `maxNorm`:
/// g * min(1, maxNorm / (norm + 1e-6)), the norm in f64, in which no f32 overflows
/// when squared (PyTorch's clip_grad_norm_). Of any ranks and float dtypes.
llvm::SmallVector<TensorExpr> clipByGlobalNorm(llvm::ArrayRef<TensorExpr> gradients,
                                               double maxNorm);

} // namespace mlc::nn
#endif
