// Pools: reductions of what windows see.
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/Refusal.h"
#include "dialects/NN/Windows.h"
#include "dialects/NN/WindowsOfElements.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

namespace {
/// What the attributes and types of a pool say of its windows: with and without the padding that
/// rounding the number of positions up adds.
struct PoolGeometry {
  ImageLayout layout;
  WindowGrid given, grid;
};
} // namespace

/// The elements that the last window needs beyond the padding where the number of positions is
/// rounded up.
static int64_t overhang(const WindowGrid &grid, size_t dim, int64_t size) {
  int64_t whole = size + grid.low[dim] + grid.high[dim], length = grid.length(dim),
          stride = grid.strides[dim];
  int64_t last = llvm::divideCeil(std::max<int64_t>(whole - length, 0), stride);
  if (last * stride >= size + grid.low[dim]) // it would start behind x
    --last;
  return std::max<int64_t>(last * stride + length - whole, 0);
}

template <typename Adaptor>
static FailureOr<PoolGeometry> geometryOf(std::optional<Location> location, Adaptor op) {
  RankedTensorType x = tensorType(op.getX());
  FailureOr<ImageLayout> layout = ImageLayout::of(location, op.getLayoutAttr(), x, "nc");
  if (failed(layout))
    return failure();
  size_t rank = layout->spatial.size();
  WindowGrid grid;
  grid.sizes = perDimension(op.getWindow(), rank, 0); // refused where it is missing
  grid.strides = op.getStrides().empty() ? grid.sizes : perDimension(op.getStrides(), rank, 1);
  grid.dilation = perDimension(op.getDilation(), rank, 1);
  grid.inputDilation.assign(rank, 1);
  if (failed(setPadding(location, grid, op.getPadding(), op.getSame(), *layout, x)) ||
      failed(verifyGrid(location, grid, *layout, x)))
    return failure();
  for (size_t dim = 0; dim < rank; ++dim)
    for (int64_t padding : {grid.low[dim], grid.high[dim]})
      if (padding < 0 || 2 * padding > grid.sizes[dim]) // max_pool_c4
        return refuse(location, "", "expects padding of at least 0 and at most half a window, ",
                      grid.sizes[dim], ", but got ", padding);
  PoolGeometry geometry{*layout, grid, grid};
  for (auto [dim, letter] : llvm::enumerate(layout->spatial)) {
    int64_t size = x.getDimSize(layout->at(letter));
    if (!op.getCeil())
      continue;
    if (ShapedType::isDynamic(size)) // max_pool_c6
      return refuse(location, "",
                    "expects static spatial sizes where positions are rounded up, but got ", x);
    geometry.grid.high[dim] += overhang(grid, dim, size);
  }
  return geometry;
}

template <typename Adaptor>
static LogicalResult inferPool(std::optional<Location> location, Adaptor op,
                               SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, op.getX());
  if (failed(x))
    return failure();
  FailureOr<PoolGeometry> geometry = geometryOf(location, op);
  if (failed(geometry))
    return failure();
  SmallVector<int64_t> shape(x->getShape());
  for (auto [dim, letter] : llvm::enumerate(geometry->layout.spatial)) {
    int64_t &size = shape[geometry->layout.at(letter)];
    size = geometry->grid.positions(dim, size);
  }
  types.push_back(x->clone(shape));
  return success();
}

template <typename Op>
static AffineExpr poolDimension(Op op, unsigned dim, DimensionAnalysis &sizes) {
  PoolGeometry geometry = *geometryOf(std::nullopt, typename Op::Adaptor(op));
  AffineExpr size = sizes.dimension(op.getX(), dim);
  size_t place = geometry.layout.spatial.find(geometry.layout.word[dim]);
  return place == std::string::npos ? size : geometry.grid.positions(place, size);
}

namespace {
/// The windows of a pool.
class Pool {
public:
  template <typename Op>
  Pool(OpBuilder &builder, Op op)
      : Pool(TensorExpr(builder, op.getLoc(), op.getX()),
             *geometryOf(std::nullopt, typename Op::Adaptor(op))) {}

  std::string lastWord() const { return "n" + spatial + "c"; }
  /// What windows see of `input`, [n, positions, windows, c].
  Lettered seen(const Lettered &input, double padding) const {
    return seenByWindows(padded(input, spatial, grid, padding), spatial, grid);
  }
  Lettered channelsLast() const { return x.inOrder(lastWord()); }
  SmallVector<int64_t> windowDims(const Lettered &windows) const {
    return llvm::map_to_vector(windowLetters(spatial),
                               [&](char letter) { return windows.at(letter); });
  }
  /// A reduction of windows, in the layout of x.
  Lettered inLayout(const TensorExpr &reduced) const {
    return Lettered{reduced, lastWord()}.inOrder(x.dims);
  }
  /// How many elements each window has, that are in x or, unless they are left out, in its padding.
  TensorExpr counts(const TensorExpr &like, bool excludesPadding) const;

  /// Whether there is one window, of all elements of x and no others.
  bool isGlobal() const {
    return llvm::all_of(llvm::enumerate(spatial), [&](auto entry) {
      size_t dim = entry.index();
      return grid.sizes[dim] == x.size(entry.value()) && grid.low[dim] == 0 && grid.high[dim] == 0;
    });
  }

  Lettered x;
  std::string spatial;
  WindowGrid grid, given; ///< with and without what rounding up adds

private:
  Pool(const TensorExpr &x, const PoolGeometry &geometry)
      : x{x, geometry.layout.word}, spatial(geometry.layout.spatial), grid(geometry.grid),
        given(geometry.given) {}
};
} // namespace

TensorExpr Pool::counts(const TensorExpr &like, bool excludesPadding) const {
  bool isWhole = grid.high == given.high;
  for (size_t dim = 0; dim < grid.rank(); ++dim)
    isWhole &= !excludesPadding || (grid.low[dim] == 0 && grid.high[dim] == 0);
  int64_t all = 1;
  for (int64_t size : grid.sizes)
    all *= size;
  if (isWhole)
    return like.constant(static_cast<double>(all));
  Type element = like.element();
  Lettered ones = x.positions(spatial, spatial[0], IntegerType::get(element.getContext(), 64));
  ones = ones.with(ones.value.constant(1.0, element));
  WindowGrid rest = grid;
  if (!excludesPadding) { // ones in the padding too, but not in what rounding up adds
    ones = padded(ones, spatial, given, 1.0);
    for (size_t dim = 0; dim < grid.rank(); ++dim) {
      rest.low[dim] = 0;
      rest.high[dim] = grid.high[dim] - given.high[dim];
    }
  }
  Lettered windows = seenByWindows(padded(ones, spatial, rest, 0.0), spatial, grid);
  Lettered sums{windows.value.sum(windowDims(windows)), spatial};
  return sums.broadcastTo({like, lastWord()});
}

/// The smallest number of a dtype.
static double lowest(Type element) {
  if (isa<FloatType>(element))
    return -std::numeric_limits<double>::infinity();
  return -std::ldexp(1.0, static_cast<int>(element.getIntOrFloatBitWidth()) - 1);
}

//===- nn.max_pool ----------------------------------------------------------===//

LogicalResult MaxPoolOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                          Adaptor op, SmallVectorImpl<Type> &types) {
  return inferPool(location, op, types);
}
AffineExpr MaxPoolOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return poolDimension(*this, dim, sizes);
}
Results MaxPoolOp::decompose(OpBuilder &builder) {
  Pool pool(builder, *this);
  if (pool.isGlobal()) { // a reduction of x where it is
    SmallVector<int64_t> dims =
        llvm::map_to_vector(pool.spatial, [&](char letter) { return pool.x.at(letter); });
    TensorExpr largest = pool.x.value.reduce(Reduction::max, dims);
    return SmallVector<Value>{reshaped(largest, tensorType(getResult()).getShape()).value()};
  }
  Lettered windows = pool.seen(pool.channelsLast(), lowest(getType().getElementType()));
  TensorExpr largest = windows.value.reduce(Reduction::max, pool.windowDims(windows));
  return SmallVector<Value>{pool.inLayout(largest).value.value()};
}

/// dy goes to the first of the largest elements of a window.
LogicalResult MaxPoolOp::buildVjp(VjpBuilder &vjp) {
  Pool pool(vjp.builder, *this);
  Lettered input = pool.channelsLast();
  Lettered windows = pool.seen(input, lowest(getType().getElementType()));
  SmallVector<int64_t> dims = pool.windowDims(windows);
  TensorExpr position =
      cast(windows.value.with(ArgMaxOp::create(vjp.builder, getLoc(), windows.value.value(), dims)),
           vjp.builder.getI32Type());
  Lettered dy = Lettered{vjp.cotangent(), pool.x.dims}.inOrder(pool.lastWord());
  if (WindowsOfElements::areKnown(input, pool.spatial, pool.grid)) {
    WindowsOfElements around(input, pool.spatial, pool.grid);
    Lettered given = around.of(dy, 0.0), chosen = around.of({position, pool.lastWord()}, -1.0);
    TensorExpr mine =
        select(around.places(chosen) == chosen.value, given.value, zeroLike(given.value));
    vjp.accumulate(0, around.sum(given.with(mine)).inOrder(pool.x.dims).value);
    return success();
  }
  // Where each element of a window is, counted as the position is.
  TensorExpr place;
  int64_t step = 1;
  for (size_t dim = dims.size(); dim-- > 0;) {
    TensorExpr along = windows.value.positions(dims[dim], vjp.builder.getI32Type());
    along = along * along.integerConstant(step);
    place = place ? place + along : along;
    step *= pool.grid.sizes[dim];
  }
  TensorExpr given = dy.value.broadcastAlong(dims, windows.value);
  TensorExpr mine = select(place == position.broadcastAlong(dims, place), given, zeroLike(given));
  Lettered dx = summedOverWindows(mine, input, pool.spatial, pool.grid);
  vjp.accumulate(0, dx.inOrder(pool.x.dims).value);
  return success();
}

//===- nn.avg_pool, nn.lp_pool ----------------------------------------------===//

LogicalResult AvgPoolOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                          Adaptor op, SmallVectorImpl<Type> &types) {
  return inferPool(location, op, types);
}
AffineExpr AvgPoolOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return poolDimension(*this, dim, sizes);
}
Results AvgPoolOp::decompose(OpBuilder &builder) {
  Pool pool(builder, *this);
  Lettered input = pool.channelsLast();
  Lettered windows = pool.seen(input.with(widened(input.value)), 0.0);
  TensorExpr sum = windows.value.sum(pool.windowDims(windows));
  TensorExpr mean = sum / pool.counts(sum, getExcludePadding());
  return SmallVector<Value>{pool.inLayout(cast(mean, input.value)).value.value()};
}

/// Each element takes its share of the windows that see it.
LogicalResult AvgPoolOp::buildVjp(VjpBuilder &vjp) {
  Pool pool(vjp.builder, *this);
  Lettered input = pool.channelsLast(),
           dy = Lettered{widened(vjp.cotangent()), pool.x.dims}.inOrder(pool.lastWord());
  Lettered share = dy.with(dy.value / pool.counts(dy.value, getExcludePadding())), dx;
  if (WindowsOfElements::areKnown(input, pool.spatial, pool.grid)) {
    WindowsOfElements around(input, pool.spatial, pool.grid);
    Lettered given = around.of(share, 0.0);
    TensorExpr place = around.places(given),
               mine = select(place >= place.integerConstant(0), given.value, zeroLike(given.value));
    dx = around.sum(given.with(mine));
  } else {
    Lettered windows = pool.seen(input.with(widened(input.value)), 0.0);
    TensorExpr all = share.value.broadcastAlong(pool.windowDims(windows), windows.value);
    dx = summedOverWindows(all, input, pool.spatial, pool.grid);
  }
  vjp.accumulate(0, cast(dx.inOrder(pool.x.dims).value, pool.x.value));
  return success();
}

LogicalResult LpPoolOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                         Adaptor op, SmallVectorImpl<Type> &types) {
  if (double norm = op.getNorm().convertToDouble(); !(norm > 0) || std::isinf(norm)) // lp_pool_c7
    return refuse(location, "", "expects a norm that is positive and finite, but got ", norm);
  return inferPool(location, op, types);
}
AffineExpr LpPoolOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return poolDimension(*this, dim, sizes);
}
Results LpPoolOp::decompose(OpBuilder &builder) {
  Pool pool(builder, *this);
  double norm = getNorm().convertToDouble();
  TensorExpr input = widened(pool.channelsLast().value);
  bool isEven = norm == 2.0;
  TensorExpr powers = isEven ? input * input : pow(abs(input), input.constant(norm));
  Lettered windows = pool.seen({powers, pool.lastWord()}, 0.0);
  TensorExpr sum = windows.value.sum(pool.windowDims(windows));
  TensorExpr root = isEven ? sqrt(sum) : pow(sum, sum.constant(1.0 / norm));
  return SmallVector<Value>{pool.inLayout(cast(root, getType().getElementType())).value.value()};
}

} // namespace mlc::nn
