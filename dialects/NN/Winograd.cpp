// Winograd's minimal filtering: m results of r taps by m + r - 1 products (Toom-Cook, transposed;
// Lavin and Gray 2016, arXiv:1509.09308). In several dimensions each is done in turn.
#include "dialects/NN/Winograd.h"
#include "dialects/NN/AttributeNames.h"
#include "dialects/NN/CompositeSupport.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace mlc::nn {

//===- Filters --------------------------------------------------------------===//

/// Where polynomials are multiplied, infinity besides. Numbers of few bits, so that only the
/// kernel's map is rounded; of those 5/8 and 3/2 leave the least error in f32, twice that of the
/// sum of the products themselves, 1 and 2 five times it (Barabasz et al. 2020, arXiv:1803.10986,
/// on what points do).
static ArrayRef<double> pointsOf(int64_t count) {
  static constexpr double kThree[] = {0.0, 1.0, -1.0};
  static constexpr double kFive[] = {0.0, 0.625, -0.625, 1.5, -1.5};
  return count == 4 ? ArrayRef<double>(kThree) : ArrayRef<double>(kFive);
}

/// The coefficients of the product of (x - point) for all points but the one at `left`.
static SmallVector<double> polynomial(ArrayRef<double> points, size_t left) {
  SmallVector<double> coefficients = {1.0};
  for (auto [number, point] : llvm::enumerate(points)) {
    if (number == left)
      continue;
    coefficients.insert(coefficients.begin(), 0.0);
    for (size_t power = 0; power + 1 < coefficients.size(); ++power)
      coefficients[power] -= point * coefficients[power + 1];
  }
  return coefficients;
}

MinimalFilter MinimalFilter::of(int64_t count, int64_t taps) {
  if (taps == 1) {
    SmallMatrix one(1, 1);
    one.at(0, 0) = 1.0;
    return {one, one, one};
  }
  int64_t results = count + 1 - taps;
  MinimalFilter filter{{count, count}, {count, taps}, {results, count}};
  ArrayRef<double> points = pointsOf(count);
  for (auto [number, point] : llvm::enumerate(points)) {
    auto row = static_cast<int64_t>(number);
    double scale = 1.0, power = 1.0;
    for (auto [other, otherPoint] : llvm::enumerate(points))
      scale *= other == number ? 1.0 : point - otherPoint;
    for (int64_t exponent = 0; exponent < std::max(results, taps); ++exponent) {
      if (exponent < results)
        filter.output.at(exponent, row) = power;
      if (exponent < taps)
        filter.kernel.at(row, exponent) = power / scale;
      power *= point;
    }
    for (auto [exponent, coefficient] : llvm::enumerate(polynomial(points, number)))
      filter.input.at(row, static_cast<int64_t>(exponent)) = coefficient;
  }
  filter.output.at(results - 1, count - 1) = filter.kernel.at(count - 1, taps - 1) = 1.0;
  for (auto [exponent, coefficient] : llvm::enumerate(polynomial(points, points.size())))
    filter.input.at(count - 1, static_cast<int64_t>(exponent)) = coefficient;
  return filter;
}

//===- Choice ---------------------------------------------------------------===//

WinogradUse winogradUse(Operation *op) {
  auto use = op->getAttrOfType<StringAttr>(kWinogradAttr);
  return !use ? WinogradUse::whereItPays : use == kNever ? WinogradUse::never : WinogradUse::always;
}

/// In multiply-adds: products in tiles reach less of the peak than windows do; elements of tiles
/// are written and read, and maps of kernels come from memory; those of derivatives are written
/// there, packed and read.
constexpr double kTileProducts = 1.15, kTileElements = 10.0, kKernelElements = 10.0,
                 kChangingKernelElements = 40.0;
/// What is gained has to be worth the tensors between.
constexpr double kLeastGain = 1.15;
/// Vectors run along channels.
constexpr int64_t kFewestChannels = 16;

static double costOf(int64_t points, const ConvolutionSizes &sizes) {
  double elements = 1.0, tiles = static_cast<double>(sizes.images);
  for (auto [taps, positions] : llvm::zip_equal(sizes.taps, sizes.positions)) {
    elements *= taps == 1 ? 1.0 : static_cast<double>(points);
    tiles *=
        static_cast<double>(taps == 1 ? positions : llvm::divideCeil(positions, points + 1 - taps));
  }
  auto inputs = static_cast<double>(sizes.inputs), outputs = static_cast<double>(sizes.outputs);
  return elements *
         (kTileProducts * tiles * inputs * outputs + kTileElements * tiles * (inputs + outputs) +
          (sizes.isDerivative ? kChangingKernelElements : kKernelElements) * inputs * outputs);
}

static double directCost(const ConvolutionSizes &sizes) {
  double cost = static_cast<double>(sizes.images) * static_cast<double>(sizes.inputs) *
                static_cast<double>(sizes.outputs);
  for (auto [taps, positions] : llvm::zip_equal(sizes.taps, sizes.positions))
    cost *= static_cast<double>(taps) * static_cast<double>(positions);
  return cost;
}

std::optional<int64_t> winogradPoints(const WindowGrid &grid, const ConvolutionSizes &sizes,
                                      Type element, WinogradUse use) {
  auto isOne = [](int64_t number) { return number == 1; };
  auto isPositive = [](int64_t number) { return number > 0; };
  bool isPlain = llvm::all_of(grid.strides, isOne) && llvm::all_of(grid.dilation, isOne) &&
                 llvm::all_of(grid.inputDilation, isOne);
  int64_t several = llvm::count_if(sizes.taps, [](int64_t taps) { return taps > 1; });
  bool isKnown = llvm::all_of(sizes.positions, isPositive) && sizes.inputs > 0 && sizes.outputs > 0;
  if (use == WinogradUse::never || !isPlain || !isKnown || several == 0 ||
      !(element.isF32() || element.isF64()))
    return std::nullopt;
  bool pays = std::min(sizes.inputs, sizes.outputs) >= kFewestChannels;
  if (!pays && use != WinogradUse::always)
    return std::nullopt;
  // Of three dimensions the larger tile has more elements than code should have.
  int64_t points = several <= 2 ? 6 : 4;
  bool isShort =
      several <= 3 && llvm::all_of(sizes.taps, [&](int64_t taps) { return taps < points; });
  if (!isShort)
    return std::nullopt;
  return use == WinogradUse::always || costOf(points, sizes) * kLeastGain < directCost(sizes)
             ? std::optional(points)
             : std::nullopt;
}

//===- Convolutions ---------------------------------------------------------===//

WinogradConvolution::WinogradConvolution(OpBuilder &builder, Location location,
                                         const WindowGrid &grid, ArrayRef<int64_t> positions,
                                         int64_t points)
    : builder(builder), location(location), low(grid.low), positions(positions) {
  for (auto [taps, count] : llvm::zip_equal(grid.sizes, positions)) {
    filters.push_back(MinimalFilter::of(points, taps));
    outputs.push_back(filters.back().output.rows);
    tiles.push_back(llvm::divideCeil(count, outputs.back()));
  }
}

SmallVector<SmallMatrix> WinogradConvolution::all(Matrix matrix, bool isTransposed) const {
  return llvm::map_to_vector(filters, [&](const MinimalFilter &filter) {
    return isTransposed ? (filter.*matrix).transposed() : filter.*matrix;
  });
}

static SmallVector<int64_t> range(int64_t first, int64_t count) {
  return llvm::to_vector(llvm::seq<int64_t>(first, first + count));
}

TensorExpr WinogradConvolution::inputs(const TensorExpr &x) {
  return x.with(transformTiles(builder, location, x.value(), all(&MinimalFilter::input),
                               {outputs, low}, tiles));
}

/// [points..., channels, channels], the latter as the kernel has them.
TensorExpr WinogradConvolution::kernels(const TensorExpr &taps, ArrayRef<bool> isTurned) {
  SmallVector<SmallMatrix> maps = all(&MinimalFilter::kernel);
  for (auto [map, turn] : llvm::zip_equal(maps, isTurned))
    if (turn)
      map = map.withColumnsTurned();
  SmallVector<int64_t> shape = {1}, ones(rank(), 1), none(rank(), 0);
  llvm::append_range(shape, taps.type().getShape().take_front(rank()));
  ArrayRef<int64_t> channels = taps.type().getShape().drop_front(rank());
  shape.push_back(channels[0] * channels[1]);
  TensorExpr mapped = taps.with(
      transformTiles(builder, location, taps.reshape(shape).value(), maps, {ones, none}, ones));
  SmallVector<int64_t> back;
  for (const SmallMatrix &map : maps)
    back.push_back(map.rows);
  llvm::append_range(back, channels);
  return mapped.reshape(back);
}

TensorExpr WinogradConvolution::forward(const TensorExpr &x, const Lettered &kernel,
                                        ArrayRef<bool> isTurned) {
  TensorExpr seen = inputs(x), weights = kernels(kernel.value, isTurned);
  SmallVector<int64_t> batch = range(0, rank());
  TensorExpr products =
      x.with(ContractOp::create(builder, location, seen.value(), weights.value(), batch, batch,
                                range(seen.rank() - 1, 1), range(kernel.at('i'), 1)));
  return x.with(joinTiles(builder, location, products.value(), all(&MinimalFilter::output),
                          {outputs, SmallVector<int64_t>(rank(), 0)}, positions));
}

/// The maps turned round: products of the points of x and of dy, summed over all tiles, are the
/// derivatives by those of the kernel. The points of x are computed again: they take more memory
/// than x, which waits anyway.
TensorExpr WinogradConvolution::byKernel(const TensorExpr &x, const TensorExpr &dy) {
  TensorExpr seen = inputs(x);
  seen.value().getDefiningOp()->setAttr(kAgainAttr, builder.getUnitAttr());
  SmallVector<int64_t> none(rank(), 0), ones(rank(), 1), batch = range(0, rank()),
                                                         summed = range(rank(), rank() + 1), taps;
  TensorExpr given = dy.with(transformTiles(
      builder, location, dy.value(), all(&MinimalFilter::output, true), {outputs, none}, tiles));
  TensorExpr products = x.with(ContractOp::create(builder, location, seen.value(), given.value(),
                                                  batch, batch, summed, summed));
  SmallVector<SmallMatrix> maps = all(&MinimalFilter::kernel, true);
  SmallVector<int64_t> shape, channels(products.type().getShape().drop_front(rank()));
  for (const SmallMatrix &map : maps) {
    shape.push_back(map.columns);
    taps.push_back(map.rows);
  }
  shape.append(rank() + 1, 1);
  shape.push_back(channels[0] * channels[1]);
  TensorExpr kernel = x.with(
      joinTiles(builder, location, products.reshape(shape).value(), maps, {taps, none}, taps));
  llvm::append_range(taps, channels);
  return kernel.reshape(taps);
}

} // namespace mlc::nn
