// pixel_shuffle and pixel_unshuffle: reshapes around a transpose.
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/ImageLayout.h"
#include "dialects/NN/Lettered.h"
#include "dialects/NN/Refusal.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace mlc::nn {

using Results = FailureOr<SmallVector<Value>>;

namespace {
/// The layout of x, and how many channels become one.
struct Shuffle {
  ImageLayout layout;
  int64_t factor, block;

  int64_t channels() const { return layout.at('c'); }
  /// The letter of the part of a spatial dimension that is channels on the other side.
  static char partOf(char letter) { return static_cast<char>(letter - 'a' + 'A'); }
  std::string parts() const {
    std::string letters;
    for (char letter : layout.spatial)
      letters += partOf(letter);
    return letters;
  }

  static FailureOr<Shuffle> of(std::optional<Location> location, RankedTensorType x,
                               StringAttr text, uint64_t given) {
    FailureOr<ImageLayout> layout = ImageLayout::of(location, text, x, "c");
    if (failed(layout))
      return failure();
    auto factor = static_cast<int64_t>(given);
    if (factor < 1) // pixel_shuffle_c3, pixel_unshuffle_c3
      return refuse(location, "", "expects a factor of at least 1, but got ", factor);
    int64_t block = 1;
    for (size_t dim = 0; dim < layout->spatial.size(); ++dim)
      if (llvm::MulOverflow(block, factor, block) || block > INT32_MAX) // pixel_shuffle_c4, ...
        return refuse(location, "", "expects a factor whose power ", layout->spatial.size(),
                      ", the number of spatial dimensions, is below 2^31, but got ", factor);
    return Shuffle{*layout, factor, block};
  }
};
} // namespace

//===- Types ----------------------------------------------------------------===//

LogicalResult PixelShuffleOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                               Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, adaptor.getX());
  if (failed(x))
    return failure();
  auto shuffle = Shuffle::of(location, *x, adaptor.getLayoutAttr(), adaptor.getFactor());
  if (failed(shuffle))
    return failure();
  SmallVector<int64_t> shape(x->getShape());
  int64_t &channels = shape[shuffle->channels()];
  if (ShapedType::isDynamic(channels) || channels % shuffle->block != 0) // pixel_shuffle_c5
    return refuse(location, "", "expects a static number of channels, a multiple of ",
                  shuffle->block, ", but got ", *x, " by the layout \"", shuffle->layout.word,
                  "\"");
  channels /= shuffle->block;
  for (int64_t dim : shuffle->layout.spatialDims())
    if (!ShapedType::isDynamic(shape[dim]) &&
        llvm::MulOverflow(shape[dim], shuffle->factor, shape[dim]))
      shape[dim] = kMostElements + 1; // refused as too many
  types.push_back(x->clone(shape));
  return success();
}

LogicalResult PixelUnshuffleOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                                 Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, adaptor.getX());
  if (failed(x))
    return failure();
  auto shuffle = Shuffle::of(location, *x, adaptor.getLayoutAttr(), adaptor.getFactor());
  if (failed(shuffle))
    return failure();
  SmallVector<int64_t> shape(x->getShape());
  for (int64_t dim : shuffle->layout.spatialDims()) {
    if (ShapedType::isDynamic(shape[dim]))
      continue;
    if (shape[dim] % shuffle->factor != 0) // pixel_unshuffle_c5
      return refuse(location, "", "expects spatial sizes that ", shuffle->factor,
                    " divides, but got ", *x, " by the layout \"", shuffle->layout.word, "\"");
    shape[dim] /= shuffle->factor;
  }
  int64_t &channels = shape[shuffle->channels()];
  if (!ShapedType::isDynamic(channels) && llvm::MulOverflow(channels, shuffle->block, channels))
    channels = kMostElements + 1; // refused as too many
  types.push_back(x->clone(shape));
  return success();
}

template <typename Op> static Shuffle shuffleOf(Op op) {
  return *Shuffle::of({}, tensorType(op.getX()), op.getLayoutAttr(), op.getFactor());
}

AffineExpr PixelShuffleOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  Shuffle shuffle = shuffleOf(*this);
  AffineExpr size = sizes.dimension(getX(), dim);
  if (static_cast<int64_t>(dim) == shuffle.channels())
    return size.floorDiv(shuffle.block);
  return llvm::is_contained(shuffle.layout.spatialDims(), dim) ? size * shuffle.factor : size;
}
AffineExpr PixelUnshuffleOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  Shuffle shuffle = shuffleOf(*this);
  AffineExpr size = sizes.dimension(getX(), dim);
  if (static_cast<int64_t>(dim) == shuffle.channels())
    return size * shuffle.block;
  return llvm::is_contained(shuffle.layout.spatialDims(), dim) ? size.floorDiv(shuffle.factor)
                                                               : size;
}

//===- Decompositions -------------------------------------------------------===//

/// The dimension `letter` as itself, divided by `count`, and behind it `part`, of that size. A call
/// whose size cannot be divided is refused.
static Lettered splitOff(const Lettered &x, char letter, char part, int64_t count) {
  OpBuilder &builder = *x.value.builder;
  Location location = *x.value.location;
  SmallVector<OpFoldResult> sizes = x.value.sizes();
  OpFoldResult &size = sizes[x.at(letter)];
  if (std::optional<int64_t> number = getConstantIntValue(size)) {
    size = builder.getIndexAttr(*number / count);
  } else {
    Value divisor = arith::ConstantIndexOp::create(builder, location, count);
    size = arith::DivUIOp::create(builder, location, cast<Value>(size), divisor).getResult();
  }
  sizes.insert(sizes.begin() + x.at(letter) + 1, builder.getIndexAttr(count));
  std::string letters = x.dims;
  letters.insert(x.at(letter) + 1, 1, part);
  SmallVector<Value> dynamic;
  SmallVector<int64_t> shape;
  dispatchIndexOpFoldResults(sizes, dynamic, shape);
  auto type = RankedTensorType::get(shape, x.value.element());
  return {x.value.with(ReshapeOp::create(builder, location, type, x.value.value(), dynamic)),
          letters};
}

Results PixelShuffleOp::decompose(OpBuilder &builder) {
  Shuffle shuffle = shuffleOf(*this);
  Lettered x{TensorExpr(builder, getLoc(), getX()), shuffle.layout.word};
  std::string parts = shuffle.parts();
  for (char part : llvm::reverse(parts))
    x = splitOff(x, 'c', part, shuffle.factor);
  std::string order;
  for (char letter : shuffle.layout.word)
    order += llvm::is_contained(shuffle.layout.spatial, letter)
                 ? std::string{letter, Shuffle::partOf(letter)}
                 : std::string{letter};
  TensorExpr result = x.inOrder(order).value;
  for (int64_t dim : shuffle.layout.spatialDims())
    result = mergeDims(result, dim, dim + 2);
  return SmallVector<Value>{result.value()};
}

Results PixelUnshuffleOp::decompose(OpBuilder &builder) {
  Shuffle shuffle = shuffleOf(*this);
  Lettered x{TensorExpr(builder, getLoc(), getX()), shuffle.layout.word};
  for (char letter : shuffle.layout.spatial)
    x = splitOff(x, letter, Shuffle::partOf(letter), shuffle.factor);
  std::string order = shuffle.layout.word;
  order.insert(shuffle.channels() + 1, shuffle.parts());
  auto first = shuffle.channels(), parts = static_cast<int64_t>(shuffle.layout.spatial.size());
  return SmallVector<Value>{mergeDims(x.inOrder(order).value, first, first + 1 + parts).value()};
}

} // namespace mlc::nn
