// The factors of the learning-rate schedules.
#include "dialects/NN/TensorExpr.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

using EmitError = llvm::function_ref<InFlightDiagnostic()>;

static LogicalResult verifyPositive(EmitError emitError, StringRef name, int64_t steps) {
  if (steps >= 1)
    return success();
  return emitError() << "expects " << name << " of at least 1 step, but got " << steps;
}

/// A learning rate neither changes its sign nor overflows; what a schedule comes from or goes to is
/// a share of it.
static constexpr Range kFactors = {0.0, Range::kMost}, kShares = {0.0, 1.0};

static Hyperparameter length(StringRef name, int64_t steps) {
  return {name.str(), static_cast<double>(steps), {1.0, Range::kMost}};
}

LogicalResult ConstantScheduleAttr::verify(EmitError emitError, Number factor) {
  return verifyInRange(emitError, "factor", factor.value, kFactors); // constant_schedule_c1
}
SmallVector<Hyperparameter> ConstantScheduleAttr::hyperparameters() const { return {}; }
Value ConstantScheduleAttr::buildFactor(const TensorExpr &step, LengthOf) const {
  return step.scalar(getFactor().value).value();
}

SmallVector<Hyperparameter> StepScheduleAttr::hyperparameters() const {
  return {length("schedule_every", getEvery())};
}
Value StepScheduleAttr::buildFactor(const TensorExpr &step, LengthOf lengthOf) const {
  TensorExpr every = lengthOf(hyperparameters().front());
  return pow(step.scalar(getFactor().value), floor(step / every)).value();
}
LogicalResult StepScheduleAttr::verify(EmitError emitError, int64_t every, Number factor) {
  if (failed(verifyPositive(emitError, "every", every))) // step_schedule_c1
    return failure();
  return verifyInRange(emitError, "factor", factor.value, kFactors); // step_schedule_c2
}

SmallVector<Hyperparameter> CosineScheduleAttr::hyperparameters() const {
  return {length("schedule_steps", getSteps())};
}
Value CosineScheduleAttr::buildFactor(const TensorExpr &step, LengthOf lengthOf) const {
  TensorExpr steps = lengthOf(hyperparameters().front());
  double floor = getFloor().value;
  // (1 + cos(pi progress)) / 2, by the way that is left: the sum cancels towards the end.
  TensorExpr root = sin(M_PI / 2.0 * ((steps - min(step, steps)) / steps));
  return (floor + (1.0 - floor) * (root * root)).value();
}
LogicalResult CosineScheduleAttr::verify(EmitError emitError, int64_t steps, Number floor) {
  if (failed(verifyPositive(emitError, "steps", steps))) // cosine_schedule_c1
    return failure();
  return verifyInRange(emitError, "floor", floor.value, kShares); // cosine_schedule_c2
}

/// Of the schedule afterwards, whose names may be this one's.
static Hyperparameter afterWarmup(Hyperparameter length) {
  if (StringRef(length.name).ends_with("warmup_steps"))
    length.name = "then_" + length.name;
  return length;
}
SmallVector<Hyperparameter> LinearWarmupAttr::hyperparameters() const {
  SmallVector<Hyperparameter> lengths = {length("warmup_steps", getSteps())};
  if (auto then = mlir::cast_if_present<ScheduleAttrInterface>(getThen()))
    llvm::append_range(lengths, llvm::map_range(then.hyperparameters(), afterWarmup));
  return lengths;
}
Value LinearWarmupAttr::buildFactor(const TensorExpr &step, LengthOf lengthOf) const {
  TensorExpr steps = lengthOf(hyperparameters().front());
  double start = getStart().value;
  TensorExpr rising = start + (1.0 - start) * step / steps;
  TensorExpr after = step.scalar(1.0);
  if (getThen()) // of a step clamped at 0, so that the branch not taken stays finite
    after = step.with(mlir::cast<ScheduleAttrInterface>(getThen()).buildFactor(
        max(step - steps, step.scalar(0.0)),
        [&](const Hyperparameter &length) { return lengthOf(afterWarmup(length)); }));
  return select(step < steps, rising, after).value();
}
LogicalResult LinearWarmupAttr::verify(EmitError emitError, int64_t steps, Number start,
                                       Attribute then) {
  if (failed(verifyPositive(emitError, "steps", steps)) ||             // linear_warmup_c1
      failed(verifyInRange(emitError, "start", start.value, kShares))) // linear_warmup_c3
    return failure();
  if (then && !isa<ScheduleAttrInterface>(then)) // linear_warmup_c2
    return emitError() << "expects a schedule after `then`, but got " << then
                       << "; schedules are #nn.constant_schedule, #nn.step_schedule, "
                          "#nn.cosine_schedule and #nn.linear_warmup";
  return success();
}

} // namespace mlc::nn
