// Recipes of elementwise ops: those found by reflection, and those with attributes or a condition.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "test/fuzz/Generator.h"

using namespace mlir;
using namespace mlc::nn;

namespace mlc::fuzz {

/// Operands of one shape and a dtype that the op takes; a select's condition comes first.
static std::optional<SmallVector<Term>> chooseOperands(Generator &g, const ElementwiseOp &op) {
  auto last =
      g.pick([&](const Term &term) { return llvm::is_contained(op.dtypes, term.element()); });
  if (!last)
    return std::nullopt;
  SmallVector<Term> operands = {*last};
  if (op.arity > 1)
    operands.push_back(g.matching(*last));
  if (op.arity > 2) {
    auto condition =
        g.pick([&](const Term &term) { return term.isBool() && term.dims == last->dims; });
    if (!condition)
      return std::nullopt;
    operands.insert(operands.begin(), *condition);
  }
  return operands;
}

/// Any elementwise op of the dialect. Where the operands lie outside of its domain, they are first
/// moved inside: the last one away from zero, all away from zero, or into [-1, 1].
static bool anyElementwise(Generator &g) {
  const ElementwiseOp &op =
      g.elementwise[g.random.below(static_cast<int64_t>(g.elementwise.size()))];
  std::optional<SmallVector<Term>> operands = chooseOperands(g, op);
  if (!operands)
    return false;
  std::optional<Term> result = g.tryElementwise(op.name, *operands);
  bool isFloat = operands->back().isFloat();
  for (unsigned remedy = 0; !result && isFloat && remedy < 4; ++remedy) {
    SmallVector<Term> moved = *operands;
    for (auto [position, term] : llvm::enumerate(moved)) {
      if (!term.isFloat() || (remedy == 0 && position + 1 != moved.size()))
        continue;
      if (remedy >= 2)
        term = g.bounded(term, 1.0);
      if (remedy != 2)
        term = g.absPlusHalf(term);
    }
    result = g.tryElementwise(op.name, moved);
  }
  if (result)
    g.push(*result);
  return result.has_value();
}

static bool comparison(Generator &g) {
  auto lhs = g.pick([](const Term &term) { return !term.coarse; });
  if (!lhs)
    return false;
  Term rhs = g.matching(*lhs);
  if (rhs.coarse)
    return false;
  auto predicate = static_cast<Predicate>(g.random.below(6));
  g.push({g.create<CompareOp>(predicate, lhs->value, rhs.value), lhs->dims, 0.0, 1.0, false});
  return true;
}

/// A comparison with a select on it, as conditions rarely match by chance.
static bool selection(Generator &g) {
  auto onTrue = g.pick([](const Term &) { return true; });
  if (!onTrue)
    return false;
  Term onFalse = g.matching(*onTrue);
  auto condition =
      g.pick([&](const Term &term) { return term.isBool() && term.dims == onTrue->dims; });
  if (!condition) {
    auto compared =
        g.pick([&](const Term &term) { return !term.coarse && term.dims == onTrue->dims; });
    if (!compared)
      return false;
    Term other = g.matching(*compared);
    if (other.coarse)
      return false;
    auto predicate = static_cast<Predicate>(g.random.below(6));
    condition = g.push({g.create<CompareOp>(predicate, compared->value, other.value), onTrue->dims,
                        0.0, 1.0, false});
  }
  g.push({g.create<SelectOp>(condition->value, onTrue->value, onFalse.value), onTrue->dims,
          std::min(onTrue->low, onFalse.low), std::max(onTrue->high, onFalse.high),
          onTrue->coarse || onFalse.coarse});
  return true;
}

static bool conversion(Generator &g) {
  Type to = g.random.chance(0.1) ? Type(g.builder.getI1Type()) : g.numberType();
  auto x = g.pick([&](const Term &term) {
    return term.element() != to && !(term.coarse && !isa<FloatType>(to));
  });
  if (!x)
    return false;
  Term from = *x;
  bool toFloat = isa<FloatType>(to);
  if (toFloat && from.isInteger() && from.magnitude() > 20.0)
    from = {g.create<RemOp>(from.value, g.splat(from, 7).value), from.dims, -6.0, 6.0, false};
  if (to.isF16())
    from = from.isFloat() ? g.bounded(from, 50.0) : from;
  bool coarse = from.coarse || to.isBF16() || to.isF16();
  double limit = toFloat           ? 1e300
                 : to.isInteger(1) ? 1.0
                                   : std::exp2(to.getIntOrFloatBitWidth() - 1.0);
  double low = from.isBool() ? 0.0 : std::max(from.low, -limit),
         high = from.isBool() ? 1.0 : std::min(from.high, limit);
  g.push({g.create<CastOp>(from.value, to), from.dims, low, high, coarse});
  return true;
}

static bool literal(Generator &g) {
  Dims dims = g.someDims();
  if (llvm::any_of(dims, [](int64_t dim) { return dim < 0; }) || g.mostElements(dims) > 40)
    return false;
  g.push(g.constant(dims, g.random.chance(0.1) ? Type(g.builder.getI1Type()) : g.numberType()));
  return true;
}

static bool position(Generator &g) {
  Dims dims = g.someDims();
  std::optional<SmallVector<Value>> sizes = g.dynamicSizes(dims);
  Type element = g.numberType();
  if (dims.empty() || !sizes || g.mostElements(dims) == 0)
    return false;
  int64_t dim = g.random.below(static_cast<int64_t>(dims.size()));
  bool coarse = element.isBF16() || element.isF16();
  g.push({g.create<IotaOp>(g.typeOf(dims, element), *sizes, dim), dims, 0.0,
          static_cast<double>(g.most(dims[dim])), coarse});
  return true;
}

static bool randomBits(Generator &g) {
  Dims dims = g.someDims();
  std::optional<SmallVector<Value>> sizes = g.dynamicSizes(dims);
  if (!sizes)
    return false;
  auto scalar = [&] {
    auto found =
        g.pick([](const Term &term) { return term.rank() == 0 && term.element().isInteger(64); });
    return found ? found->value : g.constant({}, g.builder.getI64Type()).value;
  };
  Value seed = scalar(), step = scalar();
  Value bits = g.create<RngBitsOp>(g.typeOf(dims, g.builder.getI32Type()), seed, step, *sizes,
                                   g.random.below(1000));
  double bound = std::exp2(31);
  g.push({bits, dims, -bound, bound, false});
  return true;
}

ArrayRef<WeightedRecipe> elementwiseRecipes() {
  static const WeightedRecipe recipes[] = {{14, anyElementwise}, {1.5, comparison}, {2, selection},
                                           {1.5, conversion},    {0.5, literal},    {0.7, position},
                                           {0.5, randomBits}};
  return recipes;
}

} // namespace mlc::fuzz
