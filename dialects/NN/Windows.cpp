#include "dialects/NN/Windows.h"
#include "dialects/NN/CompositeSupport.h"
#include "dialects/NN/Refusal.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace mlir;

namespace mlc::nn {

//===- Geometry -------------------------------------------------------------===//

int64_t WindowGrid::positions(size_t dim, int64_t size) const {
  if (ShapedType::isDynamic(size))
    return size;
  int64_t spread = size > 0 ? (size - 1) * inputDilation[dim] + 1 : 0;
  int64_t rest = spread + low[dim] + high[dim] - length(dim);
  return rest < 0 ? -1 : rest / strides[dim] + 1;
}
AffineExpr WindowGrid::positions(size_t dim, AffineExpr size) const {
  AffineExpr spread = inputDilation[dim] == 1 ? size : (size - 1) * inputDilation[dim] + 1;
  return (spread + (low[dim] + high[dim] - length(dim))).floorDiv(strides[dim]) + 1;
}
bool WindowGrid::isTrivial() const {
  auto isOne = [](int64_t number) { return number == 1; };
  return llvm::all_of(sizes, isOne) && llvm::all_of(strides, isOne);
}

SmallVector<int64_t> perDimension(ArrayRef<int64_t> given, size_t count, int64_t otherwise) {
  if (given.size() > 1)
    return SmallVector<int64_t>(given);
  return SmallVector<int64_t>(count, given.empty() ? otherwise : given.front());
}

LogicalResult setPadding(std::optional<Location> location, WindowGrid &grid,
                         ArrayRef<int64_t> given, bool same, const ImageLayout &layout,
                         RankedTensorType x) {
  size_t rank = layout.spatial.size();
  bool isPairs = given.size() == 2 * rank;
  for (size_t dim = 0; isPairs && dim < rank; ++dim) {
    grid.low.push_back(given[2 * dim]);
    grid.high.push_back(given[2 * dim + 1]);
  }
  if (!isPairs)
    grid.low = grid.high = perDimension(given, rank, 0);
  if (!same || grid.sizes.size() != rank || grid.strides.size() != rank ||
      grid.dilation.size() != rank)
    return success(); // verifyGrid says what is wrong
  if (!given.empty()) // conv_c10
    return refuse(location, "", "expects padding or same, but got both");
  for (size_t dim = 0; dim < rank; ++dim) {
    int64_t size = x.getDimSize(layout.at(layout.spatial[dim])), total = grid.length(dim) - 1,
            stride = std::max<int64_t>(grid.strides[dim], 1);
    if (stride != 1 && ShapedType::isDynamic(size)) // conv_c10
      return refuse(location, "padding = [...] says it in numbers",
                    "expects static spatial sizes for `same` where strides are not 1, but got ", x);
    if (stride != 1)
      total =
          std::max<int64_t>((llvm::divideCeil(size, stride) - 1) * stride + total + 1 - size, 0);
    grid.low[dim] = total / 2;
    grid.high[dim] = total - total / 2;
  }
  return success();
}

/// One of the lists of a grid.
struct GridList {
  StringRef name;
  ArrayRef<int64_t> numbers;
  int64_t least;
};

LogicalResult verifyGrid(std::optional<Location> location, const WindowGrid &grid,
                         const ImageLayout &layout, RankedTensorType x) {
  // As of nn.windows; products of two stay far below 2^63.
  constexpr int64_t kMost = int64_t(1) << 30;
  for (const GridList &list : {GridList{"window", grid.sizes, 1},
                               {"strides", grid.strides, 1},
                               {"padding", grid.low, -kMost},
                               {"padding", grid.high, -kMost},
                               {"dilation", grid.dilation, 1},
                               {"input_dilation", grid.inputDilation, 1}}) {
    if (list.numbers.size() != layout.spatial.size()) // conv_c7, max_pool_c3
      return refuse(location, "", "expects ", list.name, " for the ", layout.spatial.size(),
                    " spatial dimensions of the layout \"", layout.word, "\", but got ",
                    list.numbers.size());
    for (int64_t number : list.numbers)
      if (number < list.least || number > kMost) // conv_c7, max_pool_c3
        return refuse(location, "", "expects ", list.name, " of at least ", list.least,
                      " and at most 2^30, but got ", number);
  }
  for (auto [dim, letter] : llvm::enumerate(layout.spatial)) {
    int64_t size = x.getDimSize(layout.at(letter));
    if (ShapedType::isDynamic(size) || grid.positions(dim, size) >= 0)
      continue; // conv_c8, max_pool_c5
    return refuse(location, "padding makes room for it", "expects a window that fits, but it is ",
                  grid.length(dim), " elements long in dimension '", std::string(1, letter),
                  "', where there are ", size, " of ", x, " with padding ", grid.low[dim], " and ",
                  grid.high[dim]);
  }
  return success();
}

//===- Views ----------------------------------------------------------------===//

char windowLetter(char spatial) { return llvm::toUpper(spatial); }
std::string windowLetters(StringRef spatial) { return spatial.upper(); }

Lettered trimmed(const Lettered &x, char letter, int64_t before, OpFoldResult size) {
  OpBuilder &builder = *x.value.builder;
  SmallVector<OpFoldResult> offsets(x.value.rank(), builder.getIndexAttr(0)),
      sizes = x.value.sizes();
  offsets[x.at(letter)] = builder.getIndexAttr(before);
  sizes[x.at(letter)] = size;
  return x.with(x.value.slice(offsets, sizes, SmallVector<int64_t>(x.value.rank(), 1)));
}

Lettered padded(const Lettered &x, StringRef spatial, const WindowGrid &grid, double value) {
  SmallVector<int64_t> low(x.value.rank(), 0), high = low, interior = low;
  for (auto [dim, letter] : llvm::enumerate(spatial)) {
    low[x.at(letter)] = std::max<int64_t>(grid.low[dim], 0);
    high[x.at(letter)] = std::max<int64_t>(grid.high[dim], 0);
    interior[x.at(letter)] = grid.inputDilation[dim] - 1;
  }
  Lettered result = x.with(x.value.pad(value, low, high, interior));
  OpBuilder &builder = *x.value.builder;
  for (auto [dim, letter] : llvm::enumerate(spatial)) {
    int64_t before = std::max<int64_t>(-grid.low[dim], 0),
            after = std::max<int64_t>(-grid.high[dim], 0);
    if (before + after == 0)
      continue;
    OpFoldResult size = addSizes(builder, *x.value.location, result.value.size(result.at(letter)),
                                 builder.getIndexAttr(-before - after));
    result = trimmed(result, letter, before, size);
  }
  return result;
}

Lettered seenByWindows(const Lettered &x, StringRef spatial, const WindowGrid &grid) {
  SmallVector<int64_t> dims =
      llvm::map_to_vector(spatial, [&](char letter) { return x.at(letter); });
  int64_t first = dims.back() + 1;
  std::string letters = x.dims;
  letters.insert(first, windowLetters(spatial));
  if (!grid.isTrivial())
    return {x.value.with(WindowsOp::create(*x.value.builder, *x.value.location, x.value.value(),
                                           dims, grid.sizes, grid.strides, grid.dilation)),
            letters};
  refuseEmpty(x.value, dims);
  SmallVector<int64_t> shape(x.value.type().getShape());
  shape.insert(shape.begin() + first, spatial.size(), 1);
  return {reshaped(x.value, shape), letters};
}

Phase phaseOf(int64_t phase, int64_t period, int64_t size, int64_t dilation, int64_t low) {
  Phase result;
  int64_t common = std::gcd(dilation, period);
  result.step = period / common;
  result.advance = dilation / common;
  auto offset = [&](int64_t tap) { return phase + tap * dilation - low; };
  while (result.first < result.step && llvm::mod(offset(result.first), period) != 0)
    ++result.first;
  if (result.first == result.step || result.first >= size)
    return result; // no tap meets an element
  result.count = llvm::divideCeil(size - result.first, result.step);
  result.shift = llvm::divideFloorSigned(offset(result.first), period);
  return result;
}

//===- nn.windows -----------------------------------------------------------===//

LogicalResult WindowsOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                          Adaptor adaptor, SmallVectorImpl<Type> &types) {
  FailureOr<RankedTensorType> x = rankedType(location, adaptor.getX());
  if (failed(x))
    return failure();
  ArrayRef<int64_t> dims = adaptor.getDims(), sizes = adaptor.getSizes(),
                    strides = adaptor.getStrides(), dilations = adaptor.getDilations();
  int64_t next = 0;
  for (int64_t dim : dims) {
    if (dim < next || dim >= x->getRank()) // windows_c1
      return refuse(location, "", "expects distinct, increasing dims in [0, ", x->getRank(),
                    "), the dimensions of ", *x, ", but got [", dims, "]");
    next = dim + 1;
  }
  if (dims.empty()) // windows_c1
    return refuse(location, "", "expects one dimension at least");
  auto isGood = [&](ArrayRef<int64_t> list) {
    return list.size() == dims.size() &&
           llvm::all_of(list, [](int64_t number) { return number >= 1 && number <= 1 << 30; });
  };
  if (!isGood(sizes) || !isGood(strides) || !isGood(dilations)) // windows_c2
    return refuse(location, "",
                  "expects a size, stride and dilation from 1 to 2^30 for each of the ",
                  dims.size(), " dims, but got sizes [", sizes, "], strides [", strides,
                  "] and dilations [", dilations, "]");
  SmallVector<int64_t> shape(x->getShape());
  for (auto [position, dim] : llvm::enumerate(dims)) {
    int64_t length = (sizes[position] - 1) * dilations[position] + 1;
    if (ShapedType::isDynamic(shape[dim]))
      continue;
    if (shape[dim] < length) // windows_c3
      return refuse(location, "nn.pad makes room for it", "expects a window that fits, but it is ",
                    length, " elements long in dimension ", dim, " of ", *x);
    shape[dim] = (shape[dim] - length) / strides[position] + 1;
  }
  shape.insert(shape.begin() + dims.back() + 1, sizes.begin(), sizes.end());
  types.push_back(x->clone(shape));
  return success();
}

std::optional<SmallVector<ViewStep>> WindowsOp::viewSteps() {
  SmallVector<ViewStep> steps, inWindow;
  for (int64_t dim = 0; dim < tensorType(getX()).getRank(); ++dim)
    steps.push_back({dim, 1});
  for (auto [position, dim] : llvm::enumerate(getDims())) {
    steps[dim].step = getStrides()[position];
    inWindow.push_back({dim, getDilations()[position]});
  }
  steps.insert(steps.begin() + firstWindowDim(), inWindow.begin(), inWindow.end());
  return steps;
}

AffineExpr WindowsOp::resultDimension(unsigned, unsigned dim, DimensionAnalysis &sizes) {
  auto first = static_cast<unsigned>(firstWindowDim());
  size_t count = getDims().size();
  if (dim >= first && dim < first + count)
    return sizes.constant(getSizes()[dim - first]);
  unsigned from = dim < first ? dim : dim - count;
  AffineExpr size = sizes.dimension(getX(), from);
  const auto *place = llvm::find(getDims(), static_cast<int64_t>(from));
  if (place == getDims().end())
    return size;
  size_t position = place - getDims().begin();
  int64_t length = (getSizes()[position] - 1) * getDilations()[position] + 1;
  return (size - length).floorDiv(getStrides()[position]) + 1;
}

void WindowsOp::collectLimits(DimensionAnalysis &sizes, SmallVectorImpl<SizeLimit> &limits) {
  for (auto [position, dim] : llvm::enumerate(getDims())) {
    int64_t length = (getSizes()[position] - 1) * getDilations()[position] + 1;
    limits.push_back({sizes.constant(length), sizes.dimension(getX(), dim), false,
                      "windows longer than the dimension along which they move"});
  }
}

FailureOr<SmallVector<Tensor>> WindowsOp::evaluate(ArrayRef<Tensor> operands,
                                                   ArrayRef<RankedTensorType> resultTypes) {
  SmallVector<ViewStep> steps = *viewSteps();
  const Tensor &x = operands[0];
  SmallVector<Tensor> results;
  results.push_back(Tensor::generate(resultTypes.front(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(x.shape.size(), 0);
    for (auto [at, step] : llvm::zip_equal(index, steps))
      source[step.dim] += at * step.step;
    return x[source];
  }));
  return results;
}

namespace {
/// The derivative of nn.windows of x, a dimension at a time.
class WindowsVjp {
public:
  WindowsVjp(ArrayRef<int64_t> dims, const WindowGrid &grid, const TensorExpr &dy,
             const TensorExpr &x)
      : dims(dims), grid(grid), x(x), sum(dy) {}

  TensorExpr build() {
    for (size_t position = dims.size(); position-- > 0;)
      along(position, dims.back() + 1 + static_cast<int64_t>(position));
    return sum;
  }

private:
  /// Adds up the elements `k` of windows, or lays them side by side where no windows overlap.
  void along(size_t position, int64_t windowDim) {
    int64_t dim = dims[position], size = grid.sizes[position], stride = grid.strides[position],
            dilation = grid.dilation[position];
    bool isApart = dilation == 1 && size <= stride;
    if (!isApart && size > kMostTaps) {
      sum = scattered(dim, windowDim, stride, dilation);
      return;
    }
    TensorExpr whole = isApart ? sideBySide(dim, windowDim, size, stride)
                               : overlapping(dim, windowDim, size, stride, dilation);
    // What no window reaches, or the gap after the last one.
    OpFoldResult wanted = x.size(dim);
    if (whole.type().getDimSize(dim) == x.type().getDimSize(dim) &&
        !whole.type().isDynamicDim(dim)) {
      sum = whole;
      return;
    }
    SmallVector<int64_t> none(whole.rank(), 0), high = none;
    high[dim] = stride - 1;
    SmallVector<OpFoldResult> offsets(whole.rank(), sum.builder->getIndexAttr(0));
    TensorExpr longer = whole.pad(0.0, none, high, none);
    SmallVector<OpFoldResult> sizes = longer.sizes();
    sizes[dim] = wanted;
    sum = longer.slice(offsets, sizes, SmallVector<int64_t>(whole.rank(), 1));
  }

  TensorExpr sideBySide(int64_t dim, int64_t windowDim, int64_t size, int64_t stride) {
    SmallVector<int64_t> none(sum.rank(), 0), high = none;
    high[windowDim] = stride - size;
    return mergeDims(beside(sum.pad(0.0, none, high, none), dim, windowDim), dim, dim + 2);
  }
  /// With the window dimension right after the one that it belongs to.
  static TensorExpr beside(const TensorExpr &seen, int64_t dim, int64_t windowDim) {
    SmallVector<int64_t> order;
    for (int64_t from = 0; from < seen.rank(); ++from)
      if (from != windowDim) {
        order.push_back(from);
        if (from == dim)
          order.push_back(windowDim);
      }
    return seen.transpose(order);
  }

  /// More elements of a window are not added by an operation each.
  static constexpr int64_t kMostTaps = 64;

  TensorExpr scattered(int64_t dim, int64_t windowDim, int64_t stride, int64_t dilation) {
    TensorExpr updates = beside(sum, dim, windowDim);
    SmallVector<OpFoldResult> sizes = updates.sizes(), pair = {sizes[dim], sizes[dim + 1]};
    TensorExpr window = positions(pair, 0), tap = positions(pair, 1);
    sizes.erase(sizes.begin() + dim + 1);
    sizes[dim] = x.size(dim);
    SmallVector<int64_t> shape;
    SmallVector<Value> dynamic;
    dispatchIndexOpFoldResults(sizes, dynamic, shape);
    TensorExpr zeros = sum.with(BroadcastOp::create(
        *sum.builder, *sum.location, RankedTensorType::get(shape, sum.element()),
        sum.scalar(0.0).value(), dynamic, ArrayRef<int64_t>()));
    TensorExpr at = window * window.integerConstant(stride) + tap * tap.integerConstant(dilation);
    return zeros.scatter(ScatterKind::add, at, updates, dim, 0);
  }
  /// The position along `dim` in a tensor of these sizes.
  TensorExpr positions(ArrayRef<OpFoldResult> sizes, int64_t dim) {
    SmallVector<int64_t> shape;
    SmallVector<Value> dynamic;
    dispatchIndexOpFoldResults(sizes, dynamic, shape);
    auto type = RankedTensorType::get(shape, sum.builder->getI64Type());
    return sum.with(IotaOp::create(*sum.builder, *sum.location, type, dynamic, dim));
  }

  TensorExpr overlapping(int64_t dim, int64_t windowDim, int64_t size, int64_t stride,
                         int64_t dilation) {
    TensorExpr total;
    for (int64_t k = 0; k < size; ++k) {
      TensorExpr tap = sum.sliceAlong(windowDim, k, 1);
      SmallVector<int64_t> shape(tap.type().getShape());
      shape.erase(shape.begin() + windowDim);
      tap = reshaped(tap, shape);
      SmallVector<int64_t> low(tap.rank(), 0), high = low, interior = low;
      low[dim] = k * dilation;
      high[dim] = (size - 1 - k) * dilation;
      interior[dim] = stride - 1;
      tap = tap.pad(0.0, low, high, interior);
      total = total ? total + tap : tap;
    }
    return total;
  }

  ArrayRef<int64_t> dims;
  const WindowGrid &grid;
  TensorExpr x, sum;
};
} // namespace

LogicalResult WindowsOp::buildVjp(VjpBuilder &vjp) {
  WindowGrid grid;
  grid.sizes.assign(getSizes().begin(), getSizes().end());
  grid.strides.assign(getStrides().begin(), getStrides().end());
  grid.dilation.assign(getDilations().begin(), getDilations().end());
  vjp.accumulate(0, WindowsVjp(getDims(), grid, vjp.cotangent(), vjp.operand(0)).build());
  return success();
}

Lettered summedOverWindows(const TensorExpr &seen, const Lettered &x, StringRef spatial,
                           const WindowGrid &grid) {
  Lettered whole = padded(x, spatial, grid, 0.0); // for its sizes
  SmallVector<int64_t> dims =
      llvm::map_to_vector(spatial, [&](char letter) { return x.at(letter); });
  Lettered result = x.with(WindowsVjp(dims, grid, seen, whole.value).build());
  for (auto [dim, letter] : llvm::enumerate(spatial))
    if (grid.low[dim] + grid.high[dim] > 0)
      result = trimmed(result, letter, grid.low[dim], x.value.size(x.at(letter)));
  return result;
}

} // namespace mlc::nn
