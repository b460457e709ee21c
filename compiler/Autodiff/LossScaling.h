// Losses whose cotangents must fit f16.
#ifndef MLC_COMPILER_AUTODIFF_LOSSSCALING_H
#define MLC_COMPILER_AUTODIFF_LOSSSCALING_H

#include "compiler/Autodiff/Storages.h"
#include "dialects/NN/TensorExpr.h"

namespace mlc {

/// Scales a loss by a number that follows its gradients, as torch.amp.GradScaler does: a step whose
/// gradients are not finite is skipped and halves the scale, 2000 others in a row double it. The
/// scale is a hyperparameter of the step; files keep it, and the counts of both.
class LossScaling {
public:
  /// Fails, at the step, where its optimizer has a hyperparameter of one of those names.
  static mlir::FailureOr<LossScaling> declare(nn::TrainStepOp step,
                                              StorageDeclarations &declarations,
                                              const StorageDeclarations::Owner &owner);

  /// The scale, a rank-0 f32, on entry.
  mlir::Value scale(StorageAccess &access) const { return access.read(scaleStorage); }
  /// How many of the steps before were skipped, a rank-0 i64.
  mlir::Value skippedSteps(StorageAccess &access) const { return access.read(skipped); }
  /// The gradients of the loss itself. From here on `chosen` knows whether all are finite. Flat; at
  /// least one.
  llvm::SmallVector<nn::TensorExpr> unscale(StorageAccess &access,
                                            llvm::ArrayRef<nn::TensorExpr> gradients);
  /// `updated`, or what was `before` where the step is skipped.
  nn::TensorExpr chosen(const nn::TensorExpr &updated, const nn::TensorExpr &before) const;
  /// Writes the scale and the counts of the next step.
  void update(StorageAccess &access) const;

private:
  nn::StorageOp scaleStorage, goodSteps, skipped;
  nn::TensorExpr isGood; ///< rank 0, i1
};

} // namespace mlc
#endif
