// Composites that cut and join tensors: a shorter text for slices, concatenations and reshapes.
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/Refusal.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

//===- split ----------------------------------------------------------------===//

namespace {
constexpr int64_t kRest = -1; // a size that is what the others leave
constexpr int64_t kMostPieces = 4096;

/// The sizes of the pieces of a dimension; kRest among those that say them one by one, and all
/// dynamic where as many equal ones are of a size that is not known.
FailureOr<SmallVector<int64_t>> pieceSizes(std::optional<Location> location, RankedTensorType x,
                                           int64_t dim, std::optional<uint64_t> parts,
                                           std::optional<ArrayRef<int64_t>> sizes) {
  bool isFree = x.isDynamicDim(dim);
  int64_t whole = x.getDimSize(dim);
  if (parts) {
    auto count = static_cast<int64_t>(*parts);
    if (count < 1 || count > kMostPieces) // split_c3
      return refuse(location, "", "expects 1 to ", kMostPieces, " parts, but got ", count);
    if (!isFree && whole % count != 0) // split_c4
      return refuse(location, "sizes = [...] says sizes that are not equal",
                    "expects a number of parts that divides the size ", whole, " of dimension ",
                    dim, " of ", x, ", but got ", count);
    return SmallVector<int64_t>(count, isFree ? ShapedType::kDynamic : whole / count);
  }
  if (sizes->empty() || sizes->size() > kMostPieces) // split_c3
    return refuse(location, "", "expects 1 to ", kMostPieces, " sizes, but got ", sizes->size());
  auto isBad = [](int64_t size) { return size < kRest; };
  if (llvm::any_of(*sizes, isBad) || llvm::count(*sizes, kRest) > 1) // split_c5
    return refuse(location, "-1 is what the others leave",
                  "expects sizes that are not negative, but one that may be -1, but got [", *sizes,
                  "]");
  return SmallVector<int64_t>(*sizes);
}

int64_t sumOfKnown(ArrayRef<int64_t> sizes) {
  int64_t sum = 0;
  for (int64_t size : sizes)
    if (size == kRest || llvm::AddOverflow(sum, size, sum))
      sum = size == kRest ? sum : kMostElements + 1;
  return sum;
}
} // namespace

LogicalResult SplitOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                        Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, adaptor.getX());
  if (failed(x))
    return failure();
  if (adaptor.getParts().has_value() == adaptor.getSizes().has_value()) // split_c1
    return refuse(location, "parts = 3 says how many equal pieces, sizes = [4, -1] their sizes",
                  "expects parts or sizes, but got ", adaptor.getParts() ? "both" : "neither");
  auto dim = static_cast<int64_t>(adaptor.getDim());
  if (failed(verifyDim(location, "dim", dim, *x))) // split_c2
    return failure();
  auto sizes = pieceSizes(location, *x, dim, adaptor.getParts(), adaptor.getSizes());
  if (failed(sizes))
    return failure();
  int64_t whole = x->getDimSize(dim), known = adaptor.getSizes() ? sumOfKnown(*sizes) : whole;
  bool hasRest = llvm::is_contained(*sizes, kRest);
  if (!x->isDynamicDim(dim) && (hasRest ? known > whole : known != whole)) // split_c4
    return refuse(location, "-1 is what the others leave", "expects sizes that sum up to ", whole,
                  ", the size of dimension ", dim, " of ", *x, ", but got [", *sizes, "]");
  SmallVector<int64_t> shape(x->getShape());
  for (int64_t size : *sizes) {
    shape[dim] = size != kRest ? size : x->isDynamicDim(dim) ? ShapedType::kDynamic : whole - known;
    types.push_back(x->clone(shape));
  }
  return success();
}

AffineExpr SplitOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  AffineExpr whole = sizes.dimension(getX(), dim);
  if (dim != getDim()) // else it is known, one of equal parts, or the rest
    return whole;
  return getParts() ? whole.floorDiv(*getParts()) : whole - sumOfKnown(*getSizes());
}

namespace {
class SplitBuilder {
public:
  SplitBuilder(OpBuilder &builder, SplitOp op)
      : builder(builder), op(op), x(builder, op.getLoc(), op.getX()), dim(op.getDim()) {}

  SmallVector<Value> build() {
    if (x.type().isDynamicDim(dim))
      checkSize();
    SmallVector<OpFoldResult> offsets(x.rank(), builder.getIndexAttr(0)), extents = x.sizes();
    SmallVector<int64_t> strides(x.rank(), 1);
    OpFoldResult whole = extents[dim];
    SmallVector<Value> pieces;
    for (Value piece : op.getPieces()) {
      extents[dim] = sizeOf(tensorType(piece), whole);
      pieces.push_back(x.slice(offsets, extents, strides).value());
      offsets[dim] = addSizes(builder, op.getLoc(), offsets[dim], extents[dim]);
    }
    return pieces;
  }

private:
  /// A view of x that has the sizes of the pieces, and is refused at the call where they do not
  /// fit.
  void checkSize() {
    SmallVector<int64_t> shape(x.type().getShape());
    SmallVector<Value> sizes;
    for (int64_t each = 0; each < x.rank(); ++each)
      if (each != dim && x.type().isDynamicDim(each))
        sizes.push_back(cast<Value>(x.size(each)));
    if (op.getParts()) {
      auto parts = static_cast<int64_t>(*op.getParts());
      sizes.insert(sizes.begin() + x.type().getDynamicDimIndex(dim),
                   quotient(cast<Value>(x.size(dim)), parts));
      shape.insert(shape.begin() + dim, parts);
      // Read by nobody: what it needs of the sizes is noted before it is dropped.
      ReshapeOp::create(builder, op.getLoc(), x.type().clone(shape), x.value(), sizes);
    } else if (!llvm::is_contained(*op.getSizes(), kRest)) {
      shape[dim] = sumOfKnown(*op.getSizes());
      x = x.with(ReshapeOp::create(builder, op.getLoc(), x.type().clone(shape), x.value(), sizes));
    }
  }

  OpFoldResult sizeOf(RankedTensorType piece, OpFoldResult whole) {
    if (!piece.isDynamicDim(dim))
      return builder.getIndexAttr(piece.getDimSize(dim));
    if (op.getParts())
      return quotient(cast<Value>(whole), static_cast<int64_t>(*op.getParts()));
    Value known = arith::ConstantIndexOp::create(builder, op.getLoc(), sumOfKnown(*op.getSizes()));
    return arith::SubIOp::create(builder, op.getLoc(), cast<Value>(whole), known).getResult();
  }

  Value quotient(Value size, int64_t parts) {
    Value divisor = arith::ConstantIndexOp::create(builder, op.getLoc(), parts);
    return arith::DivUIOp::create(builder, op.getLoc(), size, divisor);
  }

  OpBuilder &builder;
  SplitOp op;
  TensorExpr x;
  int64_t dim;
};
} // namespace

Results SplitOp::decompose(OpBuilder &builder) { return SplitBuilder(builder, *this).build(); }

LogicalResult SplitOp::buildVjp(VjpBuilder &vjp) {
  SmallVector<Value> cotangents;
  for (unsigned piece = 0; piece < getPieces().size(); ++piece)
    cotangents.push_back(vjp.cotangent(piece).value());
  vjp.accumulate(0, vjp.operand(0).with(concat(vjp.builder, getLoc(), cotangents, getDim())));
  return success();
}

//===- stack ----------------------------------------------------------------===//

LogicalResult StackOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                        Adaptor adaptor, SmallVectorImpl<Type> &types) {
  if (adaptor.getInputs().empty()) // stack_c1
    return refuse(location, "", "expects at least one operand");
  FailureOr<RankedTensorType> first = rankedType(location, adaptor.getInputs().front());
  if (failed(first))
    return failure();
  SmallVector<int64_t> shape(first->getShape());
  for (Value input : adaptor.getInputs().drop_front()) {
    FailureOr<RankedTensorType> type = rankedType(location, input);
    if (failed(type))
      return failure();
    if (type->getElementType() != first->getElementType() ||
        !llvm::equal(type->getShape(), first->getShape(), areCompatible)) // stack_c2
      return refuse(location,
                    "nn.concat joins tensors of other sizes along a dimension that they have",
                    "expects operands of one shape and dtype, but got ", *first, " and ", *type);
    for (auto [size, other] : llvm::zip_equal(shape, type->getShape()))
      size = mergeSizes(size, other);
  }
  int64_t dim = adaptor.getDimAttr() ? adaptor.getDimAttr().getInt() : 0; // no default as yet
  if (dim < 0 || dim > first->getRank())                                  // stack_c3
    return refuse(location, "", "expects dim in [0, ", first->getRank() + 1,
                  "), the dimensions of the result, but got ", dim);
  shape.insert(shape.begin() + dim, static_cast<int64_t>(adaptor.getInputs().size()));
  types.push_back(first->clone(shape));
  return success();
}
AffineExpr StackOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.dimension(getInputs().front(), dim - (dim > getDim()));
}
Results StackOp::decompose(OpBuilder &builder) {
  SmallVector<Value> rows;
  for (Value input : getInputs()) {
    TensorExpr x(builder, getLoc(), input);
    SmallVector<int64_t> shape(x.type().getShape());
    shape.insert(shape.begin() + getDim(), 1);
    rows.push_back(reshaped(x, shape).value());
  }
  return SmallVector<Value>{concat(builder, getLoc(), rows, getDim())};
}

//===- squeeze, unsqueeze ---------------------------------------------------===//

LogicalResult SqueezeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, adaptor.getX()),
                              without = typeWithout(location, adaptor.getX(), adaptor.getDims());
  if (failed(x) || failed(without)) // squeeze_c1
    return failure();
  for (int64_t dim : adaptor.getDims())
    if (!x->isDynamicDim(dim) && x->getDimSize(dim) != 1) // squeeze_c2
      return refuse(location, "nn.reshape merges dimensions; nn.slice takes one position",
                    "expects dimension ", dim, " of size 1, but got ", *x);
  types.push_back(*without);
  return success();
}
AffineExpr SqueezeOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return keptDimension(getX(), getDims(), dim, sizes);
}
Results SqueezeOp::decompose(OpBuilder &builder) {
  TensorExpr x(builder, getLoc(), getX());
  SmallVector<Value> sizes;
  for (int64_t dim : complement(getDims(), x.rank()))
    if (auto size = dyn_cast<Value>(x.size(dim)))
      sizes.push_back(size);
  return SmallVector<Value>{ReshapeOp::create(builder, getLoc(), getType(), getX(), sizes)};
}

LogicalResult UnsqueezeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                            Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, adaptor.getX());
  if (failed(x))
    return failure();
  SmallVector<int64_t> shape(x->getShape());
  int64_t next = 0, rank = x->getRank() + static_cast<int64_t>(adaptor.getDims().size());
  for (int64_t dim : adaptor.getDims()) {
    if (dim < next || dim >= rank) // unsqueeze_c1
      return refuse(location, "", "expects distinct, increasing dims in [0, ", rank,
                    "), the dimensions of the result, but got [", adaptor.getDims(), "]");
    shape.insert(shape.begin() + dim, 1);
    next = dim + 1;
  }
  types.push_back(x->clone(shape));
  return success();
}
AffineExpr UnsqueezeOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  auto isBefore = [&](int64_t added) { return added < static_cast<int64_t>(dim); };
  return sizes.dimension(getX(), dim - llvm::count_if(getDims(), isBefore));
}
Results UnsqueezeOp::decompose(OpBuilder &builder) {
  TensorExpr x(builder, getLoc(), getX());
  return SmallVector<Value>{reshaped(x, tensorType(getResult()).getShape()).value()};
}

} // namespace mlc::nn
