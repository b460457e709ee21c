#include "dialects/NN/NN.h"
#include "dialects/NN/Refusal.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::nn {

LogicalResult PadOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                      Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> from = rankedType(location, adaptor.getX()),
                              value = rankedType(location, adaptor.getValue());
  if (failed(from) || failed(value))
    return failure();
  if (value->getRank() != 0 || value->getElementType() != from->getElementType()) // pad_c1
    return refuse(location, "", "expects a value of type ",
                  RankedTensorType::get({}, from->getElementType()), ", but got ", *value);
  ArrayRef<int64_t> low = adaptor.getLow(), high = adaptor.getHigh(),
                    interior = adaptor.getInterior();
  size_t rank = from->getRank();
  if (low.size() != rank || high.size() != rank || interior.size() != rank) // pad_c2
    return refuse(location, "", "expects one low, high and interior per dimension of ", *from,
                  ", but got ", low.size(), ", ", high.size(), " and ", interior.size());
  SmallVector<int64_t> shape;
  for (size_t dim = 0; dim < rank; ++dim) {
    if (low[dim] < 0 || high[dim] < 0 || interior[dim] < 0) // pad_c3
      return refuse(location, "nn.slice takes elements away",
                    "expects padding that is not negative, but got low ", low[dim], ", high ",
                    high[dim], " and interior ", interior[dim], " in dimension ", dim);
    int64_t size = from->getDimSize(dim), between;
    bool isUnknown = ShapedType::isDynamic(size);
    if (llvm::MulOverflow(isUnknown ? 1 : std::max<int64_t>(size - 1, 0), interior[dim], between) ||
        llvm::AddOverflow(between, low[dim], between) ||
        llvm::AddOverflow(between, high[dim], between) ||
        (!isUnknown && llvm::AddOverflow(between, size, between))) // pad_c4
      return refuse(location, "", "expects sizes below 2^63, but dimension ", dim, " of ", *from,
                    " grows beyond");
    shape.push_back(isUnknown ? size : between);
  }
  types.push_back(from->clone(shape));
  return success();
}
/// n elements have max(n - 1, 0) = n - [n > 0] gaps; [n > 0] is n divided by more than any size,
/// rounded up.
AffineExpr PadOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  AffineExpr size = sizes.dimension(getX(), dim);
  AffineExpr total = size + (getLow()[dim] + getHigh()[dim]);
  int64_t interior = getInterior()[dim];
  if (interior == 0)
    return total;
  if (magnitude(size, 1) * static_cast<double>(interior) >= kLargestDividend)
    return sizes.unknown(getResult()); // would wrap
  return total + (size - size.ceilDiv(int64_t(1) << 48)) * interior;
}

std::optional<int64_t> PadOp::rowInResult(unsigned operand, int64_t dim) {
  bool isPadded = operand != 0 || getLow()[dim] || getHigh()[dim] || getInterior()[dim];
  return isPadded ? std::nullopt : std::optional(dim);
}

/// Whether a product reads `value`, at once or through a few ops element by element.
static bool isMultiplied(Value value, int64_t steps) {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    return isa<ProductOpInterface>(user) ||
           (isa<ElementwiseOpInterface>(user) &&
            (steps == 0 || isMultiplied(user->getResult(0), steps - 1)));
  });
}

bool PadOp::isReducedInWindows() {
  constexpr int64_t kFewSteps = 3;
  auto isZero = [](int64_t count) { return count == 0; };
  auto isReduced = [&](Operation *user) {
    return isa<WindowsOp>(user) && !isMultiplied(user->getResult(0), kFewSteps);
  };
  return !getResult().use_empty() && llvm::all_of(getInterior(), isZero) &&
         llvm::all_of(getResult().getUsers(), isReduced);
}

} // namespace mlc::nn
