#include "dialects/NN/WindowsOfElements.h"
#include "dialects/NN/NN.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::nn {

bool WindowsOfElements::areKnown(const Lettered &x, StringRef spatial, const WindowGrid &grid) {
  auto isKnown = [&](char letter) { return !ShapedType::isDynamic(x.size(letter)); };
  auto isOne = [](int64_t step) { return step == 1; };
  auto isPadding = [](int64_t count) { return count >= 0; };
  return llvm::all_of(spatial, isKnown) && llvm::all_of(grid.dilation, isOne) &&
         llvm::all_of(grid.inputDilation, isOne) && llvm::all_of(grid.low, isPadding);
}

/// Element q * stride + r is the k-th of window q + last - t, where last is that of the last phase
/// and k = r + low - stride * (last - t).
WindowsOfElements::WindowsOfElements(const Lettered &x, StringRef spatial, const WindowGrid &grid)
    : x(x), spatial(spatial), grid(grid), around(grid) {
  for (auto [dim, letter] : llvm::enumerate(spatial)) {
    int64_t stride = grid.strides[dim], low = grid.low[dim], size = x.size(letter);
    int64_t last = (stride - 1 + low) / stride;
    int64_t count = llvm::divideCeil(grid.sizes[dim] - low + stride * last, stride);
    around.sizes[dim] = count;
    around.strides[dim] = 1;
    around.low[dim] = count - 1 - last;
    around.high[dim] = int64_t(llvm::divideCeil(size, stride)) + last - grid.positions(dim, size);
  }
}

/// Phases come after the elements of their dimension.
std::string WindowsOfElements::order() const {
  std::string letters = "n";
  for (auto [dim, letter] : llvm::enumerate(spatial))
    letters += {letter, phaseOf(dim)};
  return letters + windowLetters(spatial) + "c";
}

Lettered WindowsOfElements::of(const Lettered &given, double outside) const {
  Lettered seen = seenByWindows(padded(given, spatial, around, outside), spatial, around);
  for (auto [dim, letter] : llvm::enumerate(spatial)) // windows of one element are none
    if (!seen.has(windowLetter(letter)))
      seen = seen.split(letter, seen.size(letter), windowLetter(letter), 1);
  std::string all = order();
  OpBuilder &builder = *given.value.builder;
  SmallVector<OpFoldResult> sizes;
  for (char letter : all)
    sizes.push_back(seen.has(letter) ? seen.value.size(seen.at(letter))
                                     : builder.getIndexAttr(grid.strides[letter - '0']));
  SmallVector<Value> dynamic;
  SmallVector<int64_t> shape, places;
  dispatchIndexOpFoldResults(sizes, dynamic, shape);
  for (char letter : seen.dims)
    places.push_back(static_cast<int64_t>(all.find(letter)));
  auto type = RankedTensorType::get(shape, seen.value.element());
  return {seen.value.with(BroadcastOp::create(builder, *given.value.location, type,
                                              seen.value.value(), dynamic, places)),
          all};
}

TensorExpr WindowsOfElements::places(const Lettered &like) const {
  TensorExpr place, isSeen;
  int64_t rowMajor = 1;
  for (size_t dim = spatial.size(); dim-- > 0;) {
    Type i32 = IntegerType::get(like.value.element().getContext(), 32);
    auto along = [&](char letter) { return like.value.positions(like.at(letter), i32); };
    int64_t stride = grid.strides[dim], first = stride * (around.sizes[dim] - 1) + grid.low[dim] -
                                                (stride - 1 + grid.low[dim]) / stride * stride;
    TensorExpr window = along(windowLetter(spatial[dim]));
    TensorExpr k = along(phaseOf(dim)) - window * window.integerConstant(stride);
    k = k + k.integerConstant(first);
    TensorExpr isHere = (k >= k.integerConstant(0)) & (k < k.integerConstant(grid.sizes[dim]));
    isSeen = isSeen ? isSeen & isHere : isHere;
    TensorExpr part = k * k.integerConstant(rowMajor);
    place = place ? place + part : part;
    rowMajor *= grid.sizes[dim];
  }
  return select(isSeen, place, place.integerConstant(-2));
}

Lettered WindowsOfElements::sum(const Lettered &shares) const {
  SmallVector<int64_t> dims;
  std::string kept;
  for (auto [dim, letter] : llvm::enumerate(shares.dims))
    if (windowLetters(spatial).find(letter) != std::string::npos)
      dims.push_back(static_cast<int64_t>(dim));
    else
      kept += letter;
  Lettered result{shares.value.sum(dims), kept};
  for (auto [dim, letter] : llvm::enumerate(spatial)) {
    result = result.merge(letter, phaseOf(dim), letter);
    if (result.size(letter) != x.size(letter)) // the last phases may have an element too many
      result = trimmed(result, letter, 0, x.value.size(x.at(letter)));
  }
  return result;
}

/// Element k of a window is number k - first of those that phases and windows count: windows from
/// the last one on, phases for each.
Lettered WindowsOfElements::kernel(const Lettered &taps) const {
  Lettered result = taps;
  for (auto [dim, letter] : llvm::enumerate(spatial)) {
    char window = windowLetter(letter);
    if (!result.has(window)) { // windows of one element are none
      std::string letters = window + result.dims;
      SmallVector<int64_t> shape(result.value.type().getShape());
      shape.insert(shape.begin(), 1);
      result = {result.value.reshape(shape), letters};
    }
    int64_t count = around.sizes[dim], stride = grid.strides[dim], first = firstOf(dim);
    SmallVector<int64_t> low(result.value.rank(), 0), high = low, interior = low;
    low[result.at(window)] = -first;
    high[result.at(window)] = count * stride + first - grid.sizes[dim];
    result = result.with(result.value.pad(0.0, low, high, interior));
    result = result.split(window, count, phaseOf(dim), stride);
    SmallVector<int64_t> turned = {result.at(window)};
    if (count > 1)
      result = result.with(result.value.with(ReverseOp::create(
          *taps.value.builder, *taps.value.location, result.value.value(), turned)));
  }
  return result;
}

} // namespace mlc::nn
