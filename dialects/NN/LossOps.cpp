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

Results MseOp::decompose(OpBuilder &builder) {
  TensorExpr y(builder, getLoc(), getPrediction()),
      difference = widened(y) - widened(y.with(getTarget()));
  return reduceLoss(difference * difference, getReduction(), y);
}

Results MaeOp::decompose(OpBuilder &builder) {
  TensorExpr y(builder, getLoc(), getPrediction());
  return reduceLoss(abs(widened(y) - widened(y.with(getTarget()))), getReduction(), y);
}

Results BceOp::decompose(OpBuilder &builder) {
  TensorExpr y(builder, getLoc(), getPrediction()), logit = widened(y);
  return reduceLoss((1.0 - widened(y.with(getTarget()))) * logit + softplus(-logit), getReduction(),
                    y);
}

LogicalResult HuberOp::verify() {
  if (getDelta().convertToDouble() > 0.0) // huber_c3
    return success();
  return emitOpError("expects delta above 0, but got ") << getDeltaAttr();
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
  if (smoothing >= 0.0 && smoothing <= 1.0) // cross_entropy_c4
    return success();
  return emitOpError("expects label_smoothing from 0 to 1, but got ") << getLabelSmoothingAttr();
}

namespace {
/// What forward and backward share; built twice, merged by CSE.
struct CrossEntropyRows {
  TensorExpr logits, labels; ///< logits in f32 or wider
  TensorExpr isCounted;      ///< i1, per row
  int64_t last[1];

  CrossEntropyRows(OpBuilder &builder, CrossEntropyOp op)
      : logits(widened(TensorExpr(builder, op.getLoc(), op.getLogits()))),
        labels(logits.with(op.getLabels())) {
    last[0] = logits.rank() - 1;
    isCounted =
        compare(Predicate::ne, labels,
                labels.constant(static_cast<double>(static_cast<int64_t>(op.getIgnoreIndex()))));
  }
  /// The number of rows that count, rank 0.
  TensorExpr count() const {
    return cast(cast(isCounted, logits.element()).sum(allDims(labels)), logits);
  }
};
} // namespace

Results CrossEntropyOp::decompose(OpBuilder &builder) {
  CrossEntropyRows rows(builder, *this);
  double smoothing = getLabelSmoothing().convertToDouble();
  int64_t batch = rows.logits.rank() - 1;
  TensorExpr chosen = rows.logits.with(GatherOp::create(
      builder, getLoc(), rows.logits.value(), getLabels(), /*axis=*/batch, /*batchDims=*/batch));
  TensorExpr logSum = logSumExp(rows.logits, rows.last), losses = logSum - chosen;
  if (smoothing != 0.0)
    losses = (1.0 - smoothing) * losses + smoothing * (logSum - mean(rows.logits, rows.last));
  losses = select(rows.isCounted, losses, zeroLike(losses));
  TensorExpr like = rows.logits.with(getLogits());
  if (getReduction() != LossReduction::mean)
    return reduceLoss(losses, getReduction(), like);
  return SmallVector<Value>{cast(losses.sum(allDims(losses)) / rows.count(), like).value()};
}

LogicalResult CrossEntropyOp::buildVjp(VjpBuilder &vjp) {
  CrossEntropyRows rows(vjp.builder, *this);
  const TensorExpr &logits = rows.logits;
  double smoothing = getLabelSmoothing().convertToDouble();
  TensorExpr dy = widened(vjp.cotangent());
  if (getReduction() == LossReduction::mean)
    dy = dy / rows.count();
  TensorExpr weight = dy.rank() == rows.labels.rank() ? dy : dy.splatTo(rows.labels);
  weight = select(rows.isCounted, weight, zeroLike(weight)).broadcastAlong(rows.last, logits);
  auto indexType = RankedTensorType::get(logits.type().getShape(), rows.labels.element());
  TensorExpr position = logits.with(
      IotaOp::create(vjp.builder, getLoc(), indexType, logits.dynamicSizes(), rows.last[0]));
  TensorExpr isLabel = position == rows.labels.broadcastAlong(rows.last, logits);
  TensorExpr target = select(isLabel, logits.constant(1.0 - smoothing), zeroLike(logits));
  if (smoothing != 0.0)
    target = target + (smoothing / countOf(logits, rows.last)).splatTo(logits);
  vjp.accumulate(0, cast(weight * (softmax(logits, rows.last[0]) - target), vjp.operand(0)));
  return success();
}

Value CrossEntropyOp::buildInRange(OpBuilder &builder) {
  TensorExpr labels(builder, getLoc(), getLabels()), logits = labels.with(getLogits());
  TensorExpr isIgnored = labels == static_cast<double>(static_cast<int64_t>(getIgnoreIndex()));
  return allOf(isIgnored | inRange(labels, logits, logits.rank() - 1)).value();
}
std::string CrossEntropyOp::describeRange() {
  int64_t classes = tensorType(getLogits()).getShape().back();
  return "labels of nn.cross_entropy outside [0, " +
         (ShapedType::isDynamic(classes) ? "classes" : std::to_string(classes)) +
         ") and other than ignore_index " + std::to_string(static_cast<int64_t>(getIgnoreIndex()));
}

} // namespace mlc::nn
