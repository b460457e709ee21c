// The optimizers' updates, in PyTorch's form and order of operations.
#include "dialects/NN/Optimizers.h"
#include "dialects/NN/CompositeSupport.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace mlc::nn {

using EmitError = llvm::function_ref<InFlightDiagnostic()>;

Type slotElement(Type element) {
  return isNarrow(element) ? Float32Type::get(element.getContext()) : element;
}

namespace {
/// The arithmetic of one update: tensors and scalars in the dtype of the slots.
class Update {
public:
  template <typename Attr>
  Update(Attr attribute, const OptimizerInputs &inputs)
      : inputs(inputs), parameters(attribute.hyperparameters()) {
    dtype = slotElement(inputs.parameter.element());
    p = widen(inputs.parameter);
    g = widen(inputs.gradient);
    for (const TensorExpr &slot : inputs.slots)
      slots.push_back(widen(slot));
  }

  TensorExpr widen(const TensorExpr &x) const { return cast(x, dtype); }
  /// A hyperparameter, rank 0.
  TensorExpr scalar(StringRef name) const {
    auto found =
        llvm::find_if(parameters, [&](const Hyperparameter &entry) { return entry.name == name; });
    return widen(inputs.hyperparameters[found - parameters.begin()]);
  }
  /// The number of this step, 1 in the first, rank 0.
  TensorExpr number() const { return widen(inputs.step + 1.0); }
  /// A rank-0 factor times a tensor.
  TensorExpr scaled(const TensorExpr &x, const TensorExpr &factor) const {
    return x * factor.splatTo(x);
  }
  /// 1 - beta^t, rank 0, accurate for beta near 1.
  TensorExpr biasCorrection(const TensorExpr &beta) const { return -expm1(number() * log(beta)); }
  /// mean * decay + (1 - decay) * x, elementwise.
  TensorExpr average(const TensorExpr &mean, const TensorExpr &x, const TensorExpr &decay) const {
    return scaled(mean, decay) + scaled(x, 1.0 - decay);
  }
  /// The same of x^2, in the order of PyTorch's addcmul.
  TensorExpr averageSquare(const TensorExpr &mean, const TensorExpr &x,
                           const TensorExpr &decay) const {
    return scaled(mean, decay) + scaled(x, 1.0 - decay) * x;
  }
  /// The average of x^2 less the square of the average of x, with distance = x - that average
  /// before the step: the difference itself would cancel, to a negative number too.
  TensorExpr variance(const TensorExpr &before, const TensorExpr &distance,
                      const TensorExpr &decay) const {
    return scaled(before + scaled(distance, 1.0 - decay) * distance, decay);
  }
  void addWeightDecay() { g = g + scaled(p, scalar("weight_decay")); }

  /// The results, rounded to the dtypes of the inputs.
  SmallVector<Value> finish(const TensorExpr &parameter, ArrayRef<TensorExpr> newSlots) const {
    SmallVector<Value> results = {cast(parameter, inputs.parameter).value()};
    for (auto [slot, old] : llvm::zip_equal(newSlots, inputs.slots))
      results.push_back(cast(slot, old).value());
    return results;
  }

  const OptimizerInputs &inputs;
  SmallVector<Hyperparameter> parameters;
  Type dtype;
  TensorExpr p, g;
  SmallVector<TensorExpr> slots;
};
} // namespace

/// A hyperparameter of that name, with its range.
static Hyperparameter named(StringRef name, Number initial) {
  return {name.str(), initial.value, rangeOf(name)};
}
/// C1 of every optimizer.
static LogicalResult verifyRanges(EmitError emitError, ArrayRef<Hyperparameter> hyperparameters) {
  for (const Hyperparameter &entry : hyperparameters)
    if (failed(verifyInRange(emitError, entry.name, entry.initial, entry.range)))
      return failure();
  return success();
}

//===- sgd, momentum, nesterov ---------------------------------------------===//

SmallVector<std::string> SgdAttr::slots() const { return {}; }
SmallVector<Hyperparameter> SgdAttr::hyperparameters() const {
  return {named("learning_rate", getLearningRate()), named("weight_decay", getWeightDecay())};
}
FailureOr<SmallVector<Value>> SgdAttr::buildUpdate(const OptimizerInputs &inputs) const {
  Update update(*this, inputs);
  update.addWeightDecay();
  return update.finish(update.p - update.scaled(update.g, update.scalar("learning_rate")), {});
}
LogicalResult SgdAttr::verify(EmitError emitError, Number learningRate, Number weightDecay) {
  return verifyRanges(emitError, {named("learning_rate", learningRate),
                                  named("weight_decay", weightDecay)}); // sgd_c1
}

SmallVector<std::string> MomentumAttr::slots() const { return {"m"}; }
SmallVector<Hyperparameter> MomentumAttr::hyperparameters() const {
  return {named("learning_rate", getLearningRate()), named("momentum", getMomentum()),
          named("weight_decay", getWeightDecay())};
}
FailureOr<SmallVector<Value>> MomentumAttr::buildUpdate(const OptimizerInputs &inputs) const {
  Update update(*this, inputs);
  update.addWeightDecay();
  TensorExpr m = update.scaled(update.slots[0], update.scalar("momentum")) + update.g;
  return update.finish(update.p - update.scaled(m, update.scalar("learning_rate")), m);
}
LogicalResult MomentumAttr::verify(EmitError emitError, Number learningRate, Number momentum,
                                   Number weightDecay) {
  return verifyRanges( // momentum_c1
      emitError, {named("learning_rate", learningRate), named("momentum", momentum),
                  named("weight_decay", weightDecay)});
}

SmallVector<std::string> NesterovAttr::slots() const { return {"m"}; }
SmallVector<Hyperparameter> NesterovAttr::hyperparameters() const {
  return {named("learning_rate", getLearningRate()), named("momentum", getMomentum()),
          named("weight_decay", getWeightDecay())};
}
FailureOr<SmallVector<Value>> NesterovAttr::buildUpdate(const OptimizerInputs &inputs) const {
  Update update(*this, inputs);
  update.addWeightDecay();
  TensorExpr momentum = update.scalar("momentum");
  TensorExpr m = update.scaled(update.slots[0], momentum) + update.g;
  TensorExpr direction = update.g + update.scaled(m, momentum);
  return update.finish(update.p - update.scaled(direction, update.scalar("learning_rate")), m);
}
LogicalResult NesterovAttr::verify(EmitError emitError, Number learningRate, Number momentum,
                                   Number weightDecay) {
  return verifyRanges( // nesterov_c1
      emitError, {named("learning_rate", learningRate), named("momentum", momentum),
                  named("weight_decay", weightDecay)});
}

//===- adagrad, rmsprop ----------------------------------------------------===//

SmallVector<std::string> AdagradAttr::slots() const { return {"sum"}; }
SmallVector<Hyperparameter> AdagradAttr::hyperparameters() const {
  return {named("learning_rate", getLearningRate()),
          named("learning_rate_decay", getLearningRateDecay()), named("epsilon", getEpsilon()),
          named("weight_decay", getWeightDecay())};
}
FailureOr<SmallVector<Value>> AdagradAttr::buildUpdate(const OptimizerInputs &inputs) const {
  Update update(*this, inputs);
  update.addWeightDecay();
  TensorExpr decay = update.widen(inputs.step) * update.scalar("learning_rate_decay");
  TensorExpr rate = update.scalar("learning_rate") / (decay + 1.0);
  TensorExpr sum = update.slots[0] + update.g * update.g;
  TensorExpr divisor = sqrt(sum) + update.scalar("epsilon").splatTo(sum);
  return update.finish(update.p - update.scaled(update.g, rate) / divisor, sum);
}
LogicalResult AdagradAttr::verify(EmitError emitError, Number learningRate, Number decay,
                                  Number epsilon, Number weightDecay) {
  return verifyRanges(emitError, {named("learning_rate", learningRate), // adagrad_c1
                                  named("learning_rate_decay", decay), named("epsilon", epsilon),
                                  named("weight_decay", weightDecay)});
}

/// Slot order: v, or variance and a (centered), then m (momentum > 0).
SmallVector<std::string> RmsPropAttr::slots() const {
  SmallVector<std::string> names;
  if (getCentered())
    names = {"variance", "a"};
  else
    names = {"v"};
  if (getMomentum().value > 0.0)
    names.push_back("m");
  return names;
}
SmallVector<Hyperparameter> RmsPropAttr::hyperparameters() const {
  SmallVector<Hyperparameter> names = {named("learning_rate", getLearningRate()),
                                       named("alpha", getAlpha()), named("epsilon", getEpsilon()),
                                       named("weight_decay", getWeightDecay())};
  if (getMomentum().value > 0.0)
    names.push_back(named("momentum", getMomentum()));
  return names;
}
FailureOr<SmallVector<Value>> RmsPropAttr::buildUpdate(const OptimizerInputs &inputs) const {
  Update update(*this, inputs);
  update.addWeightDecay();
  TensorExpr alpha = update.scalar("alpha");
  SmallVector<TensorExpr> slots;
  if (getCentered()) {
    TensorExpr distance = update.g - update.slots[1];
    slots = {update.variance(update.slots[0], distance, alpha),
             update.average(update.slots[1], update.g, alpha)};
  } else {
    slots = {update.averageSquare(update.slots[0], update.g, alpha)};
  }
  TensorExpr divisor = sqrt(slots[0]) + update.scalar("epsilon").splatTo(slots[0]);
  TensorExpr rate = update.scalar("learning_rate");
  if (getMomentum().value == 0.0)
    return update.finish(update.p - update.scaled(update.g, rate) / divisor, slots);
  slots.push_back(update.scaled(update.slots.back(), update.scalar("momentum")) +
                  update.g / divisor);
  return update.finish(update.p - update.scaled(slots.back(), rate), slots);
}
LogicalResult RmsPropAttr::verify(EmitError emitError, Number learningRate, Number alpha,
                                  Number epsilon, Number weightDecay, Number momentum,
                                  int64_t centered) {
  if (failed(verifyRanges(emitError,
                          {named("learning_rate", learningRate), // rmsprop_c1
                           named("alpha", alpha), named("epsilon", epsilon),
                           named("weight_decay", weightDecay), named("momentum", momentum)})))
    return failure();
  if (centered != 0 && centered != 1) // rmsprop_c2
    return emitError() << "expects centered to be 0 or 1, but got " << centered;
  return success();
}

//===- adam, adamw ---------------------------------------------------------===//

/// The part that adam and adamw share; `decay`, the share of p that AdamW takes away too, may be
/// absent.
static SmallVector<Value> buildAdam(Update &update, const TensorExpr &decay = {}) {
  TensorExpr beta1 = update.scalar("beta1"), beta2 = update.scalar("beta2");
  TensorExpr m = update.average(update.slots[0], update.g, beta1);
  TensorExpr v = update.averageSquare(update.slots[1], update.g, beta2);
  TensorExpr rate = update.scalar("learning_rate") / update.biasCorrection(beta1);
  TensorExpr root = sqrt(v) / sqrt(update.biasCorrection(beta2)).splatTo(v);
  TensorExpr divisor = root + update.scalar("epsilon").splatTo(root);
  TensorExpr change = update.scaled(m, rate) / divisor;
  // PyTorch's p (1 - decay) - change, without the rounding of 1 - decay, which a small decay does
  // not survive.
  if (decay)
    change = update.scaled(update.p, decay) + change;
  return update.finish(update.p - change, {m, v});
}
static LogicalResult verifyAdam(EmitError emitError, Number learningRate, Number beta1,
                                Number beta2, Number epsilon, Number weightDecay) {
  return verifyRanges(emitError, {named("learning_rate", learningRate), // adam_c1, adamw_c1
                                  named("beta1", beta1), named("beta2", beta2),
                                  named("epsilon", epsilon), named("weight_decay", weightDecay)});
}
template <typename Attr> static SmallVector<Hyperparameter> hyperparametersOfAdam(Attr adam) {
  return {named("learning_rate", adam.getLearningRate()), named("beta1", adam.getBeta1()),
          named("beta2", adam.getBeta2()), named("epsilon", adam.getEpsilon()),
          named("weight_decay", adam.getWeightDecay())};
}

SmallVector<std::string> AdamAttr::slots() const { return {"m", "v"}; }
SmallVector<Hyperparameter> AdamAttr::hyperparameters() const {
  return hyperparametersOfAdam(*this);
}
FailureOr<SmallVector<Value>> AdamAttr::buildUpdate(const OptimizerInputs &inputs) const {
  Update update(*this, inputs);
  update.addWeightDecay();
  return buildAdam(update);
}
LogicalResult AdamAttr::verify(EmitError emitError, Number learningRate, Number beta1, Number beta2,
                               Number epsilon, Number weightDecay) {
  return verifyAdam(emitError, learningRate, beta1, beta2, epsilon, weightDecay);
}

SmallVector<std::string> AdamWAttr::slots() const { return {"m", "v"}; }
SmallVector<Hyperparameter> AdamWAttr::hyperparameters() const {
  return hyperparametersOfAdam(*this);
}
FailureOr<SmallVector<Value>> AdamWAttr::buildUpdate(const OptimizerInputs &inputs) const {
  Update update(*this, inputs);
  return buildAdam(update, update.scalar("learning_rate") * update.scalar("weight_decay"));
}
LogicalResult AdamWAttr::verify(EmitError emitError, Number learningRate, Number beta1,
                                Number beta2, Number epsilon, Number weightDecay) {
  return verifyAdam(emitError, learningRate, beta1, beta2, epsilon, weightDecay);
}

//===- lion ----------------------------------------------------------------===//

SmallVector<std::string> LionAttr::slots() const { return {"m"}; }
SmallVector<Hyperparameter> LionAttr::hyperparameters() const {
  return {named("learning_rate", getLearningRate()), named("beta1", getBeta1()),
          named("beta2", getBeta2()), named("weight_decay", getWeightDecay())};
}
FailureOr<SmallVector<Value>> LionAttr::buildUpdate(const OptimizerInputs &inputs) const {
  Update update(*this, inputs);
  TensorExpr rate = update.scalar("learning_rate");
  TensorExpr direction = sign(update.average(update.slots[0], update.g, update.scalar("beta1")));
  TensorExpr m = update.average(update.slots[0], update.g, update.scalar("beta2"));
  TensorExpr change = update.scaled(update.p, rate * update.scalar("weight_decay")) +
                      update.scaled(direction, rate);
  return update.finish(update.p - change, m);
}
LogicalResult LionAttr::verify(EmitError emitError, Number learningRate, Number beta1, Number beta2,
                               Number weightDecay) {
  return verifyRanges(emitError, {named("learning_rate", learningRate), // lion_c1
                                  named("beta1", beta1), named("beta2", beta2),
                                  named("weight_decay", weightDecay)});
}

//===- Global-norm clipping ------------------------------------------------===//

SmallVector<TensorExpr> clipByGlobalNorm(ArrayRef<TensorExpr> gradients, double maxNorm) {
  TensorExpr total;
  for (const TensorExpr &gradient : gradients) {
    TensorExpr g = cast(gradient, Float64Type::get(gradient.element().getContext()));
    TensorExpr squares = (g * g).sum(llvm::to_vector(llvm::seq<int64_t>(0, g.rank())));
    total = total ? total + squares : squares;
  }
  if (!total)
    return {};
  TensorExpr factor = total.scalar(maxNorm) / (sqrt(total) + 1.0e-6);
  factor = min(factor, factor.scalar(1.0));
  SmallVector<TensorExpr> clipped;
  for (const TensorExpr &gradient : gradients) {
    TensorExpr g = widened(gradient);
    clipped.push_back(cast(g * cast(factor, g).splatTo(g), gradient));
  }
  return clipped;
}

} // namespace mlc::nn
