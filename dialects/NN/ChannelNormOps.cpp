// Norms of [N, C, ...], whose second dimension are the channels unless a layout says another.
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/NormalizedRows.h"
#include "dialects/NN/Refusal.h"
#include <cfloat>

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

//===- Numbers without their mean over their deviation ----------------------===//

NormalizedRows::NormalizedRows(const TensorExpr &x, ArrayRef<int64_t> along, double epsilon)
    : dims(along) {
  about = mean(x, dims);
  distance = x - about.broadcastAlong(dims, x);
  remainder = mean(distance, dims);
  // Where squares overflow, the variance is infinite and h is 0.
  double most = x.element().isF64() ? DBL_MAX : FLT_MAX;
  TensorExpr excess = min(remainder * remainder, remainder.constant(most));
  TensorExpr difference = mean(distance * distance, dims) - excess;
  variance = max(difference, zeroLike(difference));
  inverseDeviation = rsqrt(variance + epsilon);
  normalized = distance * inverseDeviation.broadcastAlong(dims, x) +
               (-remainder * inverseDeviation).broadcastAlong(dims, x);
}

TensorExpr NormalizedRows::cotangent(const TensorExpr &u) const {
  // mean(u h), summed without the deviation: in the pass that finds it.
  TensorExpr meanU = mean(u, dims);
  TensorExpr along = inverseDeviation * (mean(u * distance, dims) - remainder * meanU);
  return inverseDeviation.broadcastAlong(dims, u) *
         (u - meanU.broadcastAlong(dims, u) - normalized * along.broadcastAlong(dims, u));
}

LogicalResult verifyEpsilon(Operation *op, FloatAttr epsilon, RankedTensorType x) {
  if (!(epsilon.getValueAsDouble() >= 0.0)) // layer_norm_c4, rms_norm_c4, group_norm_c4, ...
    return op->emitOpError("expects epsilon of at least 0, but got ") << epsilon;
  return verifyFits(op, "epsilon", computedElement(x), epsilon); // layer_norm_c5, ...
}

//===- What the norms of channels share -------------------------------------===//

/// Every dimension but the channels.
static SmallVector<int64_t> allButChannels(const TensorExpr &x, int64_t channelDim = 1) {
  return complement({channelDim}, x.rank());
}

/// Checks x, and a tensor of one number per channel.
static LogicalResult verifyChannels(Operation *op, RankedTensorType x, StringRef name, Value value,
                                    Type element, int64_t channelDim = 1) {
  if (x.getRank() < 2) // group_norm_c1, instance_norm_c1, batch_norm_c1
    return op->emitOpError("expects x of at least two dimensions, [N, C, ...], but got ") << x;
  RankedTensorType type = tensorType(value);
  int64_t channels = x.getDimSize(channelDim);
  if (type.getRank() == 1 && areCompatible(type.getDimSize(0), channels) &&
      type.getElementType() == element)
    return success();
  InFlightDiagnostic diagnostic = // group_norm_c2, group_norm_c3, ..., batch_norm_c6
      op->emitOpError("expects ") << name << " with one " << element << " per channel, dimension "
                                  << channelDim << " of x, but got " << type << " for x of " << x;
  diagnostic.attachNote() << "declare the " << name << " as "
                          << RankedTensorType::get({channels}, element);
  return diagnostic;
}

/// x scaled and shifted by channel, in the dtype of `like`.
static Value byChannel(const TensorExpr &x, Value scale, Value bias, const TensorExpr &like,
                       int64_t channelDim = 1) {
  SmallVector<int64_t> dims = allButChannels(x, channelDim);
  TensorExpr scales = widened(x.with(scale)), biases = widened(x.with(bias));
  return cast(x * scales.broadcastAlong(dims, x) + biases.broadcastAlong(dims, x), like).value();
}

/// Rows along the last dimension as nn.layer_norm normalizes them, which has a derivative of its
/// own.
static TensorExpr normalizedRows(const TensorExpr &x, FloatAttr epsilon) {
  int64_t last = x.rank() - 1;
  auto type = RankedTensorType::get({x.type().getDimSize(last)}, x.element());
  SmallVector<Value> size;
  if (auto value = dyn_cast<Value>(x.sizes()[last]))
    size.push_back(value);
  auto row = [&](double number) {
    return BroadcastOp::create(*x.builder, *x.location, type, x.scalar(number).value(), size,
                               ArrayRef<int64_t>());
  };
  return x.with(
      LayerNormOp::create(*x.builder, *x.location, x.value(), row(1.0), row(0.0), epsilon));
}

//===- group_norm, instance_norm --------------------------------------------===//

LogicalResult GroupNormOp::verify() {
  RankedTensorType x = tensorType(getX());
  if (failed(verifyChannels(*this, x, "scale", getScale(), x.getElementType())) ||
      failed(verifyEpsilon(*this, getEpsilonAttr(), x)))
    return failure();
  auto groups = static_cast<int64_t>(getGroups());
  if (x.isDynamicDim(1) || groups < 1 || x.getDimSize(1) % groups != 0) // group_norm_c6
    return emitOpError("expects groups of equally many channels, dimension 1 of x, but got ")
           << groups << " groups for x of " << x;
  return success();
}
Results GroupNormOp::decompose(OpBuilder &builder) {
  TensorExpr narrow(builder, getLoc(), getX()), x = widened(narrow);
  SmallVector<OpFoldResult> sizes = x.sizes();
  auto groups = static_cast<int64_t>(getGroups());
  SmallVector<int64_t> shape(x.type().getShape());
  shape[1] /= groups;
  shape.insert(shape.begin() + 1, groups);
  TensorExpr split = reshaped(x, shape);
  TensorExpr rows = normalizedRows(mergeDims(split, 2, split.rank()), getEpsilonAttr());
  return SmallVector<Value>{byChannel(rows.reshapeLike(x), getScale(), getBias(), narrow)};
}

LogicalResult InstanceNormOp::verify() {
  RankedTensorType x = tensorType(getX());
  if (failed(verifyChannels(*this, x, "scale", getScale(), x.getElementType())))
    return failure();
  return verifyEpsilon(*this, getEpsilonAttr(), x);
}
Results InstanceNormOp::decompose(OpBuilder &builder) {
  TensorExpr narrow(builder, getLoc(), getX()), x = widened(narrow);
  TensorExpr rows = normalizedRows(mergeDims(x, 2, x.rank()), getEpsilonAttr());
  return SmallVector<Value>{byChannel(rows.reshapeLike(x), getScale(), getBias(), narrow)};
}

//===- batch_norm -----------------------------------------------------------===//

LogicalResult BatchNormOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  types.append(
      {adaptor.getX().getType(), adaptor.getMean().getType(), adaptor.getVariance().getType()});
  return success();
}
AffineExpr BatchNormOp::resultDimension(unsigned result, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(result == 0 ? getX() : getMean(), dim);
}
int64_t BatchNormOp::channelDim() {
  return getLayout() ? static_cast<int64_t>(getLayout()->find('c')) : 1;
}
LogicalResult BatchNormOp::verify() {
  RankedTensorType x = tensorType(getX());
  if (std::optional<StringRef> layout = getLayout()) {
    auto isOnce = [&](char letter) {
      return letter >= 'a' && letter <= 'z' && layout->count(letter) == 1;
    };
    if (static_cast<int64_t>(layout->size()) != x.getRank() || !layout->contains('c') ||
        !llvm::all_of(*layout, isOnce)) // batch_norm_c8
      return emitOpError("expects a layout such as \"nhwc\", a letter for each dimension of ")
             << x << ", none twice and c the channels, but got \"" << *layout << "\"";
  }
  if (failed(verifyChannels(*this, x, "scale", getScale(), x.getElementType(), channelDim())) ||
      failed(verifyChannels(*this, x, "mean", getMean(), computedElement(x), channelDim())) ||
      failed(verifyEpsilon(*this, getEpsilonAttr(), x)))
    return failure();
  double momentum = getMomentum().convertToDouble();
  if (momentum >= 0.0 && momentum <= 1.0) // batch_norm_c7
    return success();
  return emitOpError("expects momentum from 0 to 1, the share of the batch in the running "
                     "statistics, but got ")
         << getMomentumAttr();
}

namespace {
/// What both directions of a batch_norm are built of.
struct BatchNorm {
  BatchNorm(OpBuilder &builder, BatchNormOp op)
      : narrow(builder, op.getLoc(), op.getX()), x(widened(narrow)),
        dims(allButChannels(x, op.channelDim())), mean(narrow.with(op.getMean())),
        variance(narrow.with(op.getVariance())), momentum(op.getMomentum().convertToDouble()),
        epsilon(op.getEpsilon().convertToDouble()) {}

  /// n / max(n - 1, 1), by which the variance of a sample is larger, rank 0.
  TensorExpr correction() const {
    TensorExpr count = countOf(x, dims);
    return count / max(count - 1.0, count.constant(1.0));
  }

  TensorExpr narrow, x;
  SmallVector<int64_t> dims;
  TensorExpr mean, variance; ///< running
  double momentum, epsilon;
};
} // namespace

void BatchNormOp::enterTraining(function_ref<RandomKey()>) { setTraining(true); }
Results BatchNormOp::decompose(OpBuilder &builder) {
  BatchNorm norm(builder, *this);
  const TensorExpr &x = norm.x, &narrow = norm.narrow;
  if (!getTraining()) {
    // Two numbers a channel, as PyTorch has them: one multiply-add an element.
    TensorExpr scale = widened(narrow.with(getScale())) * rsqrt(norm.variance + norm.epsilon),
               bias = widened(narrow.with(getBias())) - norm.mean * scale;
    return SmallVector<Value>{byChannel(x, scale.value(), bias.value(), narrow, channelDim()),
                              getMean(), getVariance()};
  }
  NormalizedRows rows(x, norm.dims, norm.epsilon);
  TensorExpr sample = rows.variance * norm.correction().splatTo(rows.variance);
  auto running = [&](const TensorExpr &before, const TensorExpr &now) {
    return (before * (1.0 - norm.momentum) + now * norm.momentum).value();
  };
  return SmallVector<Value>{byChannel(rows.normalized, getScale(), getBias(), narrow, channelDim()),
                            running(norm.mean, rows.about + rows.remainder),
                            running(norm.variance, sample)};
}

LogicalResult BatchNormOp::buildVjp(VjpBuilder &vjp) {
  BatchNorm norm(vjp.builder, *this);
  const TensorExpr &x = norm.x;
  SmallVector<int64_t> &dims = norm.dims;
  TensorExpr dy = widened(vjp.cotangent()), scale = widened(vjp.operand(1)),
             dMean = vjp.cotangent(1), dVariance = vjp.cotangent(2);
  TensorExpr u = dy * scale.broadcastAlong(dims, x), normalized, dx;
  if (getTraining()) {
    NormalizedRows rows(x, dims, norm.epsilon);
    normalized = rows.normalized;
    dx = rows.cotangent(u);
    TensorExpr count = countOf(x, dims).splatTo(dMean),
               share = norm.correction().splatTo(dMean) * (2.0 * norm.momentum) / count;
    TensorExpr centred = rows.distance - rows.remainder.broadcastAlong(dims, x);
    if (vjp.hasCotangent(1))
      dx = dx + (dMean * norm.momentum / count).broadcastAlong(dims, x);
    if (vjp.hasCotangent(2))
      dx = dx + (dVariance * share).broadcastAlong(dims, x) * centred;
    dMean = dMean * (1.0 - norm.momentum);
    dVariance = dVariance * (1.0 - norm.momentum);
  } else {
    TensorExpr inverse = rsqrt(norm.variance + norm.epsilon);
    normalized = (x - norm.mean.broadcastAlong(dims, x)) * inverse.broadcastAlong(dims, x);
    dx = u * inverse.broadcastAlong(dims, x);
    dMean = dMean - dx.sum(dims);
    dVariance = dVariance - 0.5 * inverse * inverse * (u * normalized).sum(dims);
  }
  TensorExpr cotangents[] = {dx, (dy * normalized).sum(dims), dy.sum(dims), dMean, dVariance};
  for (auto [operand, cotangent] : llvm::enumerate(cotangents))
    if (vjp.isActive(operand))
      vjp.accumulate(operand, cast(cotangent, vjp.operand(operand)));
  return success();
}

//===- local_response_norm --------------------------------------------------===//

LogicalResult LocalResponseNormOp::verify() {
  RankedTensorType x = tensorType(getX());
  if (x.getRank() < 2) // local_response_norm_c1
    return emitOpError("expects x of at least two dimensions, [N, C, ...], but got ") << x;
  auto size = static_cast<int64_t>(getSize());
  if (size < 1 || size > 64) // local_response_norm_c2
    return emitOpError("expects a size from 1 to 64, but got ") << size;
  for (auto [name, number] :
       {std::pair("alpha", getAlphaAttr()), {"beta", getBetaAttr()}, {"k", getKAttr()}}) {
    if (!number.getValue().isFinite()) // local_response_norm_c3
      return emitOpError("expects a finite ") << name << ", but got " << number;
    if (failed(verifyFits(*this, name, computedElement(x), number))) // local_response_norm_c4
      return failure();
  }
  return success();
}

namespace {
/// What both directions of a local_response_norm are built of.
struct ResponseNorm {
  ResponseNorm(OpBuilder &builder, LocalResponseNormOp op)
      : narrow(builder, op.getLoc(), op.getX()), x(widened(narrow)),
        size(static_cast<int64_t>(op.getSize())), alpha(op.getAlpha().convertToDouble()),
        beta(op.getBeta().convertToDouble()) {
    TensorExpr squares = windowSum(x * x, size / 2);
    scale = squares * (alpha / static_cast<double>(size)) + op.getK().convertToDouble();
  }

  /// The sum over `size` channels, of which `before` come before the one at which it stands.
  TensorExpr windowSum(const TensorExpr &each, int64_t before) const {
    SmallVector<int64_t> low(each.rank(), 0), high = low, none = low, ones(each.rank(), 1);
    low[1] = before;
    high[1] = size - 1 - before;
    TensorExpr padded = each.pad(0.0, low, high, none), total;
    SmallVector<OpFoldResult> offsets(each.rank(), each.builder->getIndexAttr(0));
    for (int64_t channel = 0; channel < size; ++channel) {
      offsets[1] = each.builder->getIndexAttr(channel);
      TensorExpr next = padded.slice(offsets, each.sizes(), ones);
      total = total ? total + next : next;
    }
    return total;
  }
  TensorExpr scaleTo(double power) const { return pow(scale, scale.constant(power)); }

  TensorExpr narrow, x, scale;
  int64_t size;
  double alpha, beta;
};
} // namespace

Results LocalResponseNormOp::decompose(OpBuilder &builder) {
  ResponseNorm norm(builder, *this);
  return SmallVector<Value>{cast(norm.x * norm.scaleTo(-norm.beta), norm.narrow).value()};
}

LogicalResult LocalResponseNormOp::buildVjp(VjpBuilder &vjp) {
  ResponseNorm norm(vjp.builder, *this);
  TensorExpr dy = widened(vjp.cotangent());
  // The channels in whose window a channel is lie the other way round.
  TensorExpr seen =
      norm.windowSum(dy * norm.x * norm.scaleTo(-norm.beta - 1.0), norm.size - 1 - norm.size / 2);
  double factor = 2.0 * norm.alpha * norm.beta / static_cast<double>(norm.size);
  TensorExpr dx = dy * norm.scaleTo(-norm.beta) - norm.x * seen * factor;
  vjp.accumulate(0, cast(dx, norm.narrow));
  return success();
}

} // namespace mlc::nn
