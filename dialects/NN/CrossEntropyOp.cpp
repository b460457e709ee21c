#include "dialects/NN/CompositeSupport.h"

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

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
  LossReductionAttr reduction = adaptor.getReductionAttr();
  bool isScalar = !reduction || reduction.getValue() != LossReduction::none;
  types.push_back(logits.clone(isScalar ? ArrayRef<int64_t>() : rows));
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
  if (getReduction() != LossReduction::none)
    losses = losses.sum(allDims(losses));
  if (getReduction() == LossReduction::mean)
    losses = losses / rows.count();
  return SmallVector<Value>{cast(losses, like).value()};
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
