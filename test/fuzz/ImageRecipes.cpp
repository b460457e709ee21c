// Recipes of the ops on signals, images and volumes.
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

ArrayRef<WeightedRecipe> imageRecipes() {
  static const WeightedRecipe recipes[] = {{0.5, interpolate}, {0.2, localResponseNorm}};
  return recipes;
}

} // namespace mlc::fuzz
