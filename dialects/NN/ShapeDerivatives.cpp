// VJP rules of the ops that move elements: each moves the cotangent back. And sums of what it
// moved.
#include "dialects/NN/TensorExpr.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace mlc::nn {

/// y = broadcast(x)   =>   dx = sum of dy over the dimensions that x lacks.
LogicalResult BroadcastOp::buildVjp(VjpBuilder &vjp) {
  vjp.accumulate(0, vjp.cotangent().sum(addedDims()));
  return success();
}

LogicalResult ReshapeOp::buildVjp(VjpBuilder &vjp) {
  vjp.accumulate(0, vjp.cotangent().reshapeLike(vjp.operand(0)));
  return success();
}

LogicalResult TransposeOp::buildVjp(VjpBuilder &vjp) {
  SmallVector<int64_t> inverse(getPermutation().size());
  for (auto [position, dim] : llvm::enumerate(getPermutation()))
    inverse[dim] = position;
  vjp.accumulate(0, vjp.cotangent().transpose(inverse));
  return success();
}

LogicalResult ReverseOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr dy = vjp.cotangent();
  vjp.accumulate(0, dy.with(ReverseOp::create(vjp.builder, getLoc(), dy.value(), getDims())));
  return success();
}

/// y = concat(x0, x1, ...)   =>   dxi = the slice of dy that xi fills.
LogicalResult ConcatOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr dy = vjp.cotangent();
  SmallVector<OpFoldResult> offsets(dy.rank(), vjp.builder.getIndexAttr(0));
  SmallVector<int64_t> strides(dy.rank(), 1);
  for (unsigned input = 0; input < getInputs().size(); ++input) {
    SmallVector<OpFoldResult> sizes = vjp.operand(input).sizes();
    if (vjp.isActive(input))
      vjp.accumulate(input, dy.slice(offsets, sizes, strides));
    offsets[getDim()] = addSizes(vjp.builder, getLoc(), offsets[getDim()], sizes[getDim()]);
  }
  return success();
}

/// The padding that puts the box of `slice` back to its place, if all of it is known at compile
/// time.
static bool isPadding(SliceOp slice, SmallVectorImpl<int64_t> &low, SmallVectorImpl<int64_t> &high,
                      SmallVectorImpl<int64_t> &interior) {
  auto from = mlir::cast<RankedTensorType>(slice.getX().getType());
  SmallVector<OpFoldResult> sizes = slice.getMixedSizes();
  for (int64_t dim = 0; dim < from.getRank(); ++dim) {
    int64_t offset = slice.getStaticOffsets()[dim], size = slice.getStaticSizes()[dim],
            stride = slice.getStrides()[dim];
    auto value = dyn_cast<Value>(sizes[dim]);
    auto measured = value ? value.getDefiningOp<DimOp>() : nullptr;
    bool isWhole = measured && measured.getX() == slice.getX() &&
                   static_cast<int64_t>(measured.getDim()) == dim && offset == 0 && stride == 1;
    bool isKnown =
        !ShapedType::isDynamic(offset) && !ShapedType::isDynamic(size) && !from.isDynamicDim(dim);
    if (!isWhole && !isKnown)
      return false;
    low.push_back(offset);
    high.push_back(isWhole || size == 0 ? (isWhole ? 0 : from.getDimSize(dim) - offset)
                                        : from.getDimSize(dim) - offset - (size - 1) * stride - 1);
    interior.push_back(stride - 1);
  }
  return true;
}

/// y = slice(x)   =>   dx = zeros with dy, spread by the strides, at the box.
LogicalResult SliceOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr dy = vjp.cotangent(), x = vjp.operand(0);
  SmallVector<int64_t> low, high, interior;
  if (isPadding(*this, low, high, interior)) {
    vjp.accumulate(0, dy.pad(0.0, low, high, interior));
    return success();
  }
  SmallVector<int64_t> none(dy.rank(), 0), between;
  for (int64_t stride : getStrides())
    between.push_back(stride - 1);
  TensorExpr box = dy.pad(0.0, none, none, between);
  vjp.accumulate(0, zeroLike(x).updateSlice(box, getMixedOffsets()));
  return success();
}

/// y = update_slice(x, u)   =>   dx = dy with zeros in the box, du = the box of dy.
LogicalResult UpdateSliceOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr dy = vjp.cotangent(), update = vjp.operand(1);
  if (vjp.isActive(0))
    vjp.accumulate(0, dy.updateSlice(zeroLike(update), getMixedOffsets()));
  if (vjp.isActive(1))
    vjp.accumulate(1,
                   dy.slice(getMixedOffsets(), update.sizes(), SmallVector<int64_t>(dy.rank(), 1)));
  return success();
}

/// y = pad(x, value)   =>   dx = the strided slice of dy; dvalue = the sum of dy over the padding,
/// by a mask, because a difference of two sums would cancel.
LogicalResult PadOp::buildVjp(VjpBuilder &vjp) {
  TensorExpr dy = vjp.cotangent(), x = vjp.operand(0);
  if (vjp.isActive(0)) {
    SmallVector<OpFoldResult> offsets;
    SmallVector<int64_t> strides;
    for (auto [low, interior] : llvm::zip(getLow(), getInterior())) {
      offsets.push_back(vjp.builder.getIndexAttr(low));
      strides.push_back(interior + 1);
    }
    vjp.accumulate(0, dy.slice(offsets, x.sizes(), strides));
  }
  if (vjp.isActive(1)) {
    TensorExpr isPadding =
        x.constant(1.0, vjp.builder.getI1Type()).pad(0.0, getLow(), getHigh(), getInterior());
    TensorExpr outside = select(isPadding, zeroLike(dy), dy);
    vjp.accumulate(1, outside.sum(llvm::to_vector(llvm::seq<int64_t>(0, dy.rank()))));
  }
  return success();
}

namespace {
/// A summand that is `inner` at [low, low + size) of dimension `dim`, and zero elsewhere: the
/// VJP of a slice.
struct Box {
  PadOp pad;
  int64_t dim, low, size;
  size_t order = 0; ///< among the summands
};
} // namespace

/// The summand as a box that is whole in all dimensions but one.
static std::optional<Box> boxOf(Value summand) {
  auto pad = summand.getDefiningOp<PadOp>();
  if (!pad || !matchPattern(pad.getValue(), m_AnyZeroFloat()))
    return std::nullopt;
  auto inner = mlir::cast<RankedTensorType>(pad.getX().getType());
  std::optional<Box> box;
  for (int64_t dim = 0; dim < inner.getRank(); ++dim) {
    if (pad.getInterior()[dim] != 0 && inner.getDimSize(dim) != 1)
      return std::nullopt;
    if (pad.getLow()[dim] == 0 && pad.getHigh()[dim] == 0)
      continue;
    if (box || inner.isDynamicDim(dim))
      return std::nullopt;
    box = Box{pad, dim, pad.getLow()[dim], inner.getDimSize(dim)};
  }
  return box;
}

/// Zeros of the shape of `like`, but with `size` elements along `dim`.
static Value zerosBeside(OpBuilder &builder, Value like, int64_t dim, int64_t size) {
  TensorExpr tensor(builder, like.getLoc(), like);
  SmallVector<int64_t> shape(tensor.type().getShape());
  shape[dim] = size;
  SmallVector<Value> sizes;
  for (auto [position, value] : llvm::enumerate(tensor.sizes()))
    if (auto dynamic = dyn_cast<Value>(value); dynamic && static_cast<int64_t>(position) != dim)
      sizes.push_back(dynamic);
  return BroadcastOp::create(builder, like.getLoc(), tensor.type().clone(shape),
                             tensor.scalar(0.0).value(), sizes, ArrayRef<int64_t>());
}

void joinBoxes(OpBuilder &builder, Location location, SmallVectorImpl<Value> &summands) {
  SmallVector<Box> boxes;
  for (Value summand : summands)
    if (std::optional<Box> box = boxOf(summand);
        box && (boxes.empty() || boxes[0].dim == box->dim)) {
      box->order = boxes.size();
      boxes.push_back(*box);
    }
  llvm::sort(boxes, [](const Box &a, const Box &b) {
    return std::pair(a.low, a.order) < std::pair(b.low, b.order);
  });
  SmallVector<Box> disjoint;
  for (const Box &box : boxes)
    if (disjoint.empty() || disjoint.back().low + disjoint.back().size <= box.low)
      disjoint.push_back(box);
  if (disjoint.size() < 2)
    return;
  Box first = disjoint.front();
  SmallVector<Value> pieces;
  int64_t position = 0;
  for (Box &box : disjoint) {
    if (box.low > position)
      pieces.push_back(zerosBeside(builder, box.pad.getX(), box.dim, box.low - position));
    pieces.push_back(box.pad.getX());
    position = box.low + box.size;
  }
  int64_t rest = disjoint.back().pad.getHigh()[first.dim];
  if (rest > 0)
    pieces.push_back(zerosBeside(builder, first.pad.getX(), first.dim, rest));
  llvm::erase_if(summands, [&](Value summand) {
    return llvm::any_of(disjoint, [&](Box &box) { return box.pad.getResult() == summand; });
  });
  summands.push_back(concat(builder, location, pieces, first.dim));
}

} // namespace mlc::nn
