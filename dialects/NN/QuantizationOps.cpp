// Weights in few bits: types, semantics.
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/QuantizedPart.h"
#include "dialects/NN/Refusal.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::nn {

/// [depth, columns], constraints of words checked.
static FailureOr<SmallVector<int64_t>> matrixShape(std::optional<Location> location,
                                                   RankedTensorType words, int64_t bits) {
  if (words.getRank() != 2 || !words.hasStaticShape() ||
      !words.getElementType().isInteger(32)) // dequantize_c1
    return refuse(location, "", "expects words of two static dimensions and i32, but got ", words);
  if (bits != 8 && bits != 4) // dequantize_c2
    return refuse(location, "", "expects bits = 8 or bits = 4, but got ", bits);
  SmallVector<int64_t> shape(words.getShape());
  shape[0] *= 32 / bits;
  return shape;
}

LogicalResult DequantizeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                             Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> words = rankedType(location, adaptor.getWords()),
                              scales = rankedType(location, adaptor.getScales());
  if (failed(words) || failed(scales))
    return failure();
  auto bits = static_cast<int64_t>(adaptor.getBits());
  FailureOr<SmallVector<int64_t>> shape = matrixShape(location, *words, bits);
  if (failed(shape))
    return failure();
  int64_t depth = (*shape)[0], whole = std::max(depth, 32 / bits);
  auto group = static_cast<int64_t>(adaptor.getGroup().value_or(whole));
  if (group < 1 || group % (32 / bits) != 0) // dequantize_c4
    return refuse(location, "a word has one scale", "expects a group that is a multiple of ",
                  32 / bits, ", the numbers of a word, but got ", group);
  auto expected = scales->clone({int64_t(llvm::divideCeil(depth, group)), (*shape)[1]});
  if (*scales != expected) // dequantize_c3
    return refuse(location, "", "expects scales of the type ", expected, ", a row for each ", group,
                  " of ", depth, " numbers, but got ", *scales);
  if (adaptor.getZeros() && adaptor.getZeros().getType() != *scales) // dequantize_c5
    return refuse(location, "", "expects zeros of the type of scales, ", *scales, ", but got ",
                  adaptor.getZeros().getType());
  if (adaptor.getTransposed())
    std::swap((*shape)[0], (*shape)[1]);
  types.push_back(scales->clone(*shape));
  return success();
}

int64_t DequantizeOp::groupSize() {
  int64_t depth = mlir::cast<RankedTensorType>(getType()).getDimSize(depthDim());
  return static_cast<int64_t>(getGroup().value_or(std::max(depth, numbersOfWord())));
}

AffineExpr DequantizeOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  return sizes.constant(mlir::cast<RankedTensorType>(getType()).getDimSize(dim));
}

FailureOr<SmallVector<Tensor>> DequantizeOp::evaluate(ArrayRef<Tensor> operands,
                                                      ArrayRef<RankedTensorType> resultTypes) {
  const Tensor &words = operands[0], &scales = operands[1];
  int64_t bits = getBits(), numbers = numbersOfWord(), group = groupSize();
  return SmallVector<Tensor>{Tensor::generate(resultTypes.front(), [&](ArrayRef<int64_t> at) {
    int64_t depth = at[depthDim()], column = at[1 - depthDim()];
    SmallVector<int64_t> word = {depth / numbers, column}, inGroups = {depth / group, column};
    auto unsignedWord = static_cast<uint32_t>(words[word].integer);
    double number = (unsignedWord >> (depth % numbers * bits)) & ((1u << bits) - 1);
    double zero = getZeros() ? operands[2][inGroups].value : defaultZero();
    return Scalar::real((number - zero) * scales[inGroups].value);
  })};
}

//===- Parts of weights -----------------------------------------------------===//

constexpr llvm::StringLiteral kQuantizedAttr = "nn.quantized";

void markQuantized(Operation *state, const QuantizedPart &part) {
  Builder builder(state->getContext());
  auto entry = [&](StringRef name, int64_t value) {
    return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
  };
  state->setAttr(
      kQuantizedAttr,
      builder.getDictionaryAttr({builder.getNamedAttr("source", builder.getStringAttr(part.source)),
                                 entry("kind", part.kind), entry("transposed", part.isTransposed),
                                 entry("depth", part.depth), entry("columns", part.columns),
                                 entry("group", part.group), entry("bits", part.bits)}));
}

std::optional<QuantizedPart> quantizedPartOf(Operation *state) {
  auto marked = state->getAttrOfType<DictionaryAttr>(kQuantizedAttr);
  if (!marked)
    return std::nullopt;
  auto number = [&](StringRef name) { return marked.getAs<IntegerAttr>(name).getInt(); };
  QuantizedPart part;
  part.kind = static_cast<QuantizedPart::Kind>(number("kind"));
  part.source = marked.getAs<StringAttr>("source").str();
  part.isTransposed = number("transposed");
  part.depth = number("depth");
  part.columns = number("columns");
  part.group = number("group");
  part.bits = number("bits");
  return part;
}

} // namespace mlc::nn
