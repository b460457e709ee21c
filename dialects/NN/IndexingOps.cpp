#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/Refusal.h"

using namespace mlir;

namespace mlc::nn {

/// The type of gather(x, indices), constraints checked.
static FailureOr<RankedTensorType> gatheredType(std::optional<Location> location, Value xValue,
                                                Value indexValue, int64_t axis, int64_t batch) {
  FailureOr<RankedTensorType> x = rankedType(location, xValue),
                              indices = rankedType(location, indexValue);
  if (failed(x) || failed(indices))
    return failure();
  if (batch < 0 || batch > indices->getRank() || axis < batch || axis >= x->getRank()) // gather_c2
    return refuse(location, "",
                  "expects 0 <= batch_dims <= axis < rank of x and batch_dims <= rank of indices, "
                  "but got axis ",
                  axis, " and batch_dims ", batch, " for ", *x, " and ", *indices);
  for (int64_t dim = 0; dim < batch; ++dim)
    if (!areCompatible(x->getDimSize(dim), indices->getDimSize(dim))) // gather_c1
      return refuse(location, "", "expects equal batch sizes, but dimension ", dim, " of ", *x,
                    " and ", *indices, " differ");
  SmallVector<int64_t> shape(x->getShape().take_front(axis));
  for (int64_t dim = 0; dim < batch; ++dim)
    shape[dim] = mergeSizes(shape[dim], indices->getDimSize(dim));
  llvm::append_range(shape, indices->getShape().drop_front(batch));
  llvm::append_range(shape, x->getShape().drop_front(axis + 1));
  return x->clone(shape);
}
LogicalResult GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                         Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> type = gatheredType(location, adaptor.getX(), adaptor.getIndices(),
                                                  adaptor.getAxis(), adaptor.getBatchDims());
  if (failed(type))
    return failure();
  types.push_back(*type);
  return success();
}
AffineExpr GatherOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  int64_t axis = getAxis(), batch = getBatchDims(), d = dim;
  int64_t indexDims = cast<RankedTensorType>(getIndices().getType()).getRank() - batch;
  if (d < axis)
    return sizes.dimension(getX(), d);
  if (d < axis + indexDims)
    return sizes.dimension(getIndices(), d - axis + batch);
  return sizes.dimension(getX(), d - indexDims + 1);
}

AffineExpr GatherOp::elementsRead(unsigned operand, DimensionAnalysis &sizes) {
  return operand == 0 ? sizes.elements(getResult()) : AffineExpr();
}

LogicalResult ScatterOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> expected = gatheredType(
      location, adaptor.getX(), adaptor.getIndices(), adaptor.getAxis(), adaptor.getBatchDims());
  FailureOr<RankedTensorType> updates = rankedType(location, adaptor.getUpdates());
  if (failed(expected) || failed(updates))
    return failure();
  if (expected->getElementType() != updates->getElementType() ||
      expected->getRank() != updates->getRank() ||
      !llvm::equal(expected->getShape(), updates->getShape(), areCompatible)) // scatter_c1
    return refuse(location, "updates hold one slice of x for every index",
                  "expects updates of the type of nn.gather, ", *expected, ", but got ", *updates);
  if (expected->getElementType().isInteger(1) &&
      adaptor.getKind() != ScatterKind::set) // scatter_c3
    return refuse(location, "scatter set combines every dtype", "expects numbers to ",
                  stringifyScatterKind(adaptor.getKind()), ", but got ", *updates);
  types.push_back(adaptor.getX().getType());
  return success();
}
std::optional<Reduction> ScatterOp::combination() {
  switch (getKind()) {
  case ScatterKind::add:
    return Reduction::sum;
  case ScatterKind::mul:
    return Reduction::prod;
  case ScatterKind::max:
    return Reduction::max;
  case ScatterKind::min:
    return Reduction::min;
  case ScatterKind::set:
    return std::nullopt;
  }
  llvm_unreachable("all kinds handled");
}
AffineExpr ScatterOp::elementsRead(unsigned operand, DimensionAnalysis &sizes) {
  return operand == 0 && (*this)->hasAttr(kInPlaceAttr) ? sizes.elements(getUpdates())
                                                        : AffineExpr();
}
AffineExpr ScatterOp::elementsWritten(DimensionAnalysis &sizes) {
  return sizes.elements(getUpdates());
}

/// Whether every element of a tensor is zero.
static bool isZeros(Value tensor) {
  auto op = tensor.getDefiningOp<KernelOpInterface>();
  if (Value scalar = op ? op.splat() : Value())
    tensor = scalar;
  return matchPattern(tensor, m_Zero()) || matchPattern(tensor, m_AnyZeroFloat());
}
/// Sums into zeros, to which something is added, are sums into that: a gradient of a table that is
/// also multiplied by is not made of zeros first, and read again to be added.
LogicalResult ScatterOp::canonicalize(ScatterOp op, PatternRewriter &rewriter) {
  SmallVector<ScatterOp> chain{op};
  if (!isZeros(op.getX()))
    return failure();
  auto userOf = [](ScatterOp scatter) -> Operation * {
    bool isAdded = scatter.getKind() == ScatterKind::add && scatter->hasOneUse();
    return isAdded ? *scatter->user_begin() : nullptr;
  };
  Operation *user = userOf(op);
  for (ScatterOp next;
       (next = dyn_cast_or_null<ScatterOp>(user)) && next.getX() == chain.back().getResult();
       user = userOf(next))
    chain.push_back(next);
  auto sum = dyn_cast_or_null<AddOp>(user);
  if (!sum)
    return failure();
  rewriter.setInsertionPoint(sum);
  Value total = sum.getLhs() == chain.back().getResult() ? sum.getRhs() : sum.getLhs();
  for (ScatterOp scatter : chain)
    total =
        ScatterOp::create(rewriter, scatter.getLoc(), ScatterKind::add, total, scatter.getIndices(),
                          scatter.getUpdates(), scatter.getAxis(), scatter.getBatchDims());
  rewriter.replaceOp(sum, total);
  for (ScatterOp scatter : llvm::reverse(chain))
    rewriter.eraseOp(scatter);
  return success();
}
AffineExpr ScatterOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getX(), dim);
}

void GatherOp::collectEqualSizes(DimensionAnalysis &sizes, SmallVectorImpl<SizePair> &pairs) {
  for (unsigned dim = 0; dim < getBatchDims(); ++dim)
    pairs.push_back(sizes.pair(*this, 0, dim, 1, dim));
}
/// updates: [b, p, i, q] for x: [b, p, axis, q] and indices: [b, i].
void ScatterOp::collectEqualSizes(DimensionAnalysis &sizes, SmallVectorImpl<SizePair> &pairs) {
  int64_t axis = getAxis(), batch = getBatchDims(),
          rank = mlir::cast<RankedTensorType>(getUpdates().getType()).getRank();
  int64_t indexDims = mlir::cast<RankedTensorType>(getIndices().getType()).getRank() - batch;
  for (int64_t dim = 0; dim < batch; ++dim)
    pairs.push_back(sizes.pair(*this, 0, dim, 1, dim));
  for (int64_t dim = 0; dim < rank; ++dim) {
    bool isIndex = dim >= axis && dim < axis + indexDims;
    pairs.push_back(isIndex      ? sizes.pair(*this, 1, dim - axis + batch, 2, dim)
                    : dim < axis ? sizes.pair(*this, 0, dim, 2, dim)
                                 : sizes.pair(*this, 0, dim - indexDims + 1, 2, dim));
  }
}

/// all(0 <= indices < size of x along axis) as a rank-0 i1.
static Value buildIndexRange(OpBuilder &builder, Location location, Value x, Value indices,
                             int64_t axis) {
  TensorExpr ok =
      inRange(TensorExpr(builder, location, indices), TensorExpr(builder, location, x), axis);
  return ok.reduce(Reduction::and_, llvm::to_vector(llvm::seq<int64_t>(0, ok.rank()))).value();
}
Value GatherOp::buildInRange(OpBuilder &builder) {
  return buildIndexRange(builder, getLoc(), getX(), getIndices(), getAxis());
}
static std::string describeAxis(StringRef op, Value x, int64_t axis) {
  auto type = mlir::cast<RankedTensorType>(x.getType());
  std::string size = type.isDynamicDim(axis) ? "size of dimension " + std::to_string(axis)
                                             : std::to_string(type.getDimSize(axis));
  return ("indices of " + op + " outside [0, " + size + ")").str();
}
std::string GatherOp::describeRange() { return describeAxis("nn.gather", getX(), getAxis()); }
Value ScatterOp::buildInRange(OpBuilder &builder) {
  return buildIndexRange(builder, getLoc(), getX(), getIndices(), getAxis());
}
std::string ScatterOp::describeRange() { return describeAxis("nn.scatter", getX(), getAxis()); }

static int64_t sizeOf(Value x, int64_t axis) {
  return mlir::cast<RankedTensorType>(x.getType()).getDimSize(axis);
}
IndexRange GatherOp::indexRange() { return {getIndices(), sizeOf(getX(), getAxis())}; }
IndexRange ScatterOp::indexRange() { return {getIndices(), sizeOf(getX(), getAxis())}; }

/// Indices that are computed would be kept in memory only to be shown.
LogicalResult AssertOp::canonicalize(AssertOp op, PatternRewriter &rewriter) {
  if (!op.getIndices() || isa<BlockArgument>(op.getIndices()))
    return failure();
  rewriter.modifyOpInPlace(op, [&] {
    op.getIndicesMutable().clear();
    op.removeSizeAttr();
    op.removeIgnoredAttr();
  });
  return success();
}

namespace {
/// x as [batch, outer, axis, inner] and indices as [batch, picked].
struct GatherSizes {
  int64_t batch = 1, outer = 1, axis, inner = 1, picked = 1;

  GatherSizes(ArrayRef<int64_t> x, ArrayRef<int64_t> indices, int64_t axisDim, int64_t batchDims)
      : axis(x[axisDim]) {
    auto product = [](ArrayRef<int64_t> sizes) { return ShapedType::getNumElements(sizes); };
    batch = product(x.take_front(batchDims));
    outer = product(x.slice(batchDims, axisDim - batchDims));
    inner = product(x.drop_front(axisDim + 1));
    picked = product(indices.drop_front(batchDims));
  }
  /// Calls `body(element of x at index 0 of the axis, element of the gathered tensor)` for one
  /// picked position.
  void forEachElement(int64_t b, int64_t i, llvm::function_ref<void(int64_t, int64_t)> body) const {
    for (int64_t p = 0; p < outer; ++p)
      for (int64_t q = 0; q < inner; ++q)
        body((b * outer + p) * axis * inner + q, ((b * outer + p) * picked + i) * inner + q);
  }
};
} // namespace

FailureOr<SmallVector<Tensor>> GatherOp::evaluate(ArrayRef<Tensor> operands,
                                                  ArrayRef<RankedTensorType> resultTypes) {
  const Tensor &x = operands[0], &indices = operands[1];
  Tensor result(resultTypes.front());
  GatherSizes sizes(x.shape, indices.shape, getAxis(), getBatchDims());
  if (sizes.axis == 0 && result.size() != 0)
    return emitOpError("expects elements along axis ") << getAxis() << ", but it is empty";
  if (result.size() == 0)
    return SmallVector<Tensor>{std::move(result)};
  for (int64_t b = 0; b < sizes.batch; ++b)
    for (int64_t i = 0; i < sizes.picked; ++i) {
      int64_t index =
          std::clamp<int64_t>(indices.data[b * sizes.picked + i].integer, 0, sizes.axis - 1);
      sizes.forEachElement(b, i, [&](int64_t from, int64_t to) {
        result.data[to] = x.data[from + index * sizes.inner];
      });
    }
  return SmallVector<Tensor>{std::move(result)};
}

FailureOr<SmallVector<Tensor>> ScatterOp::evaluate(ArrayRef<Tensor> operands,
                                                   ArrayRef<RankedTensorType>) {
  Tensor result = operands[0];
  const Tensor &indices = operands[1], &updates = operands[2];
  GatherSizes sizes(result.shape, indices.shape, getAxis(), getBatchDims());
  std::vector<Extremum> extrema;
  bool isExtreme = getKind() == ScatterKind::max || getKind() == ScatterKind::min;
  if (isExtreme)
    for (const Scalar &x : result.data)
      extrema.emplace_back(
          getKind() == ScatterKind::max ? Extremum::Kind::largest : Extremum::Kind::smallest, x);
  auto combined = [&](const Scalar &old, const Scalar &update) {
    return getKind() == ScatterKind::add   ? old + update
           : getKind() == ScatterKind::mul ? old * update
                                           : update;
  };
  for (int64_t b = 0; b < sizes.batch; ++b)
    for (int64_t i = 0; i < sizes.picked; ++i) {
      int64_t index = indices.data[b * sizes.picked + i].integer;
      if (index < 0 || index >= sizes.axis)
        continue;
      sizes.forEachElement(b, i, [&](int64_t to, int64_t from) {
        to += index * sizes.inner;
        if (isExtreme)
          extrema[to].add(updates.data[from]);
        else
          result.data[to] = combined(result.data[to], updates.data[from]);
      });
    }
  for (auto [element, extremum] : llvm::zip(result.data, extrema))
    element = extremum.result();
  return SmallVector<Tensor>{std::move(result)};
}

/// y = gather(x, indices)   =>   dx = zeros with dy added at the indices (in range, or the call was
/// refused).
LogicalResult GatherOp::buildVjp(VjpBuilder &vjp) {
  if (!vjp.isActive(0))
    return success();
  vjp.accumulate(0, zeroLike(vjp.operand(0))
                        .scatter(ScatterKind::add, vjp.operand(1), vjp.cotangent(), getAxis(),
                                 getBatchDims()));
  return success();
}

/// Whether the update of every index is the last that writes to its position: numbers the indices
/// in row-major order and keeps the largest number per position. [batch, picked], i1.
static TensorExpr isLastWriter(const TensorExpr &x, const TensorExpr &indices, int64_t axis,
                               int64_t batchDims) {
  OpBuilder &builder = *x.builder;
  Type integer = builder.getI64Type();
  TensorExpr number =
      mergeDims(indices, 0, indices.rank()).positions(0, integer).reshapeLike(indices);

  SmallVector<int64_t> tableShape(x.type().getShape().take_front(batchDims));
  tableShape.push_back(x.type().getDimSize(axis));
  SmallVector<Value> tableSizes;
  for (int64_t dim = 0; dim <= batchDims; ++dim)
    if (ShapedType::isDynamic(tableShape[dim]))
      tableSizes.push_back(
          DimOp::create(builder, *x.location, x.value(), dim < batchDims ? dim : axis));
  auto tableType = RankedTensorType::get(tableShape, integer);
  TensorExpr none =
      x.with(BroadcastOp::create(builder, *x.location, tableType, number.scalar(-1.0).value(),
                                 tableSizes, ArrayRef<int64_t>()));
  TensorExpr last = none.scatter(ScatterKind::max, indices, number, batchDims, batchDims);
  return last.gather(indices, batchDims, batchDims) == number;
}

/// For every update, the product of the others that meet it.
static TensorExpr productOfOthers(const TensorExpr &updates, const TensorExpr &indices,
                                  int64_t axis, int64_t batch) {
  TensorExpr ids = mergeDims(indices, batch, indices.rank());
  TensorExpr table = tableOfOthers(mergeDims(updates, axis, axis + indices.rank() - batch), axis);
  SmallVector<int64_t> one = llvm::to_vector(llvm::seq<int64_t>(0, batch)), other = one;
  one.push_back(axis);
  other.push_back(axis + 1);
  TensorExpr meets = ids.broadcastTo(table, one) == ids.broadcastTo(table, other);
  return select(meets, table, table.constant(1.0))
      .reduce(Reduction::prod, {axis + 1})
      .reshapeLike(updates);
}

/// add: dx = dy, dupdates = dy at the indices. set: the last writer of a position takes its dy, x
/// the rest. mul: dy times the others. max, min: the elements that equal the extremum share its dy
/// evenly, x among them.
LogicalResult ScatterOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr dy = vjp.cotangent(), x = vjp.operand(0), indices = vjp.operand(1),
             updates = vjp.operand(2);
  int64_t axis = getAxis(), batch = getBatchDims();
  if (getKind() == ScatterKind::add) {
    if (vjp.isActive(0))
      vjp.accumulate(0, dy);
    if (vjp.isActive(2))
      vjp.accumulate(2, dy.gather(indices, axis, batch));
    return success();
  }
  if (getKind() == ScatterKind::set) {
    if (vjp.isActive(0))
      vjp.accumulate(0, dy.scatter(ScatterKind::set, indices, zeroLike(updates), axis, batch));
    if (vjp.isActive(2)) {
      SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(0, batch));
      llvm::append_range(dims, llvm::seq<int64_t>(axis, axis + indices.rank() - batch));
      TensorExpr isLast = isLastWriter(x, indices, axis, batch).broadcastTo(updates, dims);
      vjp.accumulate(2, select(isLast, dy.gather(indices, axis, batch), zeroLike(updates)));
    }
    return success();
  }
  if (getKind() == ScatterKind::mul) {
    if (vjp.isActive(0))
      vjp.accumulate(0,
                     dy * x.constant(1.0).scatter(ScatterKind::mul, indices, updates, axis, batch));
    if (vjp.isActive(2))
      vjp.accumulate(2, (dy * x).gather(indices, axis, batch) *
                            productOfOthers(updates, indices, axis, batch));
    return success();
  }
  TensorExpr y = vjp.result(), keeps = x == y, wins = updates == y.gather(indices, axis, batch);
  TensorExpr wide = widened(dy); // 16-bit floats cannot count the ties
  TensorExpr ties =
      cast(keeps, wide).scatter(ScatterKind::add, indices, cast(wins, wide), axis, batch);
  TensorExpr share = cast(wide / ties, dy);
  TensorExpr rest = select(isNaN(y), y, zeroLike(y)); // NaN is no element's
  if (vjp.isActive(0))
    vjp.accumulate(0, select(keeps, share, rest));
  if (vjp.isActive(2))
    vjp.accumulate(
        2, select(wins, share.gather(indices, axis, batch), rest.gather(indices, axis, batch)));
  return success();
}

} // namespace mlc::nn
