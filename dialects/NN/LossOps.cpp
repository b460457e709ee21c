#include "dialects/NN/CompositeSupport.h"

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

static bool keepsShape(LossReductionAttr reduction) {
  return reduction && reduction.getValue() == LossReduction::none;
}

/// The remedy for a prediction and a target of different shapes.
static void explainShapes(Diagnostic &note, RankedTensorType prediction, RankedTensorType target) {
  if (prediction.getRank() != target.getRank()) {
    note << "the prediction has " << prediction.getRank() << " dimensions and the target "
         << target.getRank() << ": add or drop dimensions of size 1 with nn.reshape";
    return;
  }
  for (auto [dim, sizes] : llvm::enumerate(llvm::zip(prediction.getShape(), target.getShape()))) {
    auto [p, t] = sizes;
    if (p == t || ShapedType::isDynamic(p) || ShapedType::isDynamic(t))
      continue;
    note << "dimension " << dim << " has size " << p << " in the prediction and " << t
         << " in the target: give the last layer " << t << " outputs, or the target the size " << p;
    return;
  }
}

LogicalResult inferElementwiseLoss(std::optional<Location> location, StringRef op, Value prediction,
                                   Value target, LossReductionAttr reduction,
                                   SmallVectorImpl<Type> &types) {
  RankedTensorType p = tensorType(prediction), t = tensorType(target);
  SmallVector<Type> merged;
  bool fits = p.getRank() == t.getRank();
  for (int64_t dim = 0; fits && dim < p.getRank(); ++dim)
    fits = p.getDimSize(dim) == t.getDimSize(dim) || p.isDynamicDim(dim) || t.isDynamicDim(dim);
  if (!fits) { // loss_c1
    if (!location)
      return failure();
    InFlightDiagnostic diagnostic = mlir::emitError(*location)
                                    << "'" << op
                                    << "' op expects prediction and target of one shape, but got "
                                    << p << " and " << t;
    explainShapes(diagnostic.attachNote(), p, t);
    return diagnostic;
  }
  if (p.getElementType() != t.getElementType()) // loss_c2
    return emitOptionalError(location, "'", op,
                             "' op expects prediction and target of one dtype, but got ", p,
                             " and ", t, "; convert one with nn.cast");
  if (!keepsShape(reduction)) {
    types.push_back(RankedTensorType::get({}, p.getElementType()));
    return success();
  }
  return inferElementwiseType(location, {p, t}, p.getElementType(), types);
}

/// The losses of the elements, reduced and rounded to the dtype of `like`.
static SmallVector<Value> reduceLoss(const TensorExpr &losses, LossReduction reduction,
                                     const TensorExpr &like) {
  TensorExpr result = losses;
  if (reduction == LossReduction::mean)
    result = mean(losses, allDims(losses));
  else if (reduction == LossReduction::sum)
    result = losses.sum(allDims(losses));
  return {cast(result, like).value()};
}

/// The cotangent of the loss of every element, shaped like `losses`: the way back of reduceLoss.
static TensorExpr lossCotangent(VjpBuilder &vjp, const TensorExpr &losses,
                                LossReduction reduction) {
  TensorExpr dy = widened(vjp.cotangent());
  if (reduction == LossReduction::mean)
    dy = dy / countOf(losses, allDims(losses));
  return reduction == LossReduction::none ? dy : dy.splatTo(losses);
}

Results MseOp::decompose(OpBuilder &builder) {
  TensorExpr y(builder, getLoc(), getPrediction()),
      difference = widened(y) - widened(y.with(getTarget()));
  return reduceLoss(difference * difference, getReduction(), y);
}

Results MaeOp::decompose(OpBuilder &builder) {
  TensorExpr y(builder, getLoc(), getPrediction());
  return reduceLoss(abs(widened(y) - widened(y.with(getTarget()))), getReduction(), y);
}

Results KlOp::decompose(OpBuilder &builder) {
  TensorExpr y(builder, getLoc(), getPrediction()), prediction = widened(y),
                                                    target = widened(y.with(getTarget()));
  TensorExpr isZero = target == 0.0, zero = zeroLike(target);
  // An impossible class may have any prediction: 0 * inf would be NaN.
  TensorExpr logarithm = log(select(isZero, target.constant(1.0), target));
  TensorExpr distance = select(isZero, zero, logarithm - prediction);
  return reduceLoss(target * distance, getReduction(), y);
}

namespace {
/// What forward and backward of bce share. The loss of one element, p = logistic(logit), is
/// certainty * logit + log(1 + exp(-|logit|)); its two terms have one sign, so that nothing
/// cancels.
struct BinaryLogits {
  TensorExpr logit, target;
  TensorExpr isPositive; ///< i1
  TensorExpr certainty;  ///< 1 - target where the logit is positive, else -target: 0 if it is right

  BinaryLogits(const TensorExpr &prediction, const TensorExpr &targets)
      : logit(widened(prediction)), target(widened(targets)), isPositive(logit > 0.0),
        certainty(select(isPositive, 1.0 - target, -target)) {}
  /// -|logit|, with a derivative at 0 too.
  TensorExpr doubt() const { return select(isPositive, -logit, logit); }
};
} // namespace

Results BceOp::decompose(OpBuilder &builder) {
  TensorExpr y(builder, getLoc(), getPrediction());
  BinaryLogits rows(y, y.with(getTarget()));
  // An infinite logit that is right costs nothing: 0 * inf would be NaN. A finite one still has a
  // derivative by the target.
  TensorExpr isFree = (rows.certainty == 0.0) & (abs(rows.logit) == INFINITY);
  TensorExpr linear = select(isFree, zeroLike(rows.logit), rows.certainty * rows.logit);
  return reduceLoss(linear + log1p(exp(rows.doubt())), getReduction(), y);
}

/// dprediction = logistic(logit) - target, from the smaller of p and 1 - p; dtarget = -logit.
LogicalResult BceOp::buildVjp(VjpBuilder &vjp) {
  BinaryLogits rows(vjp.operand(0), vjp.operand(1));
  TensorExpr dy = lossCotangent(vjp, rows.logit, getReduction());
  TensorExpr share = logistic(rows.doubt());
  if (vjp.isActive(0))
    vjp.accumulate(
        0, cast(dy * (rows.certainty + select(rows.isPositive, -share, share)), vjp.operand(0)));
  if (vjp.isActive(1))
    vjp.accumulate(1, cast(-dy * rows.logit, vjp.operand(1)));
  return success();
}

LogicalResult HuberOp::verify() {
  if (!(getDelta().convertToDouble() > 0.0)) // huber_c3
    return emitOpError("expects delta above 0, but got ") << getDeltaAttr();
  return verifyFits(*this, "delta", computedElement(tensorType(getPrediction())), // huber_c4
                    getDeltaAttr());
}
Results HuberOp::decompose(OpBuilder &builder) {
  TensorExpr y(builder, getLoc(), getPrediction()),
      difference = widened(y) - widened(y.with(getTarget()));
  double delta = getDelta().convertToDouble();
  TensorExpr limited = clamp(difference, -delta, delta);
  return reduceLoss(limited * (difference - 0.5 * limited), getReduction(), y);
}

} // namespace mlc::nn
