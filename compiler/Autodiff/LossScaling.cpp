#include "compiler/Autodiff/LossScaling.h"
#include "dialects/NN/Attributes.h"

#include <limits>

using namespace mlir;

namespace mlc {

// Those of torch.amp.GradScaler. It has no least scale; this one's inverse is finite.
constexpr double kInitialScale = 0x1p16, kLeastScale = 0x1p-126;
constexpr int64_t kStepsToGrow = 2000;

FailureOr<LossScaling> LossScaling::declare(nn::TrainStepOp step, StorageDeclarations &declarations,
                                            const StorageDeclarations::Owner &owner) {
  constexpr StringRef kScale = "loss_scale", kGood = "loss_scale_good_steps",
                      kSkipped = "skipped_steps";
  auto optimizer = cast<nn::OptimizerAttrInterface>(step.getOptimizer());
  for (const nn::Hyperparameter &own : optimizer.hyperparameters())
    if (llvm::is_contained({kScale, kGood, kSkipped}, own.name))
      return step.emitOpError("expects an optimizer without a hyperparameter '")
             << own.name << "', which --precision=f16 adds; give it another name";
  LossScaling scaling;
  scaling.scaleStorage = declarations.hyperparameter(
      owner, {kScale.str(), kInitialScale, {kLeastScale, nn::Range::kMost}});
  scaling.goodSteps = declarations.count(owner, kGood);
  scaling.skipped = declarations.count(owner, kSkipped);
  return scaling;
}

SmallVector<nn::TensorExpr> LossScaling::unscale(StorageAccess &access,
                                                 ArrayRef<nn::TensorExpr> gradients) {
  nn::TensorExpr scale = gradients.front().with(access.read(scaleStorage)), inverse = 1.0 / scale;
  SmallVector<nn::TensorExpr> unscaled;
  for (const nn::TensorExpr &gradient : gradients) {
    bool isNarrow = gradient.element().getIntOrFloatBitWidth() < 32;
    nn::TensorExpr wide = isNarrow ? nn::cast(gradient, scale) : gradient;
    nn::TensorExpr largest = nn::abs(wide).reduce(nn::Reduction::max, {0});
    nn::TensorExpr isFinite = largest < std::numeric_limits<double>::infinity(); // nor NaN
    isGood = isGood ? isGood & isFinite : isFinite;
    unscaled.push_back(nn::cast(wide * nn::cast(inverse, wide).splatTo(wide), gradient));
  }
  return unscaled;
}

nn::TensorExpr LossScaling::chosen(const nn::TensorExpr &updated,
                                   const nn::TensorExpr &before) const {
  return nn::select(isGood.splatTo(updated), updated, before);
}

void LossScaling::update(StorageAccess &access) const {
  auto onEntry = [&](nn::StorageOp storage) { return isGood.with(access.read(storage)); };
  nn::TensorExpr scale = onEntry(scaleStorage), good = onEntry(goodSteps) + 1.0;
  nn::TensorExpr doubled = scale * 2.0, halved = scale * 0.5, none = onEntry(skipped);
  nn::TensorExpr grows = good >= static_cast<double>(kStepsToGrow);
  nn::TensorExpr canGrow = grows & (doubled < std::numeric_limits<double>::infinity());
  nn::TensorExpr larger = nn::select(canGrow, doubled, scale);
  nn::TensorExpr smaller = nn::max(halved, scale.constant(kLeastScale));
  nn::TensorExpr zero = good.constant(0.0);
  access.write(scaleStorage, nn::select(isGood, larger, smaller).value());
  access.write(goodSteps, nn::select(isGood, nn::select(grows, zero, good), zero).value());
  access.write(skipped, nn::select(isGood, none, none + 1.0).value());
}

} // namespace mlc
