#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/WithSizes.h"

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
/// One weight per class, of the dtype of the logits.
static LogicalResult verifyWeights(CrossEntropyOp op) {
  RankedTensorType logits = tensorType(op.getLogits()), weights = tensorType(op.getWeights());
  int64_t classes = logits.getShape().back();
  bool fits = weights.getRank() == 1 && (weights.getDimSize(0) == classes ||
                                         weights.isDynamicDim(0) || ShapedType::isDynamic(classes));
  if (fits && weights.getElementType() == logits.getElementType())
    return success();
  InFlightDiagnostic diagnostic =
      op.emitOpError(
          "expects one weight per class, of the dtype of the logits, but got weights of ")
      << weights << " for logits of " << logits;
  diagnostic.attachNote() << "give the weights the type "
                          << RankedTensorType::get({classes}, logits.getElementType());
  return diagnostic;
}

LogicalResult CrossEntropyOp::verify() {
  double smoothing = getLabelSmoothing().convertToDouble();
  if (!(smoothing >= 0.0 && smoothing <= 1.0)) // cross_entropy_c4
    return emitOpError("expects label_smoothing from 0 to 1, but got ") << getLabelSmoothingAttr();
  if (getWeights() && failed(verifyWeights(*this))) // cross_entropy_c6
    return failure();
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
  TensorExpr weights; ///< per class, in the dtype of `rows`; none where all are 1
  double smoothing;

  CrossEntropyRows(OpBuilder &builder, CrossEntropyOp op, const TensorExpr &logits)
      : labels(gatherIndices(logits.with(op.getLabels()))), last(logits.rank() - 1),
        rows(logits, last), smoothing(op.getLabelSmoothing().convertToDouble()) {
    isCounted = compare(Predicate::ne, labels, labels.integerConstant(op.getIgnoreIndex()));
    chosen = logits.gather(labels, last, /*batchDims=*/last) - rows.shift;
    isLabel = logits.positions(last, labels.element()) == alongRow(labels);
    others = select(isLabel, zeroLike(rows.exponential), rows.exponential).sum(last);
    if (op.getWeights())
      weights = withSizes(widened(logits.with(op.getWeights())), logits.size(last));
  }
  TensorExpr alongRow(const TensorExpr &x) const {
    return x.broadcastAlong(last, rows.exponential);
  }
  /// x in the rows that count, else 0: chosen, since an ignored row may hold infinities and NaN.
  TensorExpr counted(const TensorExpr &x) const {
    return select(x.rank() > last ? alongRow(isCounted) : isCounted, x, zeroLike(x));
  }
  /// log(sum exp(shifted)): the others keep their digits where the label's is the largest logit.
  TensorExpr logSum() const { return log1p(others + (exp(chosen) - 1.0)); }
  /// The weight of every element's class, and that of the label of every row.
  TensorExpr weightOfClass() const { return weights.broadcastTo(rows.exponential, last); }
  TensorExpr weightOfLabel() const { return weights.gather(labels, 0, /*batchDims=*/0); }
  /// lse - logits[label] is log(sum exp(shifted)) - shifted[label]: the shift is never added, in
  /// which large logits would be rounded.
  TensorExpr ofLabel() const { return logSum() - chosen; }
  /// The part of the loss that smoothing spreads over the classes, per row.
  TensorExpr spread() const {
    if (!weights)
      return smoothing * (logSum() - mean(rows.shifted, last));
    TensorExpr all = logSum() * weights.sum(0).splatTo(chosen);
    return (all - (weightOfClass() * rows.shifted).sum(last)) *
           (smoothing / countOf(rows.shifted, last)).splatTo(chosen);
  }
  /// The loss of every row.
  TensorExpr losses() const {
    TensorExpr result;
    if (smoothing != 1.0) {
      result = weights ? weightOfLabel() * ofLabel() : ofLabel();
      result = smoothing != 0.0 ? (1.0 - smoothing) * result + spread() : result;
    } else {
      result = spread();
    }
    return counted(result);
  }
  /// What the mean divides by, rank 0: the rows that count, or the weights of their labels.
  TensorExpr count() const {
    if (weights)
      return counted(weightOfLabel()).sum(allDims(labels));
    Type integer = labels.builder->getI64Type();
    return cast(cast(isCounted, integer).sum(allDims(labels)), others);
  }
};
} // namespace

Results CrossEntropyOp::decompose(OpBuilder &builder) {
  TensorExpr like(builder, getLoc(), getLogits());
  CrossEntropyRows rows(builder, *this, widened(like));
  TensorExpr losses = rows.losses();
  if (getReduction() != LossReduction::none)
    losses = losses.sum(allDims(losses));
  if (getReduction() == LossReduction::mean)
    losses = losses / rows.count();
  return SmallVector<Value>{cast(losses, like).value()};
}

/// dlogits = a (p - onehot) + u (p total - weight), a = dy (1 - s) weight[label], u = dy s /
/// classes. The label's p - 1 is minus the share of the others; `dy` is per row.
static TensorExpr slopeOfLogits(const CrossEntropyRows &rows, const TensorExpr &dy) {
  double smoothing = rows.smoothing;
  // All that is one number per row is computed there.
  TensorExpr pull = dy, uniform; // a + u total; u
  if (smoothing != 0.0)
    uniform = dy * (smoothing / countOf(rows.rows.shifted, rows.last)).splatTo(dy);
  if (rows.weights) {
    pull = dy * rows.weightOfLabel();
    if (smoothing != 0.0)
      pull = (1.0 - smoothing) * pull + uniform * rows.weights.sum(0).splatTo(dy);
  }
  TensorExpr scale = pull / (rows.others + exp(rows.chosen));
  TensorExpr onLabel = -scale * rows.others,
             elsewhere = rows.rows.exponential * rows.alongRow(scale);
  if (smoothing != 0.0 && rows.weights) {
    TensorExpr total = rows.weights.sum(0).splatTo(dy);
    onLabel = onLabel + uniform * (total - rows.weightOfLabel());
    elsewhere = elsewhere - rows.alongRow(uniform) * rows.weightOfClass();
  } else if (smoothing != 0.0) {
    onLabel = onLabel + (smoothing * dy - uniform);
    elsewhere = elsewhere - rows.alongRow(uniform);
  }
  return rows.counted(select(rows.isLabel, rows.alongRow(onLabel), elsewhere));
}

/// dweights = the sum over the rows of a onehot + u (lse - logits), a = dy (1 - s) (lse -
/// logits[label] - `less`), u = dy s / classes, where `less`, if there is one, is what the mean's
/// divisor takes, per row.
static TensorExpr slopeOfWeights(const CrossEntropyRows &rows, const TensorExpr &dy,
                                 const TensorExpr &less) {
  TensorExpr onLabel = (1.0 - rows.smoothing) * rows.ofLabel();
  if (less)
    onLabel = onLabel - less;
  TensorExpr slope = rows.alongRow(dy * onLabel);
  slope = select(rows.isLabel, slope, zeroLike(slope));
  if (rows.smoothing != 0.0) {
    TensorExpr uniform = dy * (rows.smoothing / countOf(rows.rows.shifted, rows.last)).splatTo(dy);
    slope = slope + rows.alongRow(uniform) * (rows.alongRow(rows.logSum()) - rows.rows.shifted);
  }
  slope = rows.counted(slope);
  return slope.sum(llvm::to_vector(llvm::seq<int64_t>(0, rows.last)));
}

LogicalResult CrossEntropyOp::buildVjp(VjpBuilder &vjp) {
  CrossEntropyRows rows(vjp.builder, *this, widened(vjp.operand(0)));
  TensorExpr dy = widened(vjp.cotangent()), less;
  if (getReduction() == LossReduction::mean) {
    TensorExpr count = rows.count();
    dy = dy / count;
    if (getWeights())
      less = (rows.losses().sum(allDims(rows.labels)) / count).splatTo(rows.labels);
  }
  if (dy.rank() != rows.labels.rank())
    dy = dy.splatTo(rows.labels);
  if (vjp.isActive(0))
    vjp.accumulate(0, cast(slopeOfLogits(rows, dy), vjp.operand(0)));
  if (getWeights() && vjp.isActive(2))
    vjp.accumulate(2, cast(slopeOfWeights(rows, dy, less), vjp.operand(2)));
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
