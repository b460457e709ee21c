// grid_sample and roi_align: elements around positions that data say.
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/ImageLayout.h"
#include "dialects/NN/Lettered.h"
#include "dialects/NN/Refusal.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

//===- What both share ------------------------------------------------------===//

namespace {
/// A dimension of an image, and how many elements it has: rank 0, as a float of the dtype in which
/// positions are computed.
struct Axis {
  const TensorExpr *image;
  int64_t dim;
  Type element;

  TensorExpr last(const TensorExpr &like) const { return size(like) - 1.0; }
  TensorExpr size(const TensorExpr &like) const {
    TensorExpr count = image->count({dim}, like.builder->getI64Type());
    return cast(count, element).splatTo(like);
  }
};

/// Elements along an axis, as whole numbers in floats, with what they weigh (1 where that is not
/// said) and where they do not count (nowhere where that is not said).
struct Neighbour {
  TensorExpr element, weight, isOutside;
};
using Neighbours = SmallVector<Neighbour>;

/// A position beyond the ends at the nearest end, where it does not move with what it was.
TensorExpr clipped(const TensorExpr &position, const Axis &axis) {
  TensorExpr last = axis.last(position), zero = zeroLike(position);
  return select(position <= zero, zero, select(position >= last, last, position));
}

/// The two elements around a position, and how near they are.
Neighbours linearNeighbours(const TensorExpr &position) {
  TensorExpr first = floor(position), t = position - first;
  return {{first, 1.0 - t, {}}, {first + 1.0, t, {}}};
}

TensorExpr product(const TensorExpr &a, const TensorExpr &b) { return !a ? b : !b ? a : a * b; }
TensorExpr either(const TensorExpr &a, const TensorExpr &b) { return !a ? b : !b ? a : a | b; }

/// The row-major position of elements of several axes, all of one shape.
TensorExpr flatPosition(ArrayRef<Axis> axes, ArrayRef<TensorExpr> elements) {
  TensorExpr flat;
  for (auto [axis, element] : llvm::zip_equal(axes, elements)) {
    Type whole = element.builder->getI64Type();
    TensorExpr number = cast(clipped(element, axis), whole);
    flat = flat ? flat * axis.image->count({axis.dim}, whole).splatTo(flat) + number : number;
  }
  return flat;
}

/// Every choice of one neighbour per axis, the last axis running fastest.
SmallVector<SmallVector<Neighbour>> choices(ArrayRef<Neighbours> axes) {
  SmallVector<SmallVector<Neighbour>> all = {{}};
  for (const Neighbours &axis : axes) {
    SmallVector<SmallVector<Neighbour>> longer;
    for (const SmallVector<Neighbour> &chosen : all)
      for (const Neighbour &next : axis) {
        longer.push_back(chosen);
        longer.back().push_back(next);
      }
    all = std::move(longer);
  }
  return all;
}
} // namespace

//===- grid_sample ----------------------------------------------------------===//

LogicalResult GridSampleOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                             Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, adaptor.getX()),
                              grid = rankedType(location, adaptor.getGrid());
  if (failed(x) || failed(grid))
    return failure();
  FailureOr<ImageLayout> layout = ImageLayout::of(location, adaptor.getLayoutAttr(), *x, "nc");
  if (failed(layout) || failed(verifyNotEmpty(location, *x, *layout))) // grid_sample_c6
    return failure();
  auto dims = static_cast<int64_t>(layout->spatial.size());
  if (grid->getRank() != dims + 2 || grid->getDimSize(dims + 1) != dims) // grid_sample_c3
    return refuse(location, "the numbers of a position are those along the last dimension first",
                  "expects a grid of ", dims + 2, " dimensions, the last of size ", dims,
                  ", a position in x of ", *x, ", but got ", *grid);
  int64_t batch = layout->at('n');
  if (!areCompatible(grid->getDimSize(0), x->getDimSize(batch)) ||
      grid->getElementType() != x->getElementType()) // grid_sample_c4
    return refuse(location, "", "expects a grid of the batch and the dtype of x, but got ", *grid,
                  " for ", *x);
  SmallVector<int64_t> shape(x->getShape());
  shape[batch] = mergeSizes(shape[batch], grid->getDimSize(0));
  for (auto [number, dim] : llvm::enumerate(layout->spatialDims()))
    shape[dim] = grid->getDimSize(static_cast<unsigned>(number) + 1);
  types.push_back(x->clone(shape));
  return success();
}

static ImageLayout layoutOf(GridSampleOp op) {
  return *ImageLayout::of({}, op.getLayoutAttr(), tensorType(op.getX()), "nc");
}

LogicalResult GridSampleOp::verify() {
  if (getMode() != Interpolation::cubic || layoutOf(*this).spatial.size() <= 2)
    return success();
  return emitOpError(
             "expects at most two spatial dimensions for cubic, but got x of ") // grid_sample_c5
         << getX().getType();
}

AffineExpr GridSampleOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  for (auto [number, spatial] : llvm::enumerate(layoutOf(*this).spatialDims()))
    if (spatial == static_cast<int64_t>(dim))
      return sizes.dimension(getGrid(), static_cast<unsigned>(number) + 1);
  return sizes.dimension(getX(), dim);
}

namespace {
class GridSampler {
public:
  GridSampler(OpBuilder &builder, GridSampleOp op)
      : op(op), layout(layoutOf(op)), narrow(builder, op.getLoc(), op.getX()), x(widened(narrow)),
        grid(widened(x.with(op.getGrid()))) {
    for (int64_t dim : layout.spatialDims())
      axes.push_back({&x, dim, x.element()});
  }

  Value build() {
    refuseEmpty(x, layout.spatialDims());
    SmallVector<Neighbours> neighbours;
    for (size_t axis = 0; axis < axes.size(); ++axis)
      neighbours.push_back(neighboursOf(positionsAlong(axis), axes[axis]));
    TensorExpr flat = flattened(), total;
    for (ArrayRef<Neighbour> chosen : choices(neighbours)) {
      TensorExpr term = elementsAt(flat, chosen);
      total = total ? total + term : term;
    }
    return cast(Lettered{total, "n" + order()}.inOrder(layout.word).value, narrow).value();
  }

private:
  /// The channels before the spatial dimensions, or behind them, as they are in the layout.
  std::string order() const {
    return layout.word.back() == 'c' ? layout.spatial + "c" : "c" + layout.spatial;
  }
  bool isChannelsFirst() const { return layout.word.back() != 'c'; }

  /// x with the spatial dimensions as one, behind the batch and perhaps the channels.
  TensorExpr flattened() {
    TensorExpr ordered = Lettered{x, layout.word}.inOrder("n" + order()).value;
    int64_t first = isChannelsFirst() ? 2 : 1;
    return mergeDims(ordered, first, first + static_cast<int64_t>(axes.size()));
  }

  /// The numbers of the grid along a spatial dimension, [n, o...], as positions among its elements.
  TensorExpr positionsAlong(size_t axis) {
    int64_t last = grid.rank() - 1;
    auto number = static_cast<int64_t>(axes.size() - 1 - axis);
    TensorExpr column =
        reshaped(grid.sliceAlong(last, number, 1), grid.type().getShape().drop_back());
    if (op.getAlignCorners())
      return (column + 1.0) * 0.5 * axes[axis].last(column);
    return ((column + 1.0) * axes[axis].size(column) - 1.0) * 0.5;
  }

  /// Beyond the ends the signal is turned round, at the middles of the elements there, or at their
  /// ends.
  TensorExpr reflected(const TensorExpr &position, const Axis &axis) {
    double low = op.getAlignCorners() ? 0.0 : -0.5;
    TensorExpr one = position.constant(1.0), size = axis.size(position);
    TensorExpr span = op.getAlignCorners() ? max(size - 1.0, one) : size;
    TensorExpr distance = abs(position - low), turns = floor(distance / span);
    TensorExpr rest = distance - turns * span;
    TensorExpr isEven = turns - 2.0 * floor(turns * 0.5) == 0.0;
    return select(isEven, rest + low, span - rest + low);
  }

  /// A position where padding puts it; with zeros there.
  TensorExpr moved(const TensorExpr &position, const Axis &axis) {
    switch (op.getPadding()) {
    case GridPadding::zeros:
      return position;
    case GridPadding::border:
      return clipped(position, axis);
    case GridPadding::reflection:
      return clipped(reflected(position, axis), axis);
    }
    llvm_unreachable("all paddings handled");
  }

  Neighbours neighboursOf(const TensorExpr &position, const Axis &axis) {
    Neighbours found;
    switch (op.getMode()) {
    case Interpolation::nearest:
      found = {{roundEven(moved(position, axis)), {}, {}}};
      break;
    case Interpolation::linear:
      found = linearNeighbours(moved(position, axis));
      break;
    case Interpolation::cubic: {
      TensorExpr second = floor(position);
      for (auto [number, weight] : llvm::enumerate(cubicWeights(position - second)))
        found.push_back({moved(second + (static_cast<double>(number) - 1.0), axis), weight, {}});
      break;
    }
    }
    // NaN is not outside: it flows.
    if (op.getPadding() == GridPadding::zeros)
      for (Neighbour &each : found)
        each.isOutside = either(each.element<0.0, each.element> axis.last(each.element));
    return found;
  }

  /// [n, c, o...], or [n, o..., c].
  TensorExpr elementsAt(const TensorExpr &flat, ArrayRef<Neighbour> chosen) {
    SmallVector<TensorExpr> elements;
    TensorExpr weight, isOutside;
    for (const Neighbour &each : chosen) {
      elements.push_back(each.element);
      weight = product(weight, each.weight);
      isOutside = either(isOutside, each.isOutside);
    }
    TensorExpr value =
        flat.gather(flatPosition(axes, elements), isChannelsFirst() ? 2 : 1, /*batchDims=*/1);
    int64_t channels[] = {isChannelsFirst() ? 1 : value.rank() - 1};
    if (weight)
      value = value * weight.broadcastAlong(channels, value);
    if (isOutside)
      value = select(isOutside.broadcastAlong(channels, value), zeroLike(value), value);
    return value;
  }

  GridSampleOp op;
  ImageLayout layout;
  TensorExpr narrow, x, grid;
  SmallVector<Axis> axes;
};
} // namespace

Results GridSampleOp::decompose(OpBuilder &builder) {
  return SmallVector<Value>{GridSampler(builder, *this).build()};
}

//===- roi_align ------------------------------------------------------------===//

LogicalResult RoiAlignOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                           Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, adaptor.getX()),
                              boxes = rankedType(location, adaptor.getBoxes()),
                              images = rankedType(location, adaptor.getImages());
  if (failed(x) || failed(boxes) || failed(images))
    return failure();
  FailureOr<ImageLayout> layout = ImageLayout::of(location, adaptor.getLayoutAttr(), *x, "nc");
  if (failed(layout) || failed(verifyNotEmpty(location, *x, *layout))) // roi_align_c7
    return failure();
  if (layout->spatial.size() != 2) // roi_align_c1
    return refuse(location, "", "expects two spatial dimensions, but got x of ", *x,
                  " by the layout \"", layout->word, "\"");
  if (boxes->getRank() != 2 || boxes->getDimSize(1) != 4 || images->getRank() != 1 ||
      !areCompatible(boxes->getDimSize(0), images->getDimSize(0)) ||
      boxes->getElementType() != x->getElementType()) // roi_align_c3
    return refuse(location, "a box is left, top, right, bottom; images says of which image it is",
                  "expects boxes of [boxes, 4] of the dtype of x, and images of [boxes], but got ",
                  *boxes, " and ", *images, " for ", *x);
  ArrayRef<int64_t> sizes = adaptor.getSizes();
  if (failed(verifyForSpatialDims(location, "sizes", sizes.size(), *layout)))
    return failure();
  if (llvm::any_of(sizes, [](int64_t size) { return size < 1; })) // roi_align_c4
    return refuse(location, "", "expects sizes of at least 1, but got [", sizes, "]");
  SmallVector<int64_t> shape(x->getShape());
  shape[layout->at('n')] = mergeSizes(boxes->getDimSize(0), images->getDimSize(0));
  for (auto [dim, size] : llvm::zip_equal(layout->spatialDims(), forSpatialDims(sizes, *layout)))
    shape[dim] = size;
  types.push_back(x->clone(shape));
  return success();
}

static ImageLayout layoutOf(RoiAlignOp op) {
  return *ImageLayout::of({}, op.getLayoutAttr(), tensorType(op.getX()), "nc");
}

LogicalResult RoiAlignOp::verify() {
  auto samples = static_cast<int64_t>(getSamples());
  if (samples < 1) // roi_align_c5
    return emitOpError("expects at least 1 sample, but got ") << samples;
  double scale = getScale().convertToDouble();
  if (!(scale > 0.0) || !std::isfinite(scale)) // roi_align_c6
    return emitOpError("expects a finite scale above 0, but got ") << getScaleAttr();
  int64_t most = 1;
  for (int64_t size : forSpatialDims(getSizes(), layoutOf(*this)))
    if (llvm::MulOverflow(size, samples, size) || llvm::MulOverflow(most, size, most) ||
        most > kMostElements)
      return emitOpError("expects at most 2^44 points of a box, but got ") // roi_align_c5
             << samples << " x " << samples << " samples for sizes of [" << getSizes() << "]";
  return verifyFits(*this, "scale", computedElement(tensorType(getX())), getScaleAttr());
}

AffineExpr RoiAlignOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  ImageLayout layout = layoutOf(*this);
  if (static_cast<int64_t>(dim) == layout.at('n'))
    return sizes.dimension(getBoxes(), 0);
  return sizes.dimension(getX(), dim); // that of the channels: the others are known
}

Value RoiAlignOp::buildInRange(OpBuilder &builder) {
  TensorExpr images(builder, getLoc(), getImages());
  return allOf(inRange(images, images.with(getX()), layoutOf(*this).at('n'))).value();
}
IndexRange RoiAlignOp::indexRange() {
  return {getImages(), tensorType(getX()).getDimSize(layoutOf(*this).at('n'))};
}
std::string RoiAlignOp::describeRange() {
  int64_t count = indexRange().size;
  return "images of nn.roi_align outside [0, " +
         (ShapedType::isDynamic(count) ? "images of x" : std::to_string(count)) + ")";
}

namespace {
class BoxAligner {
public:
  BoxAligner(OpBuilder &builder, RoiAlignOp op)
      : op(op), layout(layoutOf(op)), narrow(builder, op.getLoc(), op.getX()), x(widened(narrow)),
        boxes(widened(x.with(op.getBoxes()))), samples(op.getSamples()),
        sizes(forSpatialDims(op.getSizes(), layout)) {
    for (int64_t dim : layout.spatialDims())
      axes.push_back({&x, dim, x.element()});
  }

  Value build() {
    refuseEmpty(x, layout.spatialDims());
    Neighbours rows = neighboursAlong(0), columns = neighboursAlong(1);
    TensorExpr flat = flattened(), total;
    for (ArrayRef<Neighbour> chosen : choices({rows, columns})) {
      TensorExpr term = elementsAt(flat, chosen[0], chosen[1]);
      total = total ? total + term : term;
    }
    return cast(
               Lettered{meanOfPoints(total), "n" + layout.spatial + "c"}.inOrder(layout.word).value,
               narrow)
        .value();
  }

private:
  /// All elements of all images, each with its channels: one position after the other.
  TensorExpr flattened() {
    return mergeDims(Lettered{x, layout.word}.inOrder("n" + layout.spatial + "c").value, 0, 3);
  }

  /// A column of the boxes, [boxes].
  TensorExpr column(int64_t number) {
    TensorExpr found =
        reshaped(boxes.sliceAlong(1, number, 1), boxes.type().getShape().take_front());
    TensorExpr scaled = found * op.getScale().convertToDouble();
    return op.getAligned() ? scaled - 0.5 : scaled;
  }

  /// The points of every box along an axis, [boxes, points].
  TensorExpr pointsAlong(int64_t axis) {
    TensorExpr begin = column(1 - axis), extent = column(3 - axis) - begin;
    if (!op.getAligned())
      extent = max(extent, extent.constant(1.0));
    int64_t points = sizes[axis] * samples;
    TensorExpr step = extent / static_cast<double>(points);
    auto type = RankedTensorType::get({begin.type().getDimSize(0), points}, x.element());
    TensorExpr number =
        x.with(IotaOp::create(*x.builder, op.getLoc(), type, begin.dynamicSizes(), 1));
    return begin.broadcastTo(number, {0}) + (number + 0.5) * step.broadcastTo(number, {0});
  }

  Neighbours neighboursAlong(int64_t axis) {
    TensorExpr point = pointsAlong(axis);
    TensorExpr isOutside = either(point<-1.0, point> axes[axis].size(point));
    Neighbours found = linearNeighbours(clipped(point, axes[axis]));
    for (Neighbour &each : found)
      each.isOutside = isOutside;
    return found;
  }

  /// [boxes, points, points, c].
  TensorExpr elementsAt(const TensorExpr &flat, const Neighbour &row, const Neighbour &column) {
    auto [ofRow, ofColumn] = spread(row.element, column.element);
    Type whole = x.builder->getI64Type();
    TensorExpr image = cast(x.with(op.getImages()), whole).broadcastTo(ofRow, {0});
    TensorExpr pixels = x.count(layout.spatialDims(), whole).splatTo(image);
    TensorExpr position = image * pixels + flatPosition(axes, {ofRow, ofColumn});
    TensorExpr value = flat.gather(position, /*axis=*/0, /*batchDims=*/0);
    auto [rowWeight, columnWeight] = spread(row.weight, column.weight);
    auto [isRowOutside, isColumnOutside] = spread(row.isOutside, column.isOutside);
    int64_t channels[] = {3};
    return select((isRowOutside | isColumnOutside).broadcastAlong(channels, value), zeroLike(value),
                  value * (rowWeight * columnWeight).broadcastAlong(channels, value));
  }

  /// [boxes, rows] and [boxes, columns], both as [boxes, rows, columns].
  std::pair<TensorExpr, TensorExpr> spread(const TensorExpr &rows, const TensorExpr &columns) {
    auto type = RankedTensorType::get(
        {rows.type().getDimSize(0), rows.type().getDimSize(1), columns.type().getDimSize(1)},
        rows.element());
    SmallVector<Value> dynamic = rows.dynamicSizes();
    auto to = [&](const TensorExpr &from, ArrayRef<int64_t> dims) {
      return from.with(
          BroadcastOp::create(*from.builder, op.getLoc(), type, from.value(), dynamic, dims));
    };
    return {to(rows, {0, 1}), to(columns, {0, 2})};
  }

  TensorExpr meanOfPoints(const TensorExpr &points) {
    ArrayRef<int64_t> shape = points.type().getShape();
    int64_t split[] = {shape[0], sizes[0], samples, sizes[1], samples, shape[3]};
    double count = static_cast<double>(samples) * static_cast<double>(samples);
    TensorExpr sum = reshaped(points, split).sum({2, 4});
    return samples == 1 ? sum : sum * (1.0 / count);
  }

  RoiAlignOp op;
  ImageLayout layout;
  TensorExpr narrow, x, boxes;
  int64_t samples;
  SmallVector<int64_t> sizes;
  SmallVector<Axis> axes;
};
} // namespace

Results RoiAlignOp::decompose(OpBuilder &builder) {
  return SmallVector<Value>{BoxAligner(builder, *this).build()};
}

} // namespace mlc::nn
