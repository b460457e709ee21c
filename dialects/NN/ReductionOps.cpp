#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/Refusal.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::nn {

SmallVector<int64_t> complement(ArrayRef<int64_t> dims, int64_t rank) {
  SmallVector<int64_t> rest;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(dims, dim))
      rest.push_back(dim);
  return rest;
}

/// Whether `kind` combines elements of this dtype: and, or combine bools, the others numbers.
static bool combines(Reduction kind, Type element) {
  return (kind == Reduction::and_ || kind == Reduction::or_) == element.isInteger(1);
}

FailureOr<RankedTensorType> typeWithout(std::optional<Location> location, Value x,
                                        ArrayRef<int64_t> dims) {
  FailureOr<RankedTensorType> from = rankedType(location, x);
  if (failed(from))
    return failure();
  int64_t last = -1;
  for (int64_t dim : dims) {
    if (dim <= last || dim >= from->getRank()) // reduce_c1, argmax_c1, max_with_position_c1
      return refuse(location, "", "expects increasing dims in [0, ", from->getRank(),
                    "), the dimensions of ", *from, ", but got [", dims, "]");
    last = dim;
  }
  SmallVector<int64_t> shape;
  for (int64_t dim : complement(dims, from->getRank()))
    shape.push_back(from->getDimSize(dim));
  return from->clone(shape);
}
AffineExpr keptDimension(Value x, ArrayRef<int64_t> dims, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(x, complement(dims, tensorType(x).getRank())[dim]);
}

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> type = typeWithout(location, adaptor.getX(), adaptor.getDims());
  if (failed(type))
    return failure();
  if (!combines(adaptor.getKind(), type->getElementType())) // reduce_c2
    return refuse(location,
                  "and, or combine i1; sum, prod, max, min combine numbers; nn.cast converts",
                  "expects ", stringifyReduction(adaptor.getKind()), " of another dtype, but got ",
                  adaptor.getX().getType());
  types.push_back(*type);
  return success();
}
SmallVector<int64_t> ReduceOp::keptDims() {
  return complement(getDims(), tensorType(getX()).getRank());
}
AffineExpr ReduceOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return keptDimension(getX(), getDims(), dim, sizes);
}

LogicalResult inferScan(std::optional<Location> location, Value x, int64_t dim,
                        SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> from = rankedType(location, x);
  if (failed(from) || failed(verifyDim(location, "dim", dim, *from))) // cumsum_c1, cumprod_c1
    return failure();
  types.push_back(*from);
  return success();
}

/// The value of an empty reduction.
static Scalar neutral(Reduction kind, Type element) {
  double infinity = std::numeric_limits<double>::infinity();
  switch (kind) {
  case Reduction::sum:
  case Reduction::or_:
    return Scalar::of(0.0, element);
  case Reduction::prod:
  case Reduction::and_:
    return Scalar::of(1.0, element);
  case Reduction::max: // saturates to the smallest integer
    return Scalar::of(-infinity, element);
  case Reduction::min:
    return Scalar::of(infinity, element);
  }
  llvm_unreachable("all reductions handled");
}
static Scalar combine(Reduction kind, const Scalar &x, const Scalar &y) {
  switch (kind) {
  case Reduction::sum:
    return x + y;
  case Reduction::prod:
    return x * y;
  case Reduction::and_:
    return x & y;
  case Reduction::or_:
    return x | y;
  default:
    llvm_unreachable("extrema are reduced whole, because of ties");
  }
}
/// The reduction of the elements of `x` at `base` plus each of `offsets`.
static Scalar reduceElements(Reduction kind, const Tensor &x, int64_t base,
                             ArrayRef<int64_t> offsets) {
  if (offsets.empty())
    return neutral(kind, x.element);
  if (kind == Reduction::max || kind == Reduction::min) {
    Extremum best(kind == Reduction::max ? Extremum::Kind::largest : Extremum::Kind::smallest,
                  x.data[base + offsets.front()]);
    for (int64_t offset : offsets.drop_front())
      best.add(x.data[base + offset]);
    return best.result();
  }
  Scalar result = neutral(kind, x.element);
  for (int64_t offset : offsets)
    result = combine(kind, result, x.data[base + offset]);
  return result;
}

FailureOr<SmallVector<Tensor>> ReduceOp::evaluate(ArrayRef<Tensor> operands,
                                                  ArrayRef<RankedTensorType> resultTypes) {
  const Tensor &x = operands[0];
  Tensor result(resultTypes.front());
  std::vector<int64_t> reduced = offsetsAlong(x.shape, getDims());
  for (auto [position, base] : llvm::enumerate(offsetsAlong(x.shape, keptDims())))
    result.data[position] = reduceElements(getKind(), x, base, reduced);
  return SmallVector<Tensor>{std::move(result)};
}

SmallVector<Tensor> evaluateScan(ScanOpInterface scan, const Tensor &x) {
  Tensor result = x;
  int64_t dim = scan.getDim();
  std::vector<int64_t> along = offsetsAlong(x.shape, {dim});
  if (scan.getReverse())
    std::reverse(along.begin(), along.end());
  for (int64_t base : offsetsAlong(x.shape, complement({dim}, x.shape.size()))) {
    Scalar carried = neutral(scan.getKind(), x.element);
    for (int64_t offset : along) {
      Scalar next = combine(scan.getKind(), carried, x.data[base + offset]);
      result.data[base + offset] = scan.getExclusive() ? carried : next;
      carried = next;
    }
  }
  return {std::move(result)};
}
TensorExpr tableOfOthers(const TensorExpr &x, int64_t dim) {
  SmallVector<int64_t> shape(x.type().getShape()), dims;
  shape.insert(shape.begin() + dim, shape[dim]);
  SmallVector<Value> sizes;
  for (int64_t d = 0; d < static_cast<int64_t>(shape.size()); ++d) {
    if (d != dim)
      dims.push_back(d);
    if (ShapedType::isDynamic(shape[d]))
      sizes.push_back(DimOp::create(*x.builder, *x.location, x.value(), d > dim ? d - 1 : d));
  }
  auto type = RankedTensorType::get(shape, x.element());
  TensorExpr table =
      x.with(BroadcastOp::create(*x.builder, *x.location, type, x.value(), sizes, dims));
  Type integer = x.builder->getI64Type();
  TensorExpr isSelf = table.positions(dim, integer) == table.positions(dim + 1, integer);
  return select(isSelf, table.constant(1.0), table);
}

/// At every position, the product of the other elements along `dim`.
static TensorExpr productOfOthers(const TensorExpr &x, int64_t dim) {
  return tableOfOthers(x, dim).reduce(Reduction::prod, {dim + 1});
}

/// Rows into which long dimensions are cut where a table of all pairs would be too large.
constexpr int64_t kRow = 32;
static bool isShort(const TensorExpr &x, int64_t dim) {
  int64_t size = x.type().getDimSize(dim);
  return ShapedType::isDynamic(size) || size <= 2 * kRow;
}
/// x with `dim` cut into rows of kRow, the last one filled up with `value`: [..., rows, kRow, ...].
static TensorExpr inRows(const TensorExpr &x, int64_t dim, double value) {
  SmallVector<int64_t> none(x.rank(), 0), high = none, shape(x.type().getShape());
  int64_t size = shape[dim], rowCount = llvm::divideCeil(size, kRow);
  high[dim] = rowCount * kRow - size;
  shape[dim] = rowCount;
  shape.insert(shape.begin() + dim + 1, kRow);
  TensorExpr padded = x.pad(value, none, high, none);
  auto type = RankedTensorType::get(shape, x.element());
  return x.with(
      ReshapeOp::create(*x.builder, *x.location, type, padded.value(), padded.dynamicSizes()));
}
/// The inverse, of a tensor like inRows(x, dim).
static TensorExpr fromRows(const TensorExpr &rows, const TensorExpr &x, int64_t dim) {
  SmallVector<int64_t> shape(x.type().getShape());
  shape[dim] = rows.type().getDimSize(dim) * kRow;
  auto type = RankedTensorType::get(shape, rows.element());
  TensorExpr padded =
      rows.with(ReshapeOp::create(*x.builder, *x.location, type, rows.value(), x.dynamicSizes()));
  if (shape[dim] == x.type().getDimSize(dim))
    return padded;
  SmallVector<OpFoldResult> offsets(x.rank(), x.builder->getIndexAttr(0));
  return padded.slice(offsets, x.sizes(), SmallVector<int64_t>(x.rank(), 1));
}

/// The cotangent of x where y = prod of x along `dim` has the cotangent dy. A long dimension is cut
/// into rows of kRow, the product of all being the product of the rows' products, which costs n *
/// kRow per level instead of n * n.
static TensorExpr productCotangent(const TensorExpr &x, int64_t dim, const TensorExpr &dy) {
  if (isShort(x, dim))
    return dy.broadcastAlong({dim}, x) * productOfOthers(x, dim);
  TensorExpr rows = inRows(x, dim, 1.0);
  TensorExpr dRows = productCotangent(rows.reduce(Reduction::prod, {dim + 1}), dim, dy);
  return fromRows(dRows.broadcastAlong({dim + 1}, rows) * productOfOthers(rows, dim + 1), x, dim);
}

static TensorExpr buildProductVjp(TensorExpr x, ArrayRef<int64_t> dims, TensorExpr dy) {
  SmallVector<TensorExpr> partial; // partial[i]: x reduced over the last i of dims
  for (int64_t dim : llvm::reverse(dims)) {
    partial.push_back(x);
    x = x.reduce(Reduction::prod, {dim});
  }
  for (int64_t dim : dims)
    dy = productCotangent(partial.pop_back_val(), dim, dy);
  return dy;
}

/// sum: dx = dy, copied. max, min: dx = dy / ties where x is the extremum. prod: dx = dy * product
/// of the others.
LogicalResult ReduceOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr dy = vjp.cotangent(), y = vjp.result(), x = vjp.operand(0);
  if (getKind() == Reduction::sum)
    vjp.accumulate(0, dy.broadcastAlong(getDims(), x));
  if (getKind() == Reduction::prod)
    vjp.accumulate(0, buildProductVjp(x, getDims(), dy));
  if (getKind() == Reduction::max || getKind() == Reduction::min) {
    TensorExpr isBest = x == y.broadcastAlong(getDims(), x);
    TensorExpr wide = widened(dy); // 16-bit floats cannot count the ties
    TensorExpr share = cast(wide / cast(isBest, wide).sum(getDims()), x);
    TensorExpr rest = select(isNaN(y), y, zeroLike(y)); // NaN is no element's
    vjp.accumulate(
        0, select(isBest, share.broadcastAlong(getDims(), x), rest.broadcastAlong(getDims(), x)));
  }
  return success();
}

/// dx[j] = sum of dy[i] over the i that see j: the running sum from the other end.
LogicalResult CumSumOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr dy = vjp.cotangent();
  vjp.accumulate(0, dy.with(CumSumOp::create(vjp.builder, getLoc(), dy.value(), getDim(),
                                             getExclusive(), !getReverse())));
  return success();
}

static TensorExpr runningProduct(const TensorExpr &x, int64_t dim, bool exclusive) {
  return x.with(CumProdOp::create(*x.builder, *x.location, x.value(), dim, exclusive, false));
}
static TensorExpr reversed(const TensorExpr &x, int64_t dim) {
  return x.with(ReverseOp::create(*x.builder, *x.location, x.value(), ArrayRef<int64_t>{dim}));
}

/// The cotangent of x where its running product along `dim` has the cotangent dy. A long dimension
/// is cut into rows: y = (the product of the rows before) * (the running product in the row).
static TensorExpr runningProductCotangent(const TensorExpr &x, int64_t dim, bool exclusive,
                                          const TensorExpr &dy) {
  if (isShort(x, dim)) {
    TensorExpr products = runningProduct(tableOfOthers(x, dim), dim + 1, exclusive);
    Type integer = x.builder->getI64Type();
    TensorExpr self = products.positions(dim, integer),
               other = products.positions(dim + 1, integer);
    TensorExpr parts = dy.broadcastAlong({dim}, products) * products;
    return select(exclusive ? self < other : self <= other, parts, zeroLike(parts)).sum({dim + 1});
  }
  TensorExpr rows = inRows(x, dim, 1.0), dRows = inRows(dy, dim, 0.0);
  TensorExpr totals = rows.reduce(Reduction::prod, {dim + 1});
  TensorExpr before = runningProduct(totals, dim, /*exclusive=*/true);
  TensorExpr inside = runningProduct(rows, dim + 1, exclusive);
  TensorExpr dTotals =
      runningProductCotangent(totals, dim, /*exclusive=*/true, (dRows * inside).sum({dim + 1}));
  TensorExpr dInside = runningProductCotangent(rows, dim + 1, exclusive,
                                               dRows * before.broadcastAlong({dim + 1}, rows));
  TensorExpr dBefore = dTotals.broadcastAlong({dim + 1}, rows) * productOfOthers(rows, dim + 1);
  return fromRows(dInside + dBefore, x, dim);
}

LogicalResult CumProdOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr x = vjp.operand(0), dy = vjp.cotangent();
  int64_t dim = getDim();
  if (!getReverse()) {
    vjp.accumulate(0, runningProductCotangent(x, dim, getExclusive(), dy));
    return success();
  }
  TensorExpr dx = runningProductCotangent(reversed(x, dim), dim, getExclusive(), reversed(dy, dim));
  vjp.accumulate(0, reversed(dx, dim));
  return success();
}

} // namespace mlc::nn
