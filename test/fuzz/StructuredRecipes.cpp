// Recipes of reductions, contractions, indexing and calls.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "test/fuzz/Generator.h"
#include <cmath>

using namespace mlir;
using namespace mlc::nn;

namespace mlc::fuzz {

static double clampedProduct(double a, double b) { return std::min(a * b, 1e300); }

static Dims without(const Dims &dims, ArrayRef<int64_t> dropped) {
  Dims kept;
  for (auto [position, dim] : llvm::enumerate(dims))
    if (!llvm::is_contained(dropped, static_cast<int64_t>(position)))
      kept.push_back(dim);
  return kept;
}

/// Scales a product of floats so that `count` factors stay within reach of every dtype.
static Term nearOne(Generator &g, const Term &x, int64_t count) {
  Term small = g.bounded(x, 0.5);
  Value value = g.create<AddOp>(small.value, g.splat(small, 1.0).value);
  if (count > 40)
    return {g.create<MulOp>(value, g.splat(small, 0.5).value), x.dims, 0.25, 0.75, x.coarse};
  return {value, x.dims, 0.5, 1.5, x.coarse};
}

static bool reduce(Generator &g) {
  auto x = g.pick([](const Term &) { return true; });
  if (!x)
    return false;
  SmallVector<int64_t> dims;
  int64_t count = 1;
  for (auto [position, dim] : llvm::enumerate(x->dims))
    if (g.random.chance(0.55)) {
      dims.push_back(static_cast<int64_t>(position));
      count *= g.most(dim);
    }
  if (dims.empty() && x->rank() > 0 && !g.random.chance(0.05))
    return false;
  Reduction kind = x->isBool()            ? static_cast<Reduction>(g.random.between(4, 5))
                   : g.random.chance(0.5) ? Reduction::sum
                                          : static_cast<Reduction>(g.random.below(4));
  Term from = *x, result = *x;
  if (kind == Reduction::prod && from.isFloat()) {
    from = nearOne(g, from, count);
    result.low = 0.0,
    result.high = count > 40 ? 1.0 : std::min(std::pow(1.5, static_cast<double>(count)), 1e6);
  } else if (kind == Reduction::sum || kind == Reduction::prod) {
    result.low = clampedProduct(std::min(x->low, 0.0), static_cast<double>(count));
    result.high = clampedProduct(std::max(x->high, 0.0), static_cast<double>(count));
  }
  result.value = g.create<ReduceOp>(kind, from.value, dims);
  result.dims = without(x->dims, dims);
  result.coarse = from.coarse;
  if (result.isFloat() && result.magnitude() > Generator::kLimit) {
    g.push(g.bounded(result, 4.0));
    return true;
  }
  g.push(result);
  return true;
}

/// Positions of extrema, or extrema with theirs.
static bool argument(Generator &g) {
  auto x =
      g.pick([](const Term &term) { return term.rank() > 0 && !term.isBool() && !term.coarse; });
  if (!x)
    return false;
  SmallVector<int64_t> dims = {g.random.below(x->rank())};
  for (int64_t dim = dims[0] + 1; dim < x->rank(); ++dim)
    if (g.random.chance(0.4))
      dims.push_back(dim);
  double count = 1.0;
  for (int64_t dim : dims) {
    if (g.mayBeEmpty(x->dims[dim]))
      return false;
    count *= static_cast<double>(g.most(x->dims[dim]));
  }
  Dims kept = without(x->dims, dims);
  auto push = [&](Value value, Value position) {
    if (value)
      g.push(value, kept, *x);
    g.push({position, kept, 0.0, count, false});
  };
  bool largest = g.random.chance(0.5);
  if (g.random.chance(0.5)) {
    push({}, largest ? g.create<ArgMaxOp>(x->value, dims) : g.create<ArgMinOp>(x->value, dims));
  } else if (largest) {
    auto op = MaxWithPositionOp::create(g.builder, g.location, x->value, dims);
    push(op.getValue(), op.getPosition());
  } else {
    auto op = MinWithPositionOp::create(g.builder, g.location, x->value, dims);
    push(op.getValue(), op.getPosition());
  }
  return true;
}

static bool runningSum(Generator &g) {
  auto x = g.pick([](const Term &term) { return term.rank() > 0 && !term.isBool(); });
  if (!x)
    return false;
  int64_t dim = g.random.below(x->rank());
  double count = static_cast<double>(g.most(x->dims[dim]));
  Term from = x->isFloat() && x->magnitude() * count > Generator::kLimit ? g.bounded(*x, 1.0) : *x;
  Value value = g.create<CumSumOp>(from.value, dim, g.random.chance(0.3), g.random.chance(0.3));
  g.push({value, x->dims, std::min(from.low, 0.0) * count, std::max(from.high, 0.0) * count,
          x->coarse});
  return true;
}

static bool runningProduct(Generator &g) {
  auto x = g.pick([](const Term &term) { return term.rank() > 0 && term.isFloat(); });
  if (!x)
    return false;
  int64_t dim = g.random.below(x->rank()), count = g.most(x->dims[dim]);
  Term from = nearOne(g, *x, count);
  Term result{g.create<CumProdOp>(from.value, dim, g.random.chance(0.3), g.random.chance(0.3)),
              x->dims, 0.0,
              count > 40 ? 1.0 : std::min(std::pow(1.5, static_cast<double>(count)), 1e6),
              from.coarse};
  g.push(g.bounded(result, 4.0));
  return true;
}

/// Positions in order, elements in order with another tensor in the same order, or the largest
/// ones.
static bool order(Generator &g) {
  auto x =
      g.pick([](const Term &term) { return term.rank() > 0 && !term.isBool() && !term.coarse; });
  if (!x)
    return false;
  int64_t dim = g.random.below(x->rank()), size = x->dims[dim], form = g.random.below(3);
  bool descending = g.random.chance(0.5);
  double last = static_cast<double>(g.most(size));
  if (form == 0) {
    g.push({g.create<ArgSortOp>(x->value, dim, descending, IntegerAttr()), x->dims, 0.0, last, false});
  } else if (form == 1) {
    auto payload = g.pick([&](const Term &term) { return term.dims == x->dims; });
    SmallVector<Type> types = {x->value.getType(), payload->value.getType()};
    auto sorted = SortOp::create(g.builder, g.location, types, x->value, ValueRange(payload->value),
                                 dim, descending);
    g.push(sorted.getResult(0), x->dims, *x);
    g.push(sorted.getResult(1), x->dims, *payload);
  } else {
    if (g.mayBeEmpty(size))
      return false;
    int64_t k = size < 0 ? 1 : g.random.between(1, size);
    auto largest = TopKOp::create(g.builder, g.location, x->value, k, dim);
    Dims dims = x->dims;
    dims[dim] = k;
    g.push(largest.getValues(), dims, *x);
    g.push({largest.getPositions(), dims, 0.0, last, false});
  }
  return true;
}

/// A term of bf16 or i8 numbers, as the dtype itself or, if `isWide`, in f32 or i32.
static Term narrowed(Generator &g, const Term &x, bool isWide) {
  Type narrow = x.isFloat() ? Type(g.builder.getBF16Type()) : Type(g.builder.getI8Type());
  Type wide = x.isFloat() ? Type(g.builder.getF32Type()) : Type(g.builder.getI32Type());
  Term result = x;
  result.value = g.create<CastOp>(x.value, narrow);
  if (isWide)
    result.value = g.create<CastOp>(result.value, wide);
  if (x.isFloat())
    result.coarse = true;
  else
    result.low = -128.0, result.high = 127.0;
  return result;
}

static bool contract(Generator &g) {
  auto lhs = g.pick([](const Term &term) { return !term.isBool(); });
  if (!lhs)
    return false;
  auto sharesDim = [&](const Term &term) {
    return llvm::any_of(term.dims, [&](int64_t dim) { return llvm::is_contained(lhs->dims, dim); });
  };
  auto rhs = g.pick([&](const Term &term) {
    return term.element() == lhs->element() && (sharesDim(term) || g.random.chance(0.1));
  });
  if (!rhs)
    return false;
  SmallVector<int64_t> lhsBatch, rhsBatch, lhsContract, rhsContract;
  int64_t count = 1;
  for (auto [position, dim] : llvm::enumerate(rhs->dims))
    for (int64_t other = 0; other < lhs->rank(); ++other) {
      if (lhs->dims[other] != dim || llvm::is_contained(lhsBatch, other) ||
          llvm::is_contained(lhsContract, other))
        continue;
      int64_t role = g.random.below(5);
      if (role == 4)
        continue;
      (role == 0 ? lhsBatch : lhsContract).push_back(other);
      (role == 0 ? rhsBatch : rhsContract).push_back(static_cast<int64_t>(position));
      count *= role == 0 ? 1 : g.most(dim);
      break;
    }
  auto used = [](ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
    SmallVector<int64_t> all(a);
    all.append(b.begin(), b.end());
    return all;
  };
  Dims dims;
  for (int64_t dim : lhsBatch)
    dims.push_back(lhs->dims[dim]);
  llvm::append_range(dims, without(lhs->dims, used(lhsBatch, lhsContract)));
  llvm::append_range(dims, without(rhs->dims, used(rhsBatch, rhsContract)));
  if (!g.fits(dims) || g.mostElements(dims) * count > 20 * Generator::kMostElements)
    return false;
  Term left = *lhs, right = *rhs;
  if (left.isFloat()) {
    left = g.bounded(left, 4.0);
    right = g.bounded(right, 4.0);
  }
  if (g.random.chance(0.4)) {
    bool isWide = !left.isFloat() || g.random.chance(0.5);
    left = narrowed(g, left, isWide);
    right = narrowed(g, right, isWide);
  }
  double bound = clampedProduct(left.magnitude() * right.magnitude(), static_cast<double>(count));
  Term result{
      g.create<ContractOp>(left.value, right.value, lhsBatch, rhsBatch, lhsContract, rhsContract),
      dims, -bound, bound, left.coarse || right.coarse};
  g.push(result.isFloat() && bound > Generator::kLimit ? g.bounded(result, 8.0) : result);
  return true;
}

/// Positions below `size` (a number) as i32 or i64, with repetitions; or every position of a `?`
/// dimension.
static std::optional<Term> chooseIndices(Generator &g, int64_t size, const Term &x,
                                         int64_t batchDims) {
  Type dtype = g.random.chance(0.5) ? Type(g.builder.getI32Type()) : Type(g.builder.getI64Type());
  if (size < 0) {
    Value length = g.sizeOf(size);
    Term all{g.create<IotaOp>(g.typeOf({size}, dtype), length, 0),
             {size},
             0.0,
             static_cast<double>(g.most(size)),
             false};
    if (g.random.chance(0.5))
      all.value = g.create<ReverseOp>(all.value, ArrayRef<int64_t>{0});
    return batchDims == 0 ? std::optional(all) : std::nullopt;
  }
  auto found = g.pick([&](const Term &term) {
    bool isIndex = term.element().isInteger(32) || term.element().isInteger(64);
    return isIndex && term.rank() >= batchDims && term.rank() < 3 &&
           (batchDims == 0 || term.dims[0] == x.dims[0]);
  });
  Term indices;
  if (found) {
    indices = *found;
  } else if (batchDims == 0) {
    Dims dims = {g.random.between(1, 9)};
    indices = {g.create<IotaOp>(g.typeOf(dims, dtype), ValueRange(), 0), dims, 0.0, 9.0, false};
  } else {
    return std::nullopt;
  }
  Value remainder =
      g.create<RemOp>(indices.value, g.splat(indices, static_cast<double>(size)).value);
  return Term{g.create<AbsOp>(remainder), indices.dims, 0.0, static_cast<double>(size - 1), false};
}

struct IndexedPlace {
  Term x, indices;
  int64_t axis, batchDims;
  Dims picked; ///< the dims of gather(x, indices)
};
static std::optional<IndexedPlace> chooseIndexedPlace(Generator &g) {
  auto x = g.pick([](const Term &term) { return term.rank() > 0 && !term.isBool(); });
  if (!x)
    return std::nullopt;
  int64_t axis = g.random.below(x->rank()), batchDims = axis > 0 && g.random.chance(0.4) ? 1 : 0;
  if (g.mayBeEmpty(x->dims[axis]))
    return std::nullopt;
  std::optional<Term> indices = chooseIndices(g, x->dims[axis], *x, batchDims);
  if (!indices)
    return std::nullopt;
  IndexedPlace place{*x, *indices, axis, batchDims, {}};
  for (auto [position, dim] : llvm::enumerate(x->dims)) {
    if (static_cast<int64_t>(position) == axis)
      place.picked.append(indices->dims.begin() + batchDims, indices->dims.end());
    else
      place.picked.push_back(dim);
  }
  return g.fits(place.picked) ? std::optional(place) : std::nullopt;
}

static bool gather(Generator &g) {
  std::optional<IndexedPlace> place = chooseIndexedPlace(g);
  if (!place)
    return false;
  Value value =
      g.create<GatherOp>(place->x.value, place->indices.value, place->axis, place->batchDims);
  g.push(value, place->picked, place->x);
  return true;
}

static bool scatter(Generator &g) {
  std::optional<IndexedPlace> place = chooseIndexedPlace(g);
  if (!place)
    return false;
  auto kind = static_cast<ScatterKind>(g.random.below(5));
  int64_t most = g.mostElements(place->indices.dims);
  Term x = place->x;
  Value picked = g.create<GatherOp>(x.value, place->indices.value, place->axis, place->batchDims);
  Term updates = g.matching({picked, place->picked, x.low, x.high, x.coarse});
  double bound = x.magnitude() + updates.magnitude();
  if (kind == ScatterKind::add)
    bound = x.magnitude() + static_cast<double>(most) * updates.magnitude();
  if (kind == ScatterKind::mul && x.isFloat()) {
    updates = nearOne(g, updates, most);
    bound = x.magnitude() * (most > 40 ? 1.0 : std::pow(1.5, static_cast<double>(most)));
  } else if (kind == ScatterKind::mul) {
    bound = clampedProduct(x.magnitude(),
                           std::pow(std::max(updates.magnitude(), 1.0), static_cast<double>(most)));
  }
  Value value = g.create<ScatterOp>(kind, x.value, place->indices.value, updates.value, place->axis,
                                    place->batchDims);
  Term result{value, x.dims, -bound, bound, x.coarse || updates.coarse};
  g.push(result.isFloat() ? g.bounded(result, Generator::kLimit) : result);
  return true;
}

static bool hasBodies(func::FuncOp helper) {
  return helper.getBody()
      .walk([](Operation *op) {
        return op->getNumRegions() ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

static bool call(Generator &g) {
  if (g.helpers.empty())
    return false;
  auto number = static_cast<size_t>(g.random.below(static_cast<int64_t>(g.helpers.size())));
  if (g.depth && hasBodies(g.helpers[number])) // loops in loops in loops: no end for the evaluator
    return false;
  SmallVector<Value> operands;
  for (const Term &parameter : g.helperArguments[number]) {
    auto operand = g.pick([&](const Term &term) {
      return term.dims == parameter.dims && term.element() == parameter.element() &&
             (parameter.coarse || !term.coarse) && term.low >= parameter.low &&
             term.high <= parameter.high;
    });
    if (!operand)
      return false;
    operands.push_back(operand->value);
  }
  auto op = func::CallOp::create(g.builder, g.location, g.helpers[number], operands);
  for (auto [term, value] : llvm::zip_equal(g.helperResults[number], op.getResults()))
    g.push(value, term.dims, term);
  return true;
}

ArrayRef<WeightedRecipe> structuredRecipes() {
  static const WeightedRecipe recipes[] = {
      {3, reduce},           {0.8, argument}, {0.6, runningSum},
      {0.4, runningProduct}, {0.8, order},    {2, contract},
      {1, gather},           {1, scatter},    {1.5, call}};
  return recipes;
}

} // namespace mlc::fuzz
