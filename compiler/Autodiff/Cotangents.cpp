#include "compiler/Autodiff/Cotangents.h"
#include "dialects/NN/NN.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace mlc {

SmallVector<Value> Cotangents::take(Value from) {
  auto found = contributions.find(from);
  if (found == contributions.end())
    return {};
  SmallVector<Value> taken = std::move(found->second);
  contributions.erase(found);
  return taken;
}

namespace {
/// A contribution that is `inner` at [low, low + size) of dimension `dim`, and zero elsewhere: the
/// VJP of a slice.
struct Box {
  nn::PadOp pad;
  int64_t dim, low, size;
  size_t order = 0; ///< among the contributions
};
} // namespace

/// The contribution as a box that is whole in all dimensions but one.
static std::optional<Box> boxOf(Value contribution) {
  auto pad = contribution.getDefiningOp<nn::PadOp>();
  if (!pad || !matchPattern(pad.getValue(), m_AnyZeroFloat()))
    return std::nullopt;
  auto inner = cast<RankedTensorType>(pad.getX().getType());
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
  nn::TensorExpr tensor(builder, like.getLoc(), like);
  SmallVector<int64_t> shape(tensor.type().getShape());
  shape[dim] = size;
  SmallVector<Value> sizes;
  for (auto [position, value] : llvm::enumerate(tensor.sizes()))
    if (auto dynamic = dyn_cast<Value>(value); dynamic && static_cast<int64_t>(position) != dim)
      sizes.push_back(dynamic);
  return nn::BroadcastOp::create(builder, like.getLoc(), tensor.type().clone(shape),
                                 tensor.scalar(0.0).value(), sizes, ArrayRef<int64_t>());
}

/// Replaces the boxes along one dimension that do not overlap by their concatenation, gaps filled
/// with zeros.
///   pad(a, low 0, high 3) + pad(b, low 2, high 1)  =>  concat(a, b, 0)     with a: [2], b: [2]
static void concatenateBoxes(OpBuilder &builder, Value value, SmallVectorImpl<Value> &parts) {
  SmallVector<Box> boxes;
  for (Value part : parts)
    if (std::optional<Box> box = boxOf(part); box && (boxes.empty() || boxes[0].dim == box->dim)) {
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
  auto isConcatenated = [&](Value part) {
    return llvm::any_of(disjoint, [&](Box &box) { return box.pad.getResult() == part; });
  };
  llvm::erase_if(parts, isConcatenated);
  parts.push_back(nn::ConcatOp::create(builder, value.getLoc(), pieces, first.dim));
}

Value withType(OpBuilder &builder, Value value, Value like) {
  if (value.getType() == like.getType())
    return value;
  return nn::TensorExpr(builder, like.getLoc(), value)
      .reshapeLike(nn::TensorExpr(builder, like.getLoc(), like))
      .value();
}

Value Cotangents::resolve(OpBuilder &builder, Value value) {
  auto found = contributions.find(value);
  if (found == contributions.end())
    return nullptr;
  SmallVector<Value> &parts = found->second;
  if (parts.size() > 1)
    concatenateBoxes(builder, value, parts);
  Type element = getElementTypeOrSelf(value.getType());
  bool isNarrow = parts.size() > 2 && element.getIntOrFloatBitWidth() == 16;
  auto part = [&](Value contribution) {
    nn::TensorExpr tensor(builder, value.getLoc(), contribution);
    return isNarrow ? nn::cast(tensor, builder.getF32Type()) : tensor;
  };
  nn::TensorExpr sum = part(parts[0]);
  for (Value contribution : ArrayRef(parts).drop_front())
    sum = sum + part(contribution);
  parts = {withType(builder, nn::cast(sum, element).value(), value)};
  return parts[0];
}

} // namespace mlc
