// Recipes of composite ops.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "test/fuzz/Generator.h"
#include <cmath>

using namespace mlir;
using namespace mlc::nn;

namespace mlc::fuzz {

static std::optional<Term> pickFloat(Generator &g, int64_t leastRank = 0) {
  return g.pick([&](const Term &term) { return term.isFloat() && term.rank() >= leastRank; });
}

/// Ops with one operand, no attributes and no surprises: found by reflection.
static bool activation(Generator &g) {
  SmallVector<OperationName> names;
  for (RegisteredOperationName name :
       g.builder.getContext()->getRegisteredOperationsByDialect("nn"))
    if (name.hasInterface<CompositeOpInterface>() && name.hasTrait<OpTrait::OneOperand>() &&
        name.getAttributeNames().empty())
      names.push_back(name);
  llvm::sort(names,
             [](OperationName a, OperationName b) { return a.getStringRef() < b.getStringRef(); });
  auto x = pickFloat(g);
  if (!x || names.empty())
    return false;
  OperationState state(g.location, g.random.pick(names));
  state.addOperands(x->value);
  state.addTypes(x->value.getType());
  g.push({g.builder.create(state)->getResult(0), x->dims, std::min(x->low, -2.0),
          1.1 * x->magnitude() + 1.0, x->coarse});
  return true;
}

static bool gelu(Generator &g) {
  auto x = pickFloat(g);
  if (!x)
    return false;
  auto form = g.random.chance(0.5) ? GeluApproximation::none : GeluApproximation::tanh;
  g.push({g.create<GeluOp>(x->value, form), x->dims, -0.2, std::max(x->high, 0.0), x->coarse});
  return true;
}

static bool slopedUnit(Generator &g) {
  auto x = pickFloat(g);
  if (!x)
    return false;
  static constexpr double kNumbers[] = {0.0, 0.125, 0.75, 1.5};
  FloatAttr number = g.builder.getF64FloatAttr(g.random.pick(kNumbers));
  Value value = g.random.chance(0.5) ? g.create<LeakyReluOp>(x->value, number)
                                     : g.create<EluOp>(x->value, number);
  g.push({value, x->dims, -1.5 * x->magnitude(), std::max(x->high, 0.0), x->coarse});
  return true;
}

static bool clamp(Generator &g) {
  auto x = g.pick([](const Term &term) { return !term.isBool(); });
  if (!x)
    return false;
  double low = static_cast<double>(g.random.between(-3, 0)),
         high = static_cast<double>(g.random.between(0, 3));
  FloatAttr least = g.builder.getF64FloatAttr(low), most = g.builder.getF64FloatAttr(high);
  int64_t form = g.random.below(3);
  Value value =
      g.create<ClampOp>(x->value, form == 1 ? FloatAttr() : least, form == 2 ? FloatAttr() : most);
  double below = form == 1 ? std::min(x->low, high) : std::max(x->low, low);
  double above = form == 2 ? std::max(x->high, low) : std::min(x->high, high);
  g.push({value, x->dims, std::min(below, above), std::max(below, above), x->coarse});
  return true;
}

static bool softmax(Generator &g) {
  auto x = pickFloat(g, 1);
  if (!x)
    return false;
  int64_t dim = g.random.below(x->rank());
  if (g.random.chance(0.5))
    g.push({g.create<SoftmaxOp>(x->value, dim), x->dims, 0.0, 1.0, x->coarse});
  else
    g.push({g.create<LogSoftmaxOp>(x->value, dim), x->dims, -2.0 * x->magnitude() - 10.0, 0.0,
            x->coarse});
  return true;
}

static bool logSumExp(Generator &g) {
  auto x = pickFloat(g, 1);
  if (!x)
    return false;
  SmallVector<int64_t> dims;
  Dims kept;
  for (int64_t dim = 0; dim < x->rank(); ++dim)
    if (g.random.chance(0.6))
      dims.push_back(dim);
    else
      kept.push_back(x->dims[dim]);
  if (dims.empty())
    return false;
  g.push({g.create<LogSumExpOp>(x->value, dims), kept, x->low, x->high + 10.0, x->coarse});
  return true;
}

/// A float term of these dims and dtype, from the pool or constant.
static Term weight(Generator &g, ArrayRef<int64_t> dims, Type element) {
  auto found = g.pick(
      [&](const Term &term) { return term.element() == element && ArrayRef(term.dims) == dims; });
  return found ? *found : g.push(g.constant(dims, element));
}

static bool layerNorm(Generator &g) {
  auto x = pickFloat(g, 1);
  if (!x || x->dims.back() < 2 || x->dims.back() > 70)
    return false;
  Term scale = weight(g, x->dims.back(), x->element()),
       bias = weight(g, x->dims.back(), x->element());
  double bound =
      std::sqrt(static_cast<double>(x->dims.back())) * scale.magnitude() + bias.magnitude();
  Value value =
      g.create<LayerNormOp>(x->value, scale.value, bias.value, g.builder.getF64FloatAttr(0.125));
  g.push(g.bounded({value, x->dims, -bound, bound, x->coarse}, 8.0));
  return true;
}

static bool rmsNorm(Generator &g) {
  auto x = pickFloat(g, 1);
  if (!x || x->dims.back() < 1 || x->dims.back() > 70)
    return false;
  Term scale = weight(g, x->dims.back(), x->element());
  double bound = std::sqrt(static_cast<double>(x->dims.back())) * scale.magnitude();
  Value value = g.create<RmsNormOp>(x->value, scale.value, g.builder.getF64FloatAttr(0.125));
  g.push(g.bounded({value, x->dims, -bound, bound, x->coarse || scale.coarse}, 8.0));
  return true;
}

/// Norms of the second dimension's channels, a batch's too.
static bool channelNorm(Generator &g) {
  auto x = pickFloat(g, 2);
  if (!x || x->dims[1] < 1 || x->dims[1] > 70 || g.mayBeEmpty(x->dims[0]))
    return false;
  int64_t count = g.mostElements(x->dims), channels = x->dims[1], form = g.random.below(3);
  Term scale = weight(g, channels, x->element()), bias = weight(g, channels, x->element());
  bool isCoarse = x->coarse || scale.coarse || bias.coarse;
  double bound = std::sqrt(static_cast<double>(count)) * scale.magnitude() + bias.magnitude();
  FloatAttr epsilon = g.builder.getF64FloatAttr(0.125);
  auto push = [&](Value value, double limit) {
    g.push(g.bounded({value, x->dims, -limit, limit, isCoarse}, 8.0));
  };
  if (form == 0) {
    int64_t groups = channels % 2 == 0 && g.random.chance(0.5) ? 2 : 1;
    push(g.create<GroupNormOp>(x->value, scale.value, bias.value,
                               g.builder.getI64IntegerAttr(groups), epsilon),
         bound);
  } else if (form == 1) {
    push(g.create<InstanceNormOp>(x->value, scale.value, bias.value, epsilon), bound);
  } else {
    Type wide = x->element().getIntOrFloatBitWidth() < 32 ? g.builder.getF32Type() : x->element();
    Term mean = g.push(g.constant(channels, wide));
    Value variance = g.create<AbsOp>(mean.value);
    auto norm =
        BatchNormOp::create(g.builder, g.location, x->value, scale.value, bias.value, mean.value,
                            variance, g.builder.getF64FloatAttr(0.25), epsilon, StringAttr(),
                            g.random.chance(0.5) ? g.builder.getUnitAttr() : UnitAttr());
    double far = (x->magnitude() + mean.magnitude()) * 3.0 * scale.magnitude() + bias.magnitude();
    push(norm.getResult(), std::max(bound, far));
  }
  return true;
}

static bool oneHot(Generator &g) {
  auto ids = g.pick([](const Term &term) { return !term.isBool() && !term.isFloat(); });
  if (!ids)
    return false;
  Dims dims = ids->dims;
  dims.push_back(g.random.between(1, 5));
  if (!g.fits(dims))
    return false;
  Type element = g.random.chance(0.7) ? Type(g.builder.getF32Type()) : Type(g.builder.getI32Type());
  g.push({g.create<OneHotOp>(ids->value, g.builder.getI64IntegerAttr(dims.back()),
                             TypeAttr::get(element)),
          dims, 0.0, 1.0, false});
  return true;
}

static bool linear(Generator &g) {
  auto x = pickFloat(g, 1);
  if (!x || x->dims.back() < 1 || x->dims.back() > 70)
    return false;
  int64_t in = x->dims.back(), out = g.random.between(1, 9);
  Term w = g.push(g.constant({in, out}, x->element()));
  Term b = weight(g, {out}, x->element());
  Term from = g.bounded(*x, 4.0);
  Dims dims = x->dims;
  dims.back() = out;
  if (!g.fits(dims))
    return false;
  double bound = static_cast<double>(in) * from.magnitude() * w.magnitude() + b.magnitude();
  Value value = g.create<LinearOp>(from.value, w.value, g.random.chance(0.7) ? b.value : Value());
  g.push(g.bounded({value, dims, -bound, bound, x->coarse}, 8.0));
  return true;
}

static bool matmul(Generator &g) {
  auto lhs = pickFloat(g, 2);
  if (!lhs)
    return false;
  int64_t k = lhs->dims.back();
  auto rhs = g.pick([&](const Term &term) {
    return term.element() == lhs->element() && (term.rank() == 1 || term.rank() == 2) &&
           term.dims[0] == k;
  });
  if (!rhs)
    return false;
  Dims dims = lhs->dims;
  dims.pop_back();
  if (rhs->rank() == 2)
    dims.push_back(rhs->dims[1]);
  if (!g.fits(dims))
    return false;
  Term left = g.bounded(*lhs, 4.0), right = g.bounded(*rhs, 4.0);
  double bound = static_cast<double>(g.most(k)) * left.magnitude() * right.magnitude();
  Value value = g.create<MatmulOp>(left.value, right.value);
  g.push(g.bounded({value, dims, -bound, bound, left.coarse || right.coarse}, 8.0));
  return true;
}

/// Of two tensors, or of the halves of one.
static bool gatedUnit(Generator &g) {
  auto x = pickFloat(g);
  if (!x)
    return false;
  Builder &b = g.builder;
  Dims dims = x->dims;
  Value other;
  IntegerAttr dim;
  Term from = g.bounded(*x, 4.0);
  if (!dims.empty() && dims.back() > 0 && dims.back() % 2 == 0 && g.random.chance(0.5)) {
    dims.back() /= 2;
    dim = g.random.chance(0.5) ? b.getI64IntegerAttr(x->rank() - 1) : IntegerAttr();
  } else {
    other = g.bounded(g.matching(*x), 4.0).value;
  }
  Value value = g.random.chance(0.5)
                    ? g.create<SwigluOp>(from.value, other, dim)
                    : g.create<GegluOp>(from.value, other, dim, GeluApproximation::tanh);
  g.push(g.bounded({value, dims, -16.0, 16.0, x->coarse}, 8.0));
  return true;
}

static bool loss(Generator &g) {
  auto y = pickFloat(g);
  if (!y)
    return false;
  Term prediction = g.bounded(*y, 8.0), target = g.bounded(g.matching(*y), 8.0);
  auto reduction = static_cast<LossReduction>(g.random.below(3));
  Value value;
  switch (g.random.below(5)) {
  case 0:
    value = g.create<MseOp>(prediction.value, target.value, reduction);
    break;
  case 1:
    value = g.create<MaeOp>(prediction.value, target.value, reduction);
    break;
  case 2:
    target = g.absPlusHalf(target);
    value = g.create<KlOp>(prediction.value, target.value, reduction);
    break;
  case 3:
    value = g.create<BceOp>(prediction.value, target.value, reduction);
    break;
  default:
    value = g.create<HuberOp>(prediction.value, target.value, g.builder.getF64FloatAttr(1.5),
                              LossReductionAttr::get(g.builder.getContext(), reduction));
  }
  bool isElementwise = reduction == LossReduction::none;
  double bound =
      260.0 *
      (reduction == LossReduction::sum ? static_cast<double>(g.mostElements(y->dims)) : 1.0);
  Term result{value, isElementwise ? y->dims : Dims(), -bound, bound,
              prediction.coarse || target.coarse};
  g.push(g.bounded(result, 8.0));
  return true;
}

static bool crossEntropy(Generator &g) {
  auto y = pickFloat(g, 1);
  if (!y || y->dims.back() < 1)
    return false;
  Dims rows = y->dims;
  int64_t classes = rows.pop_back_val();
  auto found = g.pick([&](const Term &term) {
    return (term.element().isInteger(32) || term.element().isInteger(64)) && term.dims == rows;
  });
  std::optional<SmallVector<Value>> sizes = g.dynamicSizes(rows);
  if (!found && (rows.empty() || !sizes))
    return false;
  Value labels =
      found ? found->value : g.create<IotaOp>(g.typeOf(rows, g.builder.getI32Type()), *sizes, 0);
  Term label{labels, rows, 0.0, 100.0, false};
  label.value =
      g.create<AbsOp>(g.create<RemOp>(labels, g.splat(label, static_cast<double>(classes)).value));
  auto reduction = static_cast<LossReduction>(g.random.below(3));
  // Between 0.5 and 1, so that the bound of the loss holds and means divide by no small number.
  Value weights;
  if (g.random.chance(0.3)) {
    Term given = g.absPlusHalf(weight(g, {classes}, y->element()));
    weights = g.create<MinOp>(given.value, g.splat(given, 1.0).value);
  }
  Value value = g.create<CrossEntropyOp>(
      y->value, label.value, weights, g.builder.getI64IntegerAttr(g.random.chance(0.5) ? 0 : -100),
      g.builder.getF64FloatAttr(g.random.chance(0.5) ? 0.0 : 0.125),
      LossReductionAttr::get(g.builder.getContext(), reduction));
  double bound =
      (2.0 * y->magnitude() + 10.0) *
      (reduction == LossReduction::sum ? static_cast<double>(g.mostElements(rows)) : 1.0);
  g.push(g.bounded({value, reduction == LossReduction::none ? rows : Dims(), 0.0, bound, y->coarse},
                   8.0));
  return true;
}

/// Random bits from positions: a class that begins where another one ends is as unlikely as a tie.
static bool sample(Generator &g) {
  auto x = g.pick([](const Term &term) {
    return term.isFloat() && !term.coarse && term.rank() >= 1 && term.dims.back() >= 1;
  });
  if (!x)
    return false;
  Dims rows = x->dims;
  int64_t classes = rows.pop_back_val();
  std::optional<SmallVector<Value>> sizes = g.dynamicSizes(rows);
  if (!sizes)
    return false;
  RankedTensorType type = g.typeOf(rows, g.builder.getI32Type());
  Value number = rows.empty() ? g.constant(rows, g.builder.getI32Type()).value
                              : g.create<IotaOp>(type, *sizes, 0);
  Term bits{number, rows, 0.0, 1.0, false};
  bits.value = g.create<MulOp>(number, g.splat(bits, 747796405.0).value);
  static constexpr double kTemperatures[] = {0.0, 0.5, 1.0}, kShares[] = {1.0, 0.9, 0.3};
  Builder &b = g.builder;
  auto op = SampleOp::create(g.builder, g.location, x->value, bits.value, Value(), Value(), Value(),
                             Value(), Value(), b.getF64FloatAttr(g.random.pick(kTemperatures)),
                             b.getI64IntegerAttr(g.random.below(4)),
                             b.getF64FloatAttr(g.random.pick(kShares)), b.getF64FloatAttr(1.0));
  g.push({op.getResult(), rows, 0.0, static_cast<double>(classes - 1), false});
  return true;
}

ArrayRef<WeightedRecipe> compositeRecipes() {
  static const WeightedRecipe recipes[] = {
      {1.5, activation},  {0.4, gelu},      {0.4, slopedUnit}, {0.4, clamp},
      {1.2, softmax},     {0.5, logSumExp}, {0.6, layerNorm},  {0.4, rmsNorm},
      {0.6, linear},      {0.6, matmul},    {0.8, loss},       {0.5, crossEntropy},
      {0.6, channelNorm}, {0.3, oneHot},    {0.4, gatedUnit},  {0.3, sample}};
  return recipes;
}

} // namespace mlc::fuzz
