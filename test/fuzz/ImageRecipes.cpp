// Recipes of the ops on signals, images and volumes.
#include "dialects/NN/AttributeNames.h"
#include "test/fuzz/Generator.h"
#include <cmath>

using namespace mlir;
using namespace mlc::nn;

namespace mlc::fuzz {

/// All dimensions but the first two at other sizes, or all of them; positions and weights are
/// computed in f64 wherever the op runs.
static bool interpolate(Generator &g) {
  auto x = g.pick([](const Term &term) { return term.rank() >= 1; });
  if (!x)
    return false;
  int64_t others = x->rank() <= 2 ? 0 : 2, spatial = x->rank() - others;
  Dims dims = x->dims;
  SmallVector<int64_t> sizes;
  SmallVector<double> scales;
  bool isScaled = g.random.chance(0.4);
  for (int64_t &dim : MutableArrayRef(dims).drop_front(others)) {
    if (g.mayBeEmpty(dim))
      return false;
    static constexpr double kScales[] = {1.0, 1.5, 2.0, 3.0};
    scales.push_back(g.random.pick(kScales));
    sizes.push_back(g.random.between(1, 2 * g.most(dim) + 1));
    auto scaled = static_cast<int64_t>(scales.back() * static_cast<double>(g.most(dim)));
    dim = !isScaled ? sizes.back() : dim < 0 ? g.newSymbol(scaled, false) : scaled;
  }
  if (!g.fits(dims))
    return false;
  Builder &b = g.builder;
  auto mode = x->isFloat() ? static_cast<Interpolation>(g.random.below(3)) : Interpolation::nearest;
  auto coordinates = static_cast<Coordinates>(g.random.below(3));
  if (mode == Interpolation::nearest && coordinates == Coordinates::align_corners)
    coordinates = Coordinates::asymmetric;
  std::string word =
      StringRef("nc").take_front(others).str() + StringRef("vdhw").take_back(spatial).str();
  Value value = g.create<InterpolateOp>(
      x->value, isScaled ? DenseI64ArrayAttr() : b.getDenseI64ArrayAttr(sizes),
      isScaled ? b.getDenseF64ArrayAttr(scales) : DenseF64ArrayAttr(),
      InterpolationAttr::get(b.getContext(), mode),
      CoordinatesAttr::get(b.getContext(), coordinates), b.getStringAttr(word));
  double most = mode == Interpolation::cubic ? std::pow(1.5, spatial) * x->magnitude() : 0.0;
  Term result{value, dims, std::min(x->low, -most), std::max(x->high, most), x->coarse};
  g.push(x->isFloat() ? g.bounded(result, 16.0) : result);
  return true;
}

static bool localResponseNorm(Generator &g) {
  auto x = g.pick([](const Term &term) { return term.isFloat() && term.rank() >= 2; });
  if (!x)
    return false;
  Builder &b = g.builder;
  Value value = g.create<LocalResponseNormOp>(x->value, b.getI64IntegerAttr(g.random.between(1, 6)),
                                              b.getF64FloatAttr(0.5), b.getF64FloatAttr(0.75),
                                              b.getF64FloatAttr(1.0));
  g.push({value, x->dims, std::min(x->low, 0.0), std::max(x->high, 0.0), x->coarse});
  return true;
}

namespace {
/// Windows along the dimensions of x after the first two. Where a size is free there are as many
/// positions, so that it stays what it is.
struct Windows {
  SmallVector<int64_t> sizes, strides, padding, dilation, positions;
};
} // namespace

/// Padding of a pool is at most half a window; positions of tiles are neighbours.
enum class WindowKind { pool, any, tiled };

/// Nothing if a dimension may be empty.
static std::optional<Windows> windowsOf(Generator &g, const Term &x, WindowKind kind) {
  Windows windows;
  bool isPool = kind == WindowKind::pool, isTiled = kind == WindowKind::tiled;
  for (int64_t dim : ArrayRef(x.dims).drop_front(2)) {
    if (g.mayBeEmpty(dim))
      return std::nullopt;
    int64_t size = g.random.between(1, isTiled ? 5 : 3),
            dilation = !isTiled && g.random.chance(0.2) ? 2 : 1, low = 0, high = 0, stride = 1;
    if (isPool && dim < 0)
      dilation = 1;
    int64_t length = (size - 1) * dilation + 1;
    if (dim < 0) {
      low = (length - 1) / 2;
      high = length - 1 - low;
    } else {
      low = g.random.between(0, isPool ? size / 2 : 2);
      high = g.random.between(0, isPool ? size / 2 : 2);
      stride = isTiled ? 1 : g.random.between(1, 3);
      if (dim + low + high < length)
        return std::nullopt;
    }
    windows.sizes.push_back(size);
    windows.strides.push_back(stride);
    windows.padding.append({low, high});
    windows.dilation.push_back(dilation);
    windows.positions.push_back(dim < 0 ? dim : (dim + low + high - length) / stride + 1);
  }
  return windows;
}

static bool convolution(Generator &g) {
  auto x = g.pick([](const Term &term) {
    return term.isFloat() && term.rank() >= 3 && term.rank() <= 5 && term.dims[1] > 0;
  });
  bool isTiled = g.random.chance(0.4);
  WindowKind kind = isTiled ? WindowKind::tiled : WindowKind::any;
  std::optional<Windows> windows = x ? windowsOf(g, *x, kind) : std::nullopt;
  if (!windows)
    return false;
  int64_t channels = x->dims[1], groups = isTiled                                     ? 1
                                          : g.random.chance(0.3)                      ? channels
                                          : channels % 2 == 0 && g.random.chance(0.3) ? 2
                                                                                      : 1;
  int64_t outputs = groups * g.random.between(1, 3), products = channels / groups;
  Dims kernel = {outputs, channels / groups}, dims = {x->dims[0], outputs};
  for (int64_t size : windows->sizes) {
    kernel.push_back(size);
    products *= size;
  }
  dims.append(windows->positions.begin(), windows->positions.end());
  if (!g.fits(dims))
    return false;
  Term w = g.constant(kernel, x->element());
  Value value = g.create<ConvOp>(x->value, w.value, Value(), windows->strides, windows->padding,
                                 /*same=*/false, windows->dilation, ArrayRef<int64_t>(), groups,
                                 StringAttr(), StringAttr());
  if (isTiled)
    value.getDefiningOp()->setAttr(kWinogradAttr, g.builder.getStringAttr(kAlways));
  double most = x->magnitude() * w.magnitude() * static_cast<double>(products);
  g.push(g.bounded({value, dims, -most, most, x->coarse || w.coarse}, 16.0));
  return true;
}

/// x plus a ramp, so that equal elements, such as zeros, are not equal: of those the first is the
/// largest, where dual numbers share. Nothing if a size is not in scope or 16-bit floats would
/// round the ramp away.
static std::optional<Term> withoutTies(Generator &g, const Term &x) {
  auto sizes = g.dynamicSizes(x.dims);
  if (!sizes || x.coarse)
    return std::nullopt;
  static constexpr double kSteps[] = {0.0, 0.0731, 0.0317, 0.0173, 0.0091};
  Term sum = x;
  for (int64_t dim = 1; dim < x.rank(); ++dim) {
    Value along = g.create<IotaOp>(g.typeOf(x.dims, x.element()), *sizes, dim);
    Value ramp = g.create<MulOp>(along, g.splat(x, kSteps[dim]).value);
    sum.value = g.create<AddOp>(sum.value, ramp);
    sum.high += kSteps[dim] * static_cast<double>(g.most(x.dims[dim]));
  }
  return sum;
}

static bool pool(Generator &g) {
  auto x = g.pick(
      [](const Term &term) { return term.isFloat() && term.rank() >= 3 && term.rank() <= 5; });
  std::optional<Windows> windows = x ? windowsOf(g, *x, WindowKind::pool) : std::nullopt;
  bool isMax = g.random.chance(0.5), leavesOut = g.random.chance(0.5);
  if (windows && isMax)
    x = withoutTies(g, *x);
  if (!windows || !x)
    return false;
  Dims dims = {x->dims[0], x->dims[1]};
  dims.append(windows->positions.begin(), windows->positions.end());
  Value value;
  if (isMax)
    value = g.create<MaxPoolOp>(x->value, windows->sizes, windows->strides, windows->padding,
                                /*same=*/false, windows->dilation, /*ceil=*/false, StringAttr());
  else
    value = g.create<AvgPoolOp>(x->value, windows->sizes, windows->strides, windows->padding,
                                /*same=*/false, windows->dilation, /*ceil=*/false, leavesOut,
                                StringAttr());
  g.push({value, dims, std::min(x->low, 0.0), std::max(x->high, 0.0), x->coarse});
  return true;
}

/// To some sizes, of free ones to 1.
static bool adaptivePool(Generator &g) {
  auto x = g.pick(
      [](const Term &term) { return term.isFloat() && term.rank() >= 3 && term.rank() <= 5; });
  if (!x)
    return false;
  bool isLast = g.random.chance(0.3), isMax = g.random.chance(0.5);
  Dims dims = x->dims;
  SmallVector<int64_t> sizes;
  for (int64_t &dim : MutableArrayRef(dims).slice(isLast ? 1 : 2, x->rank() - 2)) {
    if (g.mayBeEmpty(dim))
      return false;
    sizes.push_back(dim < 0 || g.random.chance(0.2) ? 1 : g.random.between(1, dim + 2));
    dim = sizes.back();
  }
  if (g.fits(dims) && isMax)
    x = withoutTies(g, *x);
  if (!g.fits(dims) || !x)
    return false;
  StringRef spatial = StringRef("dhw").take_back(sizes.size());
  StringAttr layout =
      g.builder.getStringAttr(isLast ? "n" + spatial.str() + "c" : "nc" + spatial.str());
  Value value = isMax ? g.create<AdaptiveMaxPoolOp>(x->value, sizes, layout)
                      : g.create<AdaptiveAvgPoolOp>(x->value, sizes, layout);
  g.push(value, dims, *x);
  return true;
}

ArrayRef<WeightedRecipe> imageRecipes() {
  static const WeightedRecipe recipes[] = {{0.5, interpolate},
                                           {0.2, localResponseNorm},
                                           {0.8, convolution},
                                           {0.5, pool},
                                           {0.4, adaptivePool}};
  return recipes;
}

} // namespace mlc::fuzz
