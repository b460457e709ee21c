#include "dialects/NN/TensorExpr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace mlc::nn {

OpFoldResult TensorExpr::size(int64_t dim) const {
  if (type().isDynamicDim(dim))
    return DimOp::create(*builder, *location, wrapped, dim).getResult();
  return builder->getIndexAttr(type().getDimSize(dim));
}
SmallVector<OpFoldResult> TensorExpr::sizes() const {
  return llvm::map_to_vector(llvm::seq<int64_t>(0, rank()), [&](int64_t dim) { return size(dim); });
}

SmallVector<Value> TensorExpr::dynamicSizes() const {
  SmallVector<Value> result;
  for (OpFoldResult size : sizes())
    if (auto value = dyn_cast<Value>(size))
      result.push_back(value);
  return result;
}

static TensorExpr scalarOf(const TensorExpr &like, double number, Type element) {
  assert((fits(element, number) || isa<FloatType>(element)) && "a number would wrap");
  auto type = RankedTensorType::get({}, element);
  TypedAttr value = isa<FloatType>(element)
                        ? TypedAttr(FloatAttr::get(element, number))
                        : TypedAttr(IntegerAttr::get(element, static_cast<int64_t>(number)));
  return like.with(ConstantOp::create(*like.builder, *like.location,
                                      DenseElementsAttr::get(type, Attribute(value))));
}
TensorExpr TensorExpr::scalar(double number) const { return scalarOf(*this, number, element()); }

TensorExpr TensorExpr::constant(double number) const { return constant(number, element()); }
TensorExpr TensorExpr::constant(double number, Type dtype) const {
  return scalarOf(*this, number, dtype).splatTo(*this);
}
TensorExpr TensorExpr::integerConstant(int64_t number) const {
  auto type = RankedTensorType::get({}, element());
  Attribute value = IntegerAttr::get(element(), number);
  return with(ConstantOp::create(*builder, *location, DenseElementsAttr::get(type, value)))
      .splatTo(*this);
}
TensorExpr TensorExpr::positions(int64_t dim, Type dtype) const {
  auto result = RankedTensorType::get(type().getShape(), dtype);
  return with(IotaOp::create(*builder, *location, result, dynamicSizes(), dim));
}

TensorExpr TensorExpr::broadcastTo(const TensorExpr &like, ArrayRef<int64_t> dims) const {
  if (rank() == like.rank())
    return *this;
  auto result = RankedTensorType::get(like.type().getShape(), element());
  return with(BroadcastOp::create(*builder, *location, result, wrapped, like.dynamicSizes(), dims));
}

TensorExpr TensorExpr::broadcastAlong(ArrayRef<int64_t> reduced, const TensorExpr &like) const {
  SmallVector<int64_t> kept;
  for (int64_t dim = 0; dim < like.rank(); ++dim)
    if (!llvm::is_contained(reduced, dim))
      kept.push_back(dim);
  return broadcastTo(like, kept);
}

TensorExpr TensorExpr::reduce(Reduction kind, ArrayRef<int64_t> dims) const {
  if (dims.empty())
    return *this;
  return with(ReduceOp::create(*builder, *location, kind, wrapped, dims));
}
TensorExpr TensorExpr::sum(ArrayRef<int64_t> dims) const { return reduce(Reduction::sum, dims); }

TensorExpr TensorExpr::transpose(ArrayRef<int64_t> permutation) const {
  bool isIdentity = llvm::all_of(llvm::enumerate(permutation), [](auto entry) {
    return static_cast<int64_t>(entry.index()) == entry.value();
  });
  return isIdentity ? *this : with(TransposeOp::create(*builder, *location, wrapped, permutation));
}

TensorExpr TensorExpr::reshapeLike(const TensorExpr &like) const {
  auto result = RankedTensorType::get(like.type().getShape(), element());
  if (result == type() && result.hasStaticShape())
    return *this;
  return with(ReshapeOp::create(*builder, *location, result, wrapped, like.dynamicSizes()));
}

TensorExpr TensorExpr::reshape(ArrayRef<int64_t> staticShape) const {
  auto result = RankedTensorType::get(staticShape, element());
  return result == type()
             ? *this
             : with(ReshapeOp::create(*builder, *location, result, wrapped, ValueRange()));
}

TensorExpr TensorExpr::slice(ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> sizes,
                             ArrayRef<int64_t> strides) const {
  return with(SliceOp::create(*builder, *location, wrapped, offsets, sizes, strides));
}
TensorExpr TensorExpr::sliceAlong(int64_t dim, int64_t begin, int64_t size) const {
  SmallVector<OpFoldResult> offsets(rank(), builder->getIndexAttr(0)), extents = sizes();
  offsets[dim] = builder->getIndexAttr(begin);
  extents[dim] = builder->getIndexAttr(size);
  return slice(offsets, extents, SmallVector<int64_t>(rank(), 1));
}
TensorExpr TensorExpr::updateSlice(const TensorExpr &update, ArrayRef<OpFoldResult> offsets) const {
  return with(UpdateSliceOp::create(*builder, *location, wrapped, update.value(), offsets));
}
TensorExpr TensorExpr::pad(double value, ArrayRef<int64_t> low, ArrayRef<int64_t> high,
                           ArrayRef<int64_t> interior) const {
  auto isZero = [](int64_t count) { return count == 0; };
  if (llvm::all_of(low, isZero) && llvm::all_of(high, isZero) && llvm::all_of(interior, isZero))
    return *this;
  return with(
      PadOp::create(*builder, *location, wrapped, scalar(value).value(), low, high, interior));
}
TensorExpr TensorExpr::gather(const TensorExpr &indices, int64_t axis, int64_t batchDims) const {
  return with(GatherOp::create(*builder, *location, wrapped, indices.value(), axis, batchDims));
}
TensorExpr TensorExpr::scatter(ScatterKind kind, const TensorExpr &indices,
                               const TensorExpr &updates, int64_t axis, int64_t batchDims) const {
  return with(ScatterOp::create(*builder, *location, kind, wrapped, indices.value(),
                                updates.value(), axis, batchDims));
}

Value concat(OpBuilder &builder, Location location, ValueRange tensors, int64_t dim) {
  return tensors.size() == 1 ? tensors.front()
                             : ConcatOp::create(builder, location, tensors, dim).getResult();
}

static Value materialize(OpBuilder &builder, Location location, OpFoldResult size) {
  if (auto value = dyn_cast<Value>(size))
    return value;
  return arith::ConstantIndexOp::create(builder, location, *getConstantIntValue(size));
}
OpFoldResult addSizes(OpBuilder &builder, Location location, OpFoldResult a, OpFoldResult b) {
  std::optional<int64_t> x = getConstantIntValue(a), y = getConstantIntValue(b);
  if (x && y)
    return builder.getIndexAttr(*x + *y);
  if (x == 0)
    return b;
  if (y == 0)
    return a;
  return arith::AddIOp::create(builder, location, materialize(builder, location, a),
                               materialize(builder, location, b))
      .getResult();
}
OpFoldResult multiplySizes(OpBuilder &builder, Location location, OpFoldResult a, OpFoldResult b) {
  std::optional<int64_t> x = getConstantIntValue(a), y = getConstantIntValue(b);
  if (x && y)
    return builder.getIndexAttr(*x * *y);
  if (x == 1)
    return b;
  if (y == 1)
    return a;
  return arith::MulIOp::create(builder, location, materialize(builder, location, a),
                               materialize(builder, location, b))
      .getResult();
}

/// A size as a rank-0 tensor of dtype `element`. One known at run time only is counted: a sum of
/// ones over an `index` size is the one way from `index` to a tensor.
static TensorExpr sizeTensor(OpBuilder &builder, Location location, OpFoldResult size,
                             Type element) {
  TensorExpr base(builder, location, Value());
  if (std::optional<int64_t> number = getConstantIntValue(size))
    return scalarOf(base, static_cast<double>(*number), element);
  auto type = RankedTensorType::get({ShapedType::kDynamic}, element);
  TensorExpr one = scalarOf(base, 1.0, element);
  return one
      .with(BroadcastOp::create(builder, location, type, one.value(), mlir::cast<Value>(size),
                                ArrayRef<int64_t>()))
      .sum({0});
}

TensorExpr TensorExpr::count(ArrayRef<int64_t> dims, Type dtype) const {
  OpFoldResult number = builder->getIndexAttr(1);
  SmallVector<TensorExpr> factors;
  for (int64_t dim : dims) {
    if (type().isDynamicDim(dim))
      factors.push_back(sizeTensor(*builder, *location, size(dim), dtype));
    else
      number =
          multiplySizes(*builder, *location, number, builder->getIndexAttr(type().getDimSize(dim)));
  }
  if (factors.empty() || getConstantIntValue(number) != 1)
    factors.push_back(sizeTensor(*builder, *location, number, dtype));
  TensorExpr total = factors.front();
  for (const TensorExpr &factor : llvm::drop_begin(factors))
    total = total * factor;
  return total;
}

TensorExpr inRange(const TensorExpr &index, const TensorExpr &table, int64_t dim) {
  int64_t size = table.type().getDimSize(dim);
  bool isHeld = !table.type().isDynamicDim(dim) && fits(index.element(), size);
  TensorExpr at = isHeld ? index : cast(index, index.builder->getI64Type());
  return (at >= 0.0) & (at < table.count({dim}, at.element()).splatTo(at));
}

template <typename Op> static TensorExpr unary(const TensorExpr &x) {
  return x.with(Op::create(*x.builder, *x.location, x.value()));
}
template <typename Op> static TensorExpr binary(const TensorExpr &x, const TensorExpr &y) {
  return x.with(Op::create(*x.builder, *x.location, x.value(), y.value()));
}

TensorExpr operator-(const TensorExpr &x) { return unary<NegOp>(x); }
TensorExpr operator+(const TensorExpr &x, const TensorExpr &y) { return binary<AddOp>(x, y); }
TensorExpr operator-(const TensorExpr &x, const TensorExpr &y) { return binary<SubOp>(x, y); }
TensorExpr operator*(const TensorExpr &x, const TensorExpr &y) { return binary<MulOp>(x, y); }
TensorExpr operator/(const TensorExpr &x, const TensorExpr &y) { return binary<DivOp>(x, y); }
TensorExpr operator&(const TensorExpr &x, const TensorExpr &y) { return binary<AndOp>(x, y); }
TensorExpr operator|(const TensorExpr &x, const TensorExpr &y) { return binary<OrOp>(x, y); }
TensorExpr abs(const TensorExpr &x) { return unary<AbsOp>(x); }
TensorExpr sign(const TensorExpr &x) { return unary<SignOp>(x); }
TensorExpr exp(const TensorExpr &x) { return unary<ExpOp>(x); }
TensorExpr expm1(const TensorExpr &x) { return unary<Expm1Op>(x); }
TensorExpr log(const TensorExpr &x) { return unary<LogOp>(x); }
TensorExpr log1p(const TensorExpr &x) { return unary<Log1pOp>(x); }
TensorExpr sqrt(const TensorExpr &x) { return unary<SqrtOp>(x); }
TensorExpr rsqrt(const TensorExpr &x) { return unary<RsqrtOp>(x); }
TensorExpr sin(const TensorExpr &x) { return unary<SinOp>(x); }
TensorExpr cos(const TensorExpr &x) { return unary<CosOp>(x); }
TensorExpr sinh(const TensorExpr &x) { return unary<SinhOp>(x); }
TensorExpr cosh(const TensorExpr &x) { return unary<CoshOp>(x); }
TensorExpr tanh(const TensorExpr &x) { return unary<TanhOp>(x); }
TensorExpr erf(const TensorExpr &x) { return unary<ErfOp>(x); }
TensorExpr erfc(const TensorExpr &x) { return unary<ErfcOp>(x); }
TensorExpr digamma(const TensorExpr &x) { return unary<DigammaOp>(x); }
TensorExpr logistic(const TensorExpr &x) { return unary<LogisticOp>(x); }
TensorExpr floor(const TensorExpr &x) { return unary<FloorOp>(x); }
TensorExpr ceil(const TensorExpr &x) { return unary<CeilOp>(x); }
TensorExpr roundEven(const TensorExpr &x) { return unary<RoundEvenOp>(x); }
TensorExpr stopGradient(const TensorExpr &x) { return unary<StopGradientOp>(x); }
TensorExpr pow(const TensorExpr &x, const TensorExpr &y) { return binary<PowOp>(x, y); }
TensorExpr max(const TensorExpr &x, const TensorExpr &y) { return binary<MaxOp>(x, y); }
TensorExpr min(const TensorExpr &x, const TensorExpr &y) { return binary<MinOp>(x, y); }

TensorExpr compare(Predicate predicate, const TensorExpr &x, const TensorExpr &y) {
  return x.with(CompareOp::create(*x.builder, *x.location, predicate, x.value(), y.value()));
}
TensorExpr select(const TensorExpr &condition, const TensorExpr &onTrue,
                  const TensorExpr &onFalse) {
  return onTrue.with(SelectOp::create(*onTrue.builder, *onTrue.location, condition.value(),
                                      onTrue.value(), onFalse.value()));
}
TensorExpr cast(const TensorExpr &x, Type element) {
  if (x.element() == element)
    return x;
  return x.with(CastOp::create(*x.builder, *x.location, x.value(), element));
}
TensorExpr zeroLike(const TensorExpr &x) { return x.constant(0.0); }

TensorExpr operator*(const TensorExpr &dy, const TieWeight &weight) {
  return select(weight.ties, 0.5 * dy, select(weight.loses, zeroLike(dy), dy));
}

void VjpBuilder::accumulate(unsigned index, const TensorExpr &contribution) {
  TensorExpr target = operand(index);
  bool isRefined = contribution.type().getShape() != target.type().getShape();
  accumulated[index].push_back(isRefined ? contribution.reshapeLike(target).value()
                                         : contribution.value());
}
TensorExpr VjpBuilder::cotangent(unsigned index) const {
  if (cotangents[index])
    return TensorExpr(builder, op->getLoc(), cotangents[index]);
  return zeroLike(result(index));
}

} // namespace mlc::nn
