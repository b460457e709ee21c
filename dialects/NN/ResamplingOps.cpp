// interpolate: along each dimension a matrix of a few elements a row, and its transpose.
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/ImageLayout.h"
#include "dialects/NN/Refusal.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include <cmath>

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

//===- Sizes ----------------------------------------------------------------===//

namespace {
/// A spatial dimension: from one size to another, dynamic where it is not known.
struct Resize {
  int64_t dim, from, to;
  std::optional<double> scale; ///< where that is what was said

  bool isStatic() const { return !ShapedType::isDynamic(from) && !ShapedType::isDynamic(to); }
};

struct Fraction {
  int64_t numerator, denominator;
};
} // namespace

constexpr int64_t kMostOfFraction = 65536;

/// A number as a fraction by which sizes can be multiplied; none where it is no such.
static std::optional<Fraction> fractionOf(double number) {
  for (int64_t denominator = 1; denominator <= kMostOfFraction; denominator *= 2) {
    double numerator = number * static_cast<double>(denominator);
    if (numerator == std::floor(numerator) && numerator <= kMostOfFraction)
      return Fraction{static_cast<int64_t>(numerator), denominator};
  }
  return std::nullopt;
}

/// `from` times `scale`, rounded down.
static FailureOr<int64_t> scaledSize(std::optional<Location> location, int64_t from, double scale) {
  if (!(scale > 0.0) || !std::isfinite(scale)) // interpolate_c5
    return refuse(location, "", "expects a finite scale above 0, but got ", std::to_string(scale));
  if (ShapedType::isDynamic(from)) {
    if (fractionOf(scale))
      return ShapedType::kDynamic;
    return refuse(location, // interpolate_c7
                  "for example 2, 0.5 or 1.25; any scale will do where the size is static",
                  "expects the scale of a free size to be a fraction p / q, q a power of two, both "
                  "at most ",
                  kMostOfFraction, ", but got ", std::to_string(scale));
  }
  double size = std::floor(static_cast<double>(from) * scale);
  if (size < 1.0) // interpolate_c6
    return refuse(location, "", "expects a scale that leaves one element at least, but got ",
                  std::to_string(scale), " for size ", from);
  return static_cast<int64_t>(std::min(size, static_cast<double>(kMostElements) + 1.0));
}

static FailureOr<SmallVector<Resize>> resizesOf(std::optional<Location> location,
                                                RankedTensorType x, const ImageLayout &layout,
                                                std::optional<ArrayRef<int64_t>> sizes,
                                                std::optional<ArrayRef<double>> scales) {
  if (sizes.has_value() == scales.has_value()) // interpolate_c3
    return refuse(location, "sizes = [32, 32] are those of the result, scale = [2] multiplies",
                  "expects sizes or scale, but got ", sizes ? "both" : "neither");
  if (failed(verifyForSpatialDims(location, sizes ? "sizes" : "scale",
                                  sizes ? sizes->size() : scales->size(), layout)) ||
      failed(verifyNotEmpty(location, x, layout)))
    return failure();
  SmallVector<Resize> resizes;
  for (int64_t dim : layout.spatialDims())
    resizes.push_back({dim, x.getDimSize(dim), 0, std::nullopt});
  if (sizes) {
    for (auto [resize, size] : llvm::zip_equal(resizes, forSpatialDims(*sizes, layout))) {
      if (size < 1) // interpolate_c5
        return refuse(location, "", "expects sizes of at least 1, but got [", *sizes, "]");
      resize.to = size;
    }
    return resizes;
  }
  for (auto [resize, scale] : llvm::zip_equal(resizes, forSpatialDims(*scales, layout))) {
    FailureOr<int64_t> size = scaledSize(location, resize.from, scale);
    if (failed(size))
      return failure();
    resize.to = *size;
    resize.scale = scale;
  }
  return resizes;
}

static SmallVector<Resize> resizesOf(InterpolateOp op) {
  RankedTensorType x = tensorType(op.getX());
  return *resizesOf({}, x, *ImageLayout::of({}, op.getLayoutAttr(), x, ""), op.getSizes(),
                    op.getScale());
}

LogicalResult InterpolateOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                              Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, adaptor.getX());
  if (failed(x))
    return failure();
  FailureOr<ImageLayout> layout = ImageLayout::of(location, adaptor.getLayoutAttr(), *x, "");
  if (failed(layout))
    return failure();
  auto resizes = resizesOf(location, *x, *layout, adaptor.getSizes(), adaptor.getScale());
  if (failed(resizes))
    return failure();
  bool isNearest = adaptor.getMode() == Interpolation::nearest;
  if (isNearest && adaptor.getCoordinates() == Coordinates::align_corners) // interpolate_c9
    return refuse(location, "nearest takes asymmetric, or half_pixel",
                  "expects other coordinates than align_corners for the nearest element");
  if (!isNearest && !isa<FloatType>(x->getElementType())) // interpolate_c10
    return refuse(location, "mode = nearest takes every dtype", "expects floats to interpolate, ",
                  "but got ", *x);
  SmallVector<int64_t> shape(x->getShape());
  for (const Resize &resize : *resizes)
    shape[resize.dim] = resize.to;
  types.push_back(x->clone(shape));
  return success();
}

AffineExpr InterpolateOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  AffineExpr size = sizes.dimension(getX(), dim);
  for (const Resize &resize : resizesOf(*this)) {
    if (resize.dim != dim)
      continue;
    if (!ShapedType::isDynamic(resize.to))
      return sizes.constant(resize.to);
    Fraction scale = *fractionOf(*resize.scale);
    return (size * scale.numerator).floorDiv(scale.denominator);
  }
  return size;
}

//===- Neighbours -----------------------------------------------------------===//

namespace {
// The rule below is computed with numbers where sizes are known, else with tensors.
double floor(double x) { return std::floor(x); }
double min(double x, double y) { return std::min(x, y); }
double max(double x, double y) { return std::max(x, y); }
double constantLike(double, double number) { return number; }
TensorExpr constantLike(const TensorExpr &x, double number) { return x.constant(number); }

template <typename Number> struct Neighbour {
  Number element, weight;
};

/// How the elements of a dimension lie among those of another: element i at i * of / per, or where
/// the middle of such an element is.
template <typename Number> struct Steps {
  Number of, per;
};

struct Rule {
  Interpolation mode;
  Coordinates coordinates;

  explicit Rule(InterpolateOp op)
      : mode(op.getMode()),
        coordinates(op.getCoordinates().value_or(
            mode == Interpolation::nearest ? Coordinates::asymmetric : Coordinates::half_pixel)) {}

  /// Which of `size` elements element i of the result is made of. What is weighed by 0 does not
  /// count.
  template <typename Number>
  SmallVector<Neighbour<Number>> neighbours(const Number &i, const Number &size,
                                            const Steps<Number> &steps) const {
    bool isCentred = coordinates == Coordinates::half_pixel;
    Number zero = constantLike(i, 0.0), last = size - 1.0;
    auto inside = [&](const Number &element) { return max(min(element, last), zero); };
    // One division, so that what is a whole number stays one.
    Number twice = (2.0 * i + 1.0) * steps.of, plain = i * steps.of / steps.per;
    if (mode == Interpolation::nearest)
      return {{inside(floor(isCentred ? twice / (2.0 * steps.per) : plain)), zero + 1.0}};
    Number place = isCentred ? (twice - steps.per) / (2.0 * steps.per) : plain;
    if (mode == Interpolation::linear)
      place = max(place, zero);
    Number first = min(floor(place), last), t = place - first;
    if (mode == Interpolation::linear)
      return {{inside(first), 1.0 - t}, {inside(first + 1.0), t}};
    SmallVector<Neighbour<Number>> found;
    for (auto [number, weight] : llvm::enumerate(cubicWeights(t)))
      found.push_back({inside(first + (static_cast<double>(number) - 1.0)), weight});
    return found;
  }
};

/// Rows of a matrix: of every element of the result, elements of the operand, none twice, and their
/// weights, none 0.
using Rows = SmallVector<SmallVector<Neighbour<double>, 4>>;
} // namespace

/// Sizes beyond are computed at run time.
constexpr int64_t kLargestTable = 65536;

static Rows rowsOf(const Rule &rule, const Resize &resize) {
  auto from = static_cast<double>(resize.from), to = static_cast<double>(resize.to);
  Steps<double> steps{from, to};
  if (rule.coordinates == Coordinates::align_corners)
    steps = {from - 1.0, std::max(to - 1.0, 1.0)};
  else if (resize.scale)
    steps = {1.0, *resize.scale};
  Rows rows(resize.to);
  for (auto [i, row] : llvm::enumerate(rows)) {
    for (const auto &neighbour : rule.neighbours(static_cast<double>(i), from, steps)) {
      auto *same =
          llvm::find_if(row, [&](const auto &other) { return other.element == neighbour.element; });
      if (same != row.end())
        same->weight += neighbour.weight;
      else
        row.push_back(neighbour);
    }
    llvm::erase_if(row, [](const auto &neighbour) { return neighbour.weight == 0.0; });
  }
  return rows;
}

static Rows transposed(const Rows &rows, int64_t size) {
  Rows columns(size);
  for (auto [i, row] : llvm::enumerate(rows))
    for (const auto &[element, weight] : row)
      columns[static_cast<size_t>(element)].push_back({static_cast<double>(i), weight});
  return columns;
}

static bool isIdentity(const Rows &rows, int64_t size) {
  return static_cast<int64_t>(rows.size()) == size &&
         llvm::all_of(llvm::enumerate(rows), [](auto entry) {
           const auto &row = entry.value();
           return row.size() == 1 && row.front().weight == 1.0 &&
                  row.front().element == static_cast<double>(entry.index());
         });
}

//===- What is built --------------------------------------------------------===//

namespace {
/// Elements along a dimension, and what each of them weighs: no weights are ones.
struct Tap {
  TensorExpr elements, weights;
  bool someAreZero = true;
};

/// x where it counts, times its weight. The dimensions of the weights are those of x from `dim` on.
TensorExpr weighed(const TensorExpr &x, const Tap &tap, int64_t dim) {
  if (!tap.weights)
    return x;
  auto dims = llvm::to_vector(llvm::seq<int64_t>(dim, dim + tap.weights.rank()));
  TensorExpr product = x * tap.weights.broadcastTo(x, dims);
  // What is weighed by 0 may be infinite.
  return tap.someAreZero ? select((tap.weights == 0.0).broadcastTo(x, dims), zeroLike(x), product)
                         : product;
}

class InterpolateBuilder {
public:
  InterpolateBuilder(OpBuilder &builder, InterpolateOp op)
      : builder(builder), op(op), rule(op), operand(builder, op.getLoc(), op.getX()) {}

  TensorExpr build() {
    SmallVector<int64_t> dims;
    for (const Resize &resize : resizesOf(op))
      dims.push_back(resize.dim);
    refuseEmpty(operand, dims);
    TensorExpr x = widened(operand);
    for (const Resize &resize : resizesOf(op))
      x = resampled(x, resize);
    return cast(x, operand);
  }

  /// What a cotangent of the result is to x.
  TensorExpr buildTransposed(const TensorExpr &cotangent) {
    TensorExpr dy = widened(cotangent);
    for (const Resize &resize : resizesOf(op))
      dy = spread(dy, resize);
    return cast(dy, operand);
  }

private:
  static bool hasTable(const Resize &resize) {
    return resize.isStatic() && std::max(resize.from, resize.to) <= kLargestTable;
  }

  TensorExpr resampled(const TensorExpr &x, const Resize &resize) {
    if (hasTable(resize)) {
      Rows rows = rowsOf(rule, resize);
      return isIdentity(rows, resize.from) ? x : product(x, rows, resize.dim);
    }
    TensorExpr total;
    for (const Tap &tap : tapsOf(resize)) {
      TensorExpr term = weighed(x.gather(tap.elements, resize.dim, 0), tap, resize.dim);
      total = total ? total + term : term;
    }
    return total;
  }

  /// Elements are fetched rather than added where they belong, wherever it is known which.
  TensorExpr spread(const TensorExpr &dy, const Resize &resize) {
    if (hasTable(resize)) {
      Rows rows = rowsOf(rule, resize);
      return isIdentity(rows, resize.from) ? dy
                                           : product(dy, transposed(rows, resize.from), resize.dim);
    }
    SmallVector<OpFoldResult> sizes = dy.sizes();
    sizes[resize.dim] = operand.size(resize.dim);
    TensorExpr dx = broadcastTo(dy.scalar(0.0), sizes);
    for (const Tap &tap : tapsOf(resize))
      dx = dx.scatter(ScatterKind::add, tap.elements, weighed(dy, tap, resize.dim), resize.dim, 0);
    return dx;
  }

  //===- Sizes that are known ---------------------------------------------------===//

  /// More terms are summed by a reduction.
  static constexpr size_t kMostTerms = 16;

  /// rows times x along a dimension.
  TensorExpr product(const TensorExpr &x, const Rows &rows, int64_t dim) {
    size_t most = 0;
    for (const auto &row : rows)
      most = std::max(most, row.size());
    if (most > kMostTerms) {
      Tap tap = tapOf(x, rows, 0, most, /*isColumn=*/false);
      return weighed(x.gather(tap.elements, dim, 0), tap, dim).sum({dim + 1});
    }
    TensorExpr total;
    for (size_t term = 0; term < std::max<size_t>(most, 1); ++term) {
      Tap tap = tapOf(x, rows, term, 1, /*isColumn=*/true);
      TensorExpr next = weighed(x.gather(tap.elements, dim, 0), tap, dim);
      total = total ? total + next : next;
    }
    return total;
  }

  /// The terms [first, first + count) of every row; what a row lacks weighs 0.
  Tap tapOf(const TensorExpr &x, const Rows &rows, size_t first, size_t count, bool isColumn) {
    SmallVector<int32_t> elements;
    SmallVector<double> weights;
    for (const auto &row : rows)
      for (size_t term = first; term < first + count; ++term) {
        bool isThere = term < row.size();
        elements.push_back(row.empty() ? 0 : static_cast<int32_t>(row[isThere ? term : 0].element));
        weights.push_back(isThere ? row[term].weight : 0.0);
      }
    SmallVector<int64_t> shape = {static_cast<int64_t>(rows.size())};
    if (!isColumn)
      shape.push_back(static_cast<int64_t>(count));
    auto constant = [&](DenseElementsAttr values) {
      return x.with(ConstantOp::create(builder, op.getLoc(), values));
    };
    Tap tap;
    tap.elements = constant(DenseElementsAttr::get(
        RankedTensorType::get(shape, builder.getI32Type()), ArrayRef<int32_t>(elements)));
    if (llvm::all_of(weights, [](double weight) { return weight == 1.0; }))
      return tap;
    SmallVector<Attribute> numbers = llvm::map_to_vector(weights, [&](double weight) {
      return Attribute(builder.getFloatAttr(x.element(), weight));
    });
    tap.weights =
        constant(DenseElementsAttr::get(RankedTensorType::get(shape, x.element()), numbers));
    tap.someAreZero = llvm::is_contained(weights, 0.0);
    return tap;
  }

  //===- Sizes that are not -----------------------------------------------------===//

  SmallVector<Tap> tapsOf(const Resize &resize) {
    TensorExpr i = positions(resize), size = count(operand, resize.dim, i);
    SmallVector<Tap> taps;
    for (const auto &[element, weight] : rule.neighbours(i, size, stepsOf(resize, i, size))) {
      Tap tap{cast(element, builder.getI64Type()), TensorExpr()};
      if (rule.mode != Interpolation::nearest)
        tap.weights = cast(weight, computedElement(operand.type()));
      taps.push_back(tap);
    }
    return taps;
  }

  /// The elements of the result.
  TensorExpr positions(const Resize &resize) {
    SmallVector<Value> sizes;
    if (ShapedType::isDynamic(resize.to))
      sizes.push_back(scaled(cast<Value>(operand.size(resize.dim)), *fractionOf(*resize.scale)));
    auto type = RankedTensorType::get({resize.to}, builder.getF64Type());
    return operand.with(IotaOp::create(builder, op.getLoc(), type, sizes, 0));
  }

  Steps<TensorExpr> stepsOf(const Resize &resize, const TensorExpr &i, const TensorExpr &size) {
    bool isAligned = rule.coordinates == Coordinates::align_corners;
    if (resize.scale && !isAligned)
      return {i.constant(1.0), i.constant(*resize.scale)};
    TensorExpr to = count(i, 0, i);
    return isAligned ? Steps<TensorExpr>{size - 1.0, max(to - 1.0, i.constant(1.0))}
                     : Steps<TensorExpr>{size, to};
  }

  /// How many elements `x` has along a dimension, at every position of `like`, in its dtype.
  TensorExpr count(const TensorExpr &x, int64_t dim, const TensorExpr &like) {
    return cast(x.count({dim}, builder.getI64Type()), like).splatTo(like);
  }

  Value scaled(Value size, Fraction scale) {
    auto number = [&](int64_t value) {
      return arith::ConstantIndexOp::create(builder, op.getLoc(), value);
    };
    Value product = arith::MulIOp::create(builder, op.getLoc(), size, number(scale.numerator));
    return arith::DivUIOp::create(builder, op.getLoc(), product, number(scale.denominator));
  }

  TensorExpr broadcastTo(const TensorExpr &scalar, ArrayRef<OpFoldResult> sizes) {
    SmallVector<Value> dynamic;
    SmallVector<int64_t> shape;
    dispatchIndexOpFoldResults(sizes, dynamic, shape);
    return scalar.with(BroadcastOp::create(builder, op.getLoc(),
                                           RankedTensorType::get(shape, scalar.element()),
                                           scalar.value(), dynamic, ArrayRef<int64_t>()));
  }

  OpBuilder &builder;
  InterpolateOp op;
  Rule rule;
  TensorExpr operand;
};
} // namespace

Results InterpolateOp::decompose(OpBuilder &builder) {
  return SmallVector<Value>{InterpolateBuilder(builder, *this).build().value()};
}

LogicalResult InterpolateOp::buildVjp(VjpBuilder &vjp) {
  vjp.accumulate(0, InterpolateBuilder(vjp.builder, *this).buildTransposed(vjp.cotangent()));
  return success();
}

} // namespace mlc::nn
