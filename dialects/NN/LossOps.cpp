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

//===- cross_entropy --------------------------------------------------------===//

LogicalResult CrossEntropyOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                               Adaptor adaptor, SmallVectorImpl<Type> &types) {
  RankedTensorType logits = tensorType(adaptor.getLogits()),
                   labels = tensorType(adaptor.getLabels());
  auto refuse = [&](const Twine &what,
                    const std::function<void(Diagnostic &)> &remedy) -> LogicalResult {
    if (!location)
      return failure();
    InFlightDiagnostic diagnostic = mlir::emitError(*location)
                                    << "'nn.cross_entropy' op expects " << what
                                    << ", but got logits of " << logits << " and labels of "
                                    << labels;
    remedy(diagnostic.attachNote());
    return diagnostic;
  };
  if (logits.getRank() < 1) // cross_entropy_c1
    return refuse("logits with one number per class in the last dimension",
                  [](Diagnostic &note) { note << "give the last layer one output per class"; });
  if (!labels.getElementType().isInteger() ||
      labels.getElementType().isInteger(1)) // cross_entropy_c2
    return refuse("integer labels", [](Diagnostic &note) {
      note << "a label is the number of its class: turn one-hot rows into numbers with nn.argmax, "
              "or use nn.bce for probabilities";
    });
  ArrayRef<int64_t> rows = logits.getShape().drop_back();
  bool fits = rows.size() == static_cast<size_t>(labels.getRank());
  for (size_t dim = 0; fits && dim < rows.size(); ++dim)
    fits = rows[dim] == labels.getDimSize(dim) || ShapedType::isDynamic(rows[dim]) ||
           labels.isDynamicDim(dim);
  if (!fits) // cross_entropy_c3
    return refuse("one label per row of logits", [&](Diagnostic &note) {
      note << "give the labels the type " << labels.clone(rows);
    });
  types.push_back(keepsShape(adaptor.getReductionAttr()) ? logits.clone(rows)
                                                         : logits.clone(ArrayRef<int64_t>()));
  return success();
}
AffineExpr CrossEntropyOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getLogits(), dim);
}
LogicalResult CrossEntropyOp::verify() {
  double smoothing = getLabelSmoothing().convertToDouble();
  if (!(smoothing >= 0.0 && smoothing <= 1.0)) // cross_entropy_c4
    return emitOpError("expects label_smoothing from 0 to 1, but got ") << getLabelSmoothingAttr();
  return verifyFits(*this, "ignore_index",
                    tensorType(getLabels()).getElementType(), // cross_entropy_c5
                    getIgnoreIndexAttr());
}

namespace {
/// What forward and backward share; built twice, merged by CSE. Logits are in f32 or wider. The
/// label's exponential stands apart from the sum of the others: of a row that is nearly certain,
/// all of the loss and of its gradient is in the others, which 1 plus them rounds away.
struct CrossEntropyRows {
  TensorExpr labels, isCounted; ///< per row; i1
  int64_t last;                 ///< the dimension of the classes
  ShiftedRows rows;
  TensorExpr isLabel; ///< per element; i1
  TensorExpr chosen;  ///< the shifted logit of the label, per row: at most 0
  TensorExpr others;  ///< the sum of the exponentials but the label's

  CrossEntropyRows(OpBuilder &builder, CrossEntropyOp op, const TensorExpr &logits)
      : labels(gatherIndices(logits.with(op.getLabels()))), last(logits.rank() - 1),
        rows(logits, last) {
    isCounted = compare(Predicate::ne, labels, labels.integerConstant(op.getIgnoreIndex()));
    chosen = logits.gather(labels, last, /*batchDims=*/last) - rows.shift;
    isLabel = logits.positions(last, labels.element()) == alongRow(labels);
    others = select(isLabel, zeroLike(rows.exponential), rows.exponential).sum(last);
  }
  TensorExpr alongRow(const TensorExpr &x) const {
    return x.broadcastAlong(last, rows.exponential);
  }
  /// log(sum exp(shifted)): the others keep their digits where the label's is the largest logit.
  TensorExpr logSum() const { return log1p(others + (exp(chosen) - 1.0)); }
  /// The number of rows that count, rank 0.
  TensorExpr count() const {
    Type integer = labels.builder->getI64Type();
    return cast(cast(isCounted, integer).sum(allDims(labels)), others);
  }
};
} // namespace

/// lse - logits[label] is log(sum exp(shifted)) - shifted[label]: the shift is never added, in
/// which large logits would be rounded.
Results CrossEntropyOp::decompose(OpBuilder &builder) {
  TensorExpr like(builder, getLoc(), getLogits());
  CrossEntropyRows rows(builder, *this, widened(like));
  double smoothing = getLabelSmoothing().convertToDouble();
  TensorExpr logSum = rows.logSum(), losses;
  if (smoothing != 1.0)
    losses = logSum - rows.chosen;
  if (smoothing != 0.0) {
    TensorExpr uniform = smoothing * (logSum - mean(rows.rows.shifted, rows.last));
    losses = losses ? (1.0 - smoothing) * losses + uniform : uniform;
  }
  losses = select(rows.isCounted, losses, zeroLike(losses));
  if (getReduction() != LossReduction::mean)
    return reduceLoss(losses, getReduction(), like);
  return SmallVector<Value>{cast(losses.sum(allDims(losses)) / rows.count(), like).value()};
}

/// dlogits = weight (p - target), where the label's p - 1 is minus the share of the others.
LogicalResult CrossEntropyOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr logits = widened(vjp.operand(0));
  CrossEntropyRows rows(vjp.builder, *this, logits);
  double smoothing = getLabelSmoothing().convertToDouble();
  TensorExpr dy = widened(vjp.cotangent());
  if (getReduction() == LossReduction::mean)
    dy = dy / rows.count();
  TensorExpr weight = dy.rank() == rows.labels.rank() ? dy : dy.splatTo(rows.labels);
  // All that is one number per row is computed there.
  TensorExpr scale = weight / (rows.others + exp(rows.chosen));
  TensorExpr onLabel = -scale * rows.others,
             elsewhere = rows.rows.exponential * rows.alongRow(scale);
  if (smoothing != 0.0) {
    TensorExpr uniform = weight * (smoothing / countOf(logits, rows.last)).splatTo(weight);
    onLabel = onLabel + (smoothing * weight - uniform);
    elsewhere = elsewhere - rows.alongRow(uniform);
  }
  TensorExpr slope = select(rows.isLabel, rows.alongRow(onLabel), elsewhere);
  // Chosen, not multiplied by 0: an ignored row may hold infinite or NaN logits.
  slope = select(rows.alongRow(rows.isCounted), slope, zeroLike(slope));
  vjp.accumulate(0, cast(slope, vjp.operand(0)));
  return success();
}

Value CrossEntropyOp::buildInRange(OpBuilder &builder) {
  TensorExpr labels(builder, getLoc(), getLabels()), logits = labels.with(getLogits());
  TensorExpr isIgnored = labels == labels.integerConstant(getIgnoreIndex());
  return allOf(isIgnored | inRange(labels, logits, logits.rank() - 1)).value();
}
IndexRange CrossEntropyOp::indexRange() {
  return {getLabels(), tensorType(getLogits()).getShape().back(),
          static_cast<int64_t>(getIgnoreIndex())};
}
std::string CrossEntropyOp::describeRange() {
  int64_t classes = tensorType(getLogits()).getShape().back();
  return "labels of nn.cross_entropy outside [0, " +
         (ShapedType::isDynamic(classes) ? "classes" : std::to_string(classes)) +
         ") and other than ignore_index " + std::to_string(static_cast<int64_t>(getIgnoreIndex()));
}

} // namespace mlc::nn
