// Adaptive pools: as many windows as said, whose ends follow from the sizes.
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/ImageLayout.h"
#include "dialects/NN/Refusal.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

//===- Sizes ----------------------------------------------------------------===//

namespace {
/// The windows along a spatial dimension: window i of `to` has the elements from floor(i from / to)
/// up to ceil((i + 1) from / to).
struct AdaptiveDim {
  int64_t dim, from, to; ///< `from` is dynamic where it is not known; then `to` is 1

  bool isFree() const { return ShapedType::isDynamic(from); }
  bool isEven() const { return to == 1 || from % to == 0; }
  /// The elements of the shortest window, which is the first one.
  int64_t shortest() const { return llvm::divideCeil(from, to); }
  /// Of the longest. Where window i starts at (i from) mod to = to - g behind an element, g the
  /// common divisor, it ends past one more unless from mod to is g, or 0.
  int64_t longest() const {
    return shortest() + (!isEven() && from % to > std::gcd(from, to) ? 1 : 0);
  }
};
} // namespace

constexpr int64_t kMostAlong = int64_t(1) << 30; // products of two stay far below 2^63

template <typename Adaptor>
static FailureOr<SmallVector<AdaptiveDim>> dimsOf(std::optional<Location> location, Adaptor op) {
  RankedTensorType x = tensorType(op.getX());
  ArrayRef<int64_t> sizes = op.getSizes();
  FailureOr<ImageLayout> layout = ImageLayout::of(location, op.getLayoutAttr(), x, "nc");
  if (failed(layout) || failed(verifyForSpatialDims(location, "sizes", sizes.size(), *layout)) ||
      failed(verifyNotEmpty(location, x, *layout))) // adaptive_max_pool_c3, adaptive_max_pool_c5
    return failure();
  SmallVector<AdaptiveDim> dims;
  for (auto [dim, to] : llvm::zip_equal(layout->spatialDims(), forSpatialDims(sizes, *layout))) {
    AdaptiveDim windows{dim, x.getDimSize(dim), to};
    if (to < 1 || to > kMostAlong) // adaptive_max_pool_c4
      return refuse(location, "", "expects sizes of at least 1 and at most 2^30, but got [", sizes,
                    "]");
    if (windows.from > kMostAlong) // adaptive_max_pool_c4
      return refuse(location, "", "expects spatial sizes of at most 2^30, but got ", x);
    if (windows.isFree() && to != 1) // adaptive_max_pool_c6
      return refuse(location, "a static size, or sizes = 1 there",
                    "not supported yet: adaptive pools to more than one element along a dimension "
                    "of free size, such as ",
                    to, " along dimension ", dim, " of ", x);
    dims.push_back(windows);
  }
  return dims;
}

template <typename Adaptor>
static LogicalResult inferAdaptive(std::optional<Location> location, Adaptor op,
                                   SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, op.getX());
  if (failed(x))
    return failure();
  FailureOr<SmallVector<AdaptiveDim>> dims = dimsOf(location, op);
  if (failed(dims))
    return failure();
  SmallVector<int64_t> shape(x->getShape());
  for (const AdaptiveDim &windows : *dims)
    shape[windows.dim] = windows.to;
  types.push_back(x->clone(shape));
  return success();
}

template <typename Op> static SmallVector<AdaptiveDim> dimsOf(Op op) {
  return *dimsOf(std::nullopt, typename Op::Adaptor(op));
}

template <typename Op>
static AffineExpr adaptiveDimension(Op op, unsigned dim, DimensionAnalysis &sizes) {
  for (const AdaptiveDim &windows : dimsOf(op))
    if (windows.dim == dim)
      return sizes.constant(windows.to);
  return sizes.dimension(op.getX(), dim);
}

//===- Windows --------------------------------------------------------------===//

/// The position along `dim` in a tensor of `shape`.
static TensorExpr positions(const TensorExpr &x, ArrayRef<int64_t> shape, int64_t dim) {
  auto type = RankedTensorType::get(shape, x.builder->getI64Type());
  return x.with(IotaOp::create(*x.builder, *x.location, type, ValueRange(), dim));
}

/// Where windows begin, and the element after their last: at every position of i64 `window`, which
/// counts them.
static TensorExpr beginOf(const TensorExpr &window, const AdaptiveDim &windows) {
  return window * window.integerConstant(windows.from) / window.integerConstant(windows.to);
}
static TensorExpr endOf(const TensorExpr &window, const AdaptiveDim &windows) {
  TensorExpr next = (window + window.integerConstant(1)) * window.integerConstant(windows.from);
  return (next + window.integerConstant(windows.to - 1)) / window.integerConstant(windows.to);
}

namespace {
/// What the windows see along an uneven dimension.
struct Seen {
  Seen(const TensorExpr &x, const AdaptiveDim &windows) {
    int64_t shape[] = {windows.to, windows.longest()};
    TensorExpr window = positions(x, shape, 0),
               element = beginOf(window, windows) + positions(x, shape, 1);
    if (windows.shortest() < windows.longest()) {
      TensorExpr end = endOf(window, windows);
      isThere = element < end;
      element = min(element, end - end.integerConstant(1));
    }
    value = x.gather(element, windows.dim, 0);
  }
  TensorExpr value;   ///< [windows, longest] there; a shorter window has its last element twice
  TensorExpr isThere; ///< which are not such; nothing where all windows are as long
};
} // namespace

/// What was reduced along dimensions of x, with ones there.
static TensorExpr withOnes(const TensorExpr &reduced, const TensorExpr &x, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> shape(x.type().getShape());
  for (int64_t dim : dims)
    shape[dim] = 1;
  return reshaped(reduced, shape);
}
/// x copied along the dimensions of a tensor of these sizes that are not among `dims`, its own.
static TensorExpr broadcastTo(const TensorExpr &x, ArrayRef<OpFoldResult> sizes,
                              ArrayRef<int64_t> dims) {
  SmallVector<int64_t> shape;
  SmallVector<Value> dynamic;
  dispatchIndexOpFoldResults(sizes, dynamic, shape);
  auto type = RankedTensorType::get(shape, x.element());
  return x.with(BroadcastOp::create(*x.builder, *x.location, type, x.value(), dynamic, dims));
}
//===- nn.adaptive_max_pool -------------------------------------------------===//

LogicalResult AdaptiveMaxPoolOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                                  Adaptor op, SmallVectorImpl<Type> &types) {
  return inferAdaptive(location, op, types);
}
AffineExpr AdaptiveMaxPoolOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return adaptiveDimension(*this, dim, sizes);
}

/// nn.max_pool along dimensions of known sizes. Elements that stand twice in a window stand behind
/// themselves, so that the first of the largest is the same.
static TensorExpr largestAlong(TensorExpr x, ArrayRef<AdaptiveDim> dims, AdaptiveMaxPoolOp op) {
  FailureOr<ImageLayout> layout =
      ImageLayout::of(std::nullopt, op.getLayoutAttr(), tensorType(op.getX()), "nc");
  SmallVector<int64_t> spatial = layout->spatialDims(), window(spatial.size(), 1);
  for (const AdaptiveDim &windows : dims) {
    if (!windows.isEven())
      x = mergeDims(Seen(x, windows).value, windows.dim, windows.dim + 2);
    window[llvm::find(spatial, windows.dim) - spatial.begin()] = windows.longest();
  }
  if (llvm::all_of(window, [](int64_t size) { return size == 1; }))
    return x;
  return x.with(MaxPoolOp::create(*x.builder, *x.location, x.value(), window, window,
                                  ArrayRef<int64_t>(), /*same=*/false, ArrayRef<int64_t>(),
                                  /*ceil=*/false, op.getLayoutAttr()));
}

Results AdaptiveMaxPoolOp::decompose(OpBuilder &builder) {
  SmallVector<AdaptiveDim> dims = dimsOf(*this);
  TensorExpr x(builder, getLoc(), getX());
  if (llvm::none_of(dims, [](const AdaptiveDim &windows) { return windows.isFree(); }))
    return SmallVector<Value>{largestAlong(x, dims, *this).value()};
  // The last one first, so that the first of the largest is the first of all dimensions.
  for (const AdaptiveDim &windows : llvm::reverse(dims)) {
    if (!windows.isFree()) {
      x = largestAlong(x, windows, *this);
      continue;
    }
    auto largest = MaxWithPositionOp::create(builder, getLoc(), x.value(), windows.dim);
    x = withOnes(x.with(largest.getValue()), x, windows.dim);
  }
  return SmallVector<Value>{x.value()};
}

//===- nn.adaptive_avg_pool -------------------------------------------------===//

LogicalResult AdaptiveAvgPoolOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                                  Adaptor op, SmallVectorImpl<Type> &types) {
  return inferAdaptive(location, op, types);
}
AffineExpr AdaptiveAvgPoolOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return adaptiveDimension(*this, dim, sizes);
}

/// The sums over the windows along a dimension.
static TensorExpr summed(const TensorExpr &x, const AdaptiveDim &windows) {
  int64_t dim = windows.dim, length = windows.longest(), pair[] = {dim, dim + 1};
  if (windows.from == windows.to)
    return x;
  if (windows.isEven()) {
    SmallVector<int64_t> shape(x.type().getShape());
    shape[dim] = windows.to;
    shape.insert(shape.begin() + dim + 1, length);
    return reshaped(x, shape).sum({dim + 1});
  }
  if (length == 1)
    return repeated(x, dim, windows.to / windows.from);
  Seen seen(x, windows);
  if (!seen.isThere)
    return seen.value.sum({dim + 1});
  TensorExpr isThere = seen.isThere.broadcastTo(seen.value, pair);
  return select(isThere, seen.value, zeroLike(seen.value)).sum({dim + 1});
}

namespace {
/// Sums over windows, and what they are divided by.
class AdaptiveMean {
public:
  AdaptiveMean(OpBuilder &builder, AdaptiveAvgPoolOp op)
      : dims(dimsOf(op)), x(widened(TensorExpr(builder, op.getLoc(), op.getX()))) {
    for (const AdaptiveDim &windows : dims)
      if (windows.to == 1)
        whole.push_back(windows.dim);
  }

  /// Whether the windows are those of a plain pool, and several.
  bool isPlain() const {
    return whole.size() < dims.size() &&
           llvm::all_of(
               dims,
               [](const AdaptiveDim &windows) { return !windows.isFree() && windows.isEven(); });
  }
  SmallVector<int64_t> lengths() const {
    return llvm::map_to_vector(dims, [](const AdaptiveDim &windows) { return windows.longest(); });
  }

  TensorExpr build() const {
    refuseEmpty(x, whole);
    TensorExpr sum = withOnes(x.sum(whole), x, whole);
    for (const AdaptiveDim &windows : dims)
      if (windows.to != 1)
        sum = summed(sum, windows);
    return sum / counts(sum);
  }
  /// What a cotangent of the mean is to x: element j is in the windows from floor(j to / from) up
  /// to ceil((j + 1) to / from).
  TensorExpr buildTransposed(const TensorExpr &cotangent) const {
    TensorExpr dy = widened(cotangent);
    dy = dy / counts(dy);
    for (const AdaptiveDim &windows : dims)
      if (windows.to != 1)
        dy = summed(dy, {windows.dim, windows.to, windows.from});
    return alongWhole(dy);
  }

private:
  /// How many elements the windows have, at the positions of `like`.
  TensorExpr counts(const TensorExpr &like) const {
    double known = 1;
    SmallVector<int64_t> free;
    SmallVector<TensorExpr> factors;
    for (const AdaptiveDim &windows : dims) {
      if (windows.isFree()) {
        free.push_back(windows.dim);
      } else if (windows.shortest() == windows.longest()) {
        known *= static_cast<double>(windows.longest());
      } else {
        TensorExpr window = positions(like, windows.to, 0),
                   length = endOf(window, windows) - beginOf(window, windows);
        factors.push_back(cast(length, like).broadcastTo(like, windows.dim));
      }
    }
    if (!free.empty())
      factors.push_back(countOf(x, free).splatTo(like));
    TensorExpr total = like.constant(known);
    for (const TensorExpr &factor : factors)
      total = total * factor;
    return total;
  }

  /// Copies along the dimensions whose window is all of x.
  TensorExpr alongWhole(const TensorExpr &dy) const {
    SmallVector<OpFoldResult> sizes = dy.sizes();
    SmallVector<int64_t> kept, keptShape;
    for (int64_t dim = 0; dim < dy.rank(); ++dim) {
      if (llvm::is_contained(whole, dim)) {
        sizes[dim] = x.size(dim);
        continue;
      }
      kept.push_back(dim);
      keptShape.push_back(dy.type().getDimSize(dim));
    }
    if (whole.empty())
      return dy;
    return broadcastTo(reshaped(dy, keptShape), sizes, kept);
  }

  SmallVector<AdaptiveDim> dims;
  SmallVector<int64_t> whole; ///< the dimensions with one window
  TensorExpr x;               ///< 16-bit floats in f32
};
} // namespace

Results AdaptiveAvgPoolOp::decompose(OpBuilder &builder) {
  AdaptiveMean mean(builder, *this);
  if (!mean.isPlain())
    return SmallVector<Value>{cast(mean.build(), getType().getElementType()).value()};
  SmallVector<int64_t> window = mean.lengths();
  return SmallVector<Value>{AvgPoolOp::create(
      builder, getLoc(), getX(), window, window, ArrayRef<int64_t>(), /*same=*/false,
      ArrayRef<int64_t>(), /*ceil=*/false, /*excludePadding=*/false, getLayoutAttr())};
}

LogicalResult AdaptiveAvgPoolOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr dx = AdaptiveMean(vjp.builder, *this).buildTransposed(vjp.cotangent());
  vjp.accumulate(0, cast(dx, vjp.operand(0)));
  return success();
}

} // namespace mlc::nn
