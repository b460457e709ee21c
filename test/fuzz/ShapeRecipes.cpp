// Recipes of the ops that move elements.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "test/fuzz/Generator.h"

using namespace mlir;
using namespace mlc::nn;

namespace mlc::fuzz {

static bool anyTerm(const Term &) { return true; }
static bool hasRank(const Term &term) { return term.rank() > 0; }

/// A size that the program computes.
struct ComputedSize {
  Value value;
  int64_t dim;
};
static int64_t halfOf(int64_t most) { return (most + 1) / 2; }

/// A size of at most `dim`: less one, a half rounded down or up, or a rest.
static std::optional<ComputedSize> smallerSize(Generator &g, int64_t dim) {
  Value whole = dim < 0 && g.most(dim) > 1 ? g.sizeOf(dim) : nullptr;
  if (!whole)
    return std::nullopt;
  int64_t most = g.most(dim), form = g.random.below(4);
  auto number = [&](int64_t value) { return g.create<arith::ConstantIndexOp>(value); };
  if (form == 0 && !g.mayBeEmpty(dim))
    return ComputedSize{g.create<arith::SubIOp>(whole, number(1)), g.newSymbol(most - 1, true)};
  if (form == 1)
    return ComputedSize{g.create<arith::CeilDivSIOp>(whole, number(2)),
                        g.newSymbol(halfOf(most), g.mayBeEmpty(dim))};
  if (form == 2)
    return ComputedSize{g.create<arith::RemUIOp>(whole, number(4)),
                        g.newSymbol(std::min<int64_t>(most, 3), true)};
  Value half = g.random.chance(0.5) ? g.create<arith::DivSIOp>(whole, number(2))
                                    : g.create<arith::DivUIOp>(whole, number(2));
  return ComputedSize{half, g.newSymbol(most / 2, true)};
}

/// That, a sum or a product of sizes.
static std::optional<ComputedSize> computedSize(Generator &g) {
  auto x = g.pick(hasRank), y = g.pick(hasRank);
  if (!x || !y)
    return std::nullopt;
  int64_t first = g.random.pick(x->dims), second = g.random.pick(y->dims);
  std::optional<ComputedSize> smaller = smallerSize(g, first);
  if (!smaller || g.random.chance(0.5))
    return smaller;
  Value other = g.sizeOf(second);
  if (!other)
    return std::nullopt;
  int64_t most = g.most(smaller->dim), otherMost = g.most(second);
  if (g.random.chance(0.5))
    return ComputedSize{g.create<arith::AddIOp>(smaller->value, other),
                        g.newSymbol(most + otherMost, g.mayBeEmpty(second))};
  if (most * otherMost == 0 || most * otherMost > Generator::kMostElements)
    return std::nullopt;
  return ComputedSize{g.create<arith::MulIOp>(smaller->value, other),
                      g.newSymbol(most * otherMost, true)};
}
static bool broadcastToComputed(Generator &g) {
  auto x = g.pick([](const Term &term) { return term.rank() < 3; });
  std::optional<ComputedSize> size = x ? computedSize(g) : std::nullopt;
  if (!size)
    return false;
  Dims dims = x->dims;
  dims.insert(dims.begin(), size->dim);
  std::optional<SmallVector<Value>> sizes = g.fits(dims) ? g.dynamicSizes(x->dims) : std::nullopt;
  if (!sizes)
    return false;
  sizes->insert(sizes->begin(), size->value);
  g.push(g.create<BroadcastOp>(g.typeOf(dims, x->element()), x->value, *sizes,
                               llvm::to_vector(llvm::seq<int64_t>(1, x->rank() + 1))),
         dims, *x);
  return true;
}

static bool broadcast(Generator &g) {
  auto x = g.pick([](const Term &term) { return term.rank() < 4; });
  if (!x)
    return false;
  Dims like = g.someDims(), dims = x->dims;
  SmallVector<int64_t> positions = llvm::to_vector(llvm::seq<int64_t>(0, x->rank()));
  for (int64_t added = g.random.between(1, 2); added > 0 && dims.size() < 4; --added) {
    int64_t at = g.random.below(static_cast<int64_t>(dims.size()) + 1);
    dims.insert(dims.begin() + at, like.empty() ? g.random.between(1, 4) : g.random.pick(like));
    for (int64_t &position : positions)
      position += position >= at;
  }
  std::optional<SmallVector<Value>> sizes = g.fits(dims) ? g.dynamicSizes(dims) : std::nullopt;
  if (!sizes)
    return false;
  g.push(g.create<BroadcastOp>(g.typeOf(dims, x->element()), x->value, *sizes, positions), dims,
         *x);
  return true;
}

/// One dimension inserted, dropped, split, or merged with its neighbour.
static bool changeDims(Generator &g, const Term &x, Dims &dims) {
  int64_t form = g.random.below(4), rank = x.rank();
  if (form == 0 && rank < 4) {
    dims.insert(dims.begin() + g.random.below(rank + 1), 1);
    return true;
  }
  if (rank == 0)
    return false;
  int64_t at = g.random.below(rank), size = dims[at];
  if (form == 1 && size == 1) {
    dims.erase(dims.begin() + at);
    return true;
  }
  if (form == 2 && size > 3 && rank < 4) {
    for (int64_t factor : {2, 3, 5, 11})
      if (size % factor == 0 && size > factor) {
        dims[at] = size / factor;
        dims.insert(dims.begin() + at, factor);
        return true;
      }
    return false;
  }
  if (rank < 2 || at + 1 == rank)
    return false;
  int64_t next = dims[at + 1];
  bool isStatic = size >= 0 && next >= 0;
  dims[at] =
      isStatic ? size * next
               : g.newSymbol(g.most(size) * g.most(next), g.mayBeEmpty(size) || g.mayBeEmpty(next));
  dims.erase(dims.begin() + at + 1);
  return true;
}
static bool reshape(Generator &g) {
  auto x = g.pick(anyTerm);
  Dims dims = x ? x->dims : Dims();
  if (!x || !changeDims(g, *x, dims))
    return false;
  RankedTensorType type = g.typeOf(dims, x->element());
  SmallVector<Value> sizes;
  if (type.getNumDynamicDims() > 1 || (type.getNumDynamicDims() == 1 && g.random.chance(0.3)))
    for (auto [position, dim] : llvm::enumerate(dims)) {
      if (dim >= 0)
        continue;
      Value size = llvm::is_contained(x->dims, dim) ? g.sizeOf(dim) : nullptr;
      if (!size) // the merged one: its sources are neighbours in x
        size = g.create<arith::MulIOp>(g.create<DimOp>(x->value, position),
                                       g.create<DimOp>(x->value, position + 1));
      sizes.push_back(size);
    }
  g.push(g.create<ReshapeOp>(type, x->value, sizes), dims, *x);
  return true;
}

static bool transpose(Generator &g) {
  auto x = g.pick([](const Term &term) { return term.rank() > 1; });
  if (!x)
    return false;
  SmallVector<int64_t> permutation = llvm::to_vector(llvm::seq<int64_t>(0, x->rank()));
  for (int64_t i = x->rank() - 1; i > 0; --i)
    std::swap(permutation[i], permutation[g.random.below(i + 1)]);
  Dims dims;
  for (int64_t dim : permutation)
    dims.push_back(x->dims[dim]);
  g.push(g.create<TransposeOp>(x->value, permutation), dims, *x);
  return true;
}

static bool reverse(Generator &g) {
  auto x = g.pick(hasRank);
  if (!x)
    return false;
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < x->rank(); ++dim)
    if (g.random.chance(0.5))
      dims.push_back(dim);
  g.push(g.create<ReverseOp>(x->value, dims), x->dims, *x);
  return true;
}

/// The pieces of a static dimension, some of which later ops read.
static bool split(Generator &g) {
  auto x = g.pick([](const Term &term) { return term.rank() > 0 && term.dims.back() >= 2; });
  if (!x)
    return false;
  Builder &b = g.builder;
  int64_t dim = x->rank() - 1, size = x->dims.back();
  bool isEven = size % 2 == 0 && g.random.chance(0.5);
  int64_t first = isEven ? size / 2 : g.random.between(0, size);
  auto op = SplitOp::create(
      g.builder, g.location, x->value, isEven ? b.getI64IntegerAttr(2) : IntegerAttr(),
      isEven ? DenseI64ArrayAttr() : b.getDenseI64ArrayAttr({first, -1}), b.getI64IntegerAttr(dim));
  for (auto [piece, part] : llvm::zip_equal(op.getPieces(), std::array{first, size - first})) {
    Dims dims = x->dims;
    dims.back() = part;
    g.push(piece, dims, *x);
  }
  return true;
}

static bool stack(Generator &g) {
  auto x = g.pick(anyTerm);
  if (!x)
    return false;
  Term other = g.matching(*x);
  int64_t dim = g.random.between(0, x->rank());
  Dims dims = x->dims;
  dims.insert(dims.begin() + dim, 2);
  if (!g.fits(dims))
    return false;
  Value both[] = {x->value, other.value};
  g.push({g.create<StackOp>(both, g.builder.getI64IntegerAttr(dim)), dims,
          std::min(x->low, other.low), std::max(x->high, other.high), x->coarse || other.coarse});
  return true;
}

static bool concat(Generator &g) {
  auto x = g.pick(hasRank);
  if (!x)
    return false;
  int64_t dim = g.random.below(x->rank());
  SmallVector<Term> parts = {*x};
  for (int64_t i = g.random.between(1, 2); i > 0; --i) {
    auto part = g.pick([&](const Term &term) {
      Dims expected = x->dims;
      if (term.rank() == x->rank())
        expected[dim] = term.dims[dim];
      return term.element() == x->element() && term.dims == expected;
    });
    parts.push_back(part ? *part : *x);
  }
  if (g.random.chance(0.5))
    std::swap(parts.front(), parts.back());
  int64_t sum = 0, most = 0;
  bool isStatic = true, mayBeEmpty = true;
  Term joined = *x;
  SmallVector<Value> values;
  for (const Term &part : parts) {
    int64_t size = part.dims[dim];
    isStatic &= size >= 0;
    mayBeEmpty &= g.mayBeEmpty(size);
    sum += size;
    most += g.most(size);
    joined.low = std::min(joined.low, part.low);
    joined.high = std::max(joined.high, part.high);
    joined.coarse |= part.coarse;
    values.push_back(part.value);
  }
  Dims dims = x->dims;
  dims[dim] = isStatic ? sum : most;
  if (!g.fits(dims))
    return false;
  if (!isStatic)
    dims[dim] = g.newSymbol(most, mayBeEmpty);
  g.push(g.create<ConcatOp>(values, dim), dims, joined);
  return true;
}

/// An `index`, or data, that may lie anywhere: slices clamp it.
static Value someIndex(Generator &g) {
  auto isData = [](const Term &term) {
    Type element = term.element();
    return term.rank() == 0 && !term.coarse && (element.isInteger(32) || element.isInteger(64));
  };
  if (auto data = g.pick(isData); data && g.random.chance(0.5))
    return data->value;
  if (auto carrier = g.pick(hasRank); carrier && g.random.chance(0.7))
    return g.create<DimOp>(carrier->value, g.random.below(carrier->rank()));
  return g.create<arith::ConstantIndexOp>(g.random.between(0, 9));
}

/// A box of x along one dimension: the offset and size; returns the size of the result.
static int64_t chooseRange(Generator &g, int64_t dim, OpFoldResult &offset, OpFoldResult &size,
                           int64_t &stride) {
  auto attribute = [&](int64_t number) { return OpFoldResult(g.builder.getIndexAttr(number)); };
  offset = attribute(0);
  stride = g.random.chance(0.6) ? 1 : g.random.between(2, 3);
  if (dim < 0) {
    if (std::optional<ComputedSize> part =
            g.random.chance(0.3) ? smallerSize(g, dim) : std::nullopt) {
      stride = 1;
      size = part->value;
      if (g.random.chance(0.5))
        offset = someIndex(g);
      return part->dim;
    }
    Value whole = g.sizeOf(dim);
    if (stride != 2 || g.random.chance(0.3)) {
      stride = 1;
      size = whole;
      return dim;
    }
    Value rounded = g.create<arith::AddIOp>(whole, g.create<arith::ConstantIndexOp>(1));
    size = g.create<arith::DivUIOp>(rounded, g.create<arith::ConstantIndexOp>(2));
    if (g.random.chance(0.5))
      offset = someIndex(g);
    return g.newSymbol(halfOf(g.most(dim)), g.mayBeEmpty(dim));
  }
  int64_t first = dim == 0 ? 0 : g.random.chance(0.4) ? 0 : g.random.below(dim);
  int64_t available = dim == 0 ? 0 : (dim - 1 - first) / stride + 1;
  int64_t count = available == 0          ? 0
                  : g.random.chance(0.03) ? 0
                                          : g.random.between((available + 1) / 2, available);
  offset = g.random.chance(0.25) ? OpFoldResult(someIndex(g)) : attribute(first);
  size = attribute(count);
  return count;
}
static bool slice(Generator &g) {
  auto x = g.pick(hasRank);
  if (!x)
    return false;
  SmallVector<OpFoldResult> offsets, sizes;
  SmallVector<int64_t> strides;
  Dims dims;
  for (int64_t dim : x->dims)
    dims.push_back(
        chooseRange(g, dim, offsets.emplace_back(), sizes.emplace_back(), strides.emplace_back()));
  g.push(g.create<SliceOp>(x->value, offsets, sizes, strides), dims, *x);
  return true;
}

static bool updateSlice(Generator &g) {
  auto x = g.pick(hasRank);
  if (!x)
    return false;
  auto isSmaller = [&](const Term &term) {
    return term.element() == x->element() && term.rank() == x->rank() &&
           llvm::all_of(llvm::zip(term.dims, x->dims), [](auto pair) {
             auto [small, large] = pair;
             return small == large || (small >= 0 && small <= large);
           });
  };
  auto update = g.pick([&](const Term &term) { return isSmaller(term) && term.value != x->value; });
  if (!update)
    return false;
  SmallVector<OpFoldResult> offsets;
  for (auto [small, large] : llvm::zip(update->dims, x->dims)) {
    if (g.random.chance(0.3))
      offsets.push_back(someIndex(g));
    else
      offsets.push_back(g.builder.getIndexAttr(small < 0 ? 0 : g.random.between(0, large - small)));
  }
  Term result = *x;
  result.low = std::min(x->low, update->low), result.high = std::max(x->high, update->high);
  result.coarse |= update->coarse;
  g.push(g.create<UpdateSliceOp>(x->value, update->value, offsets), x->dims, result);
  return true;
}

static bool pad(Generator &g) {
  auto x = g.pick(hasRank);
  if (!x)
    return false;
  auto value =
      g.pick([&](const Term &term) { return term.rank() == 0 && term.element() == x->element(); });
  if (!value)
    value = g.constant({}, x->element());
  SmallVector<int64_t> low, high, interior;
  Dims dims;
  auto amount = [&] { return g.random.chance(0.5) ? 0 : g.random.between(1, 3); };
  for (int64_t dim : x->dims) {
    low.push_back(amount());
    high.push_back(amount());
    interior.push_back(g.random.chance(0.7) ? 0 : g.random.between(1, 2));
    int64_t grown = g.most(dim) + low.back() + high.back() +
                    interior.back() * std::max<int64_t>(g.most(dim) - 1, 0);
    bool unchanged = low.back() + high.back() + interior.back() == 0;
    dims.push_back(unchanged ? dim
                   : dim >= 0
                       ? grown
                       : g.newSymbol(grown, g.mayBeEmpty(dim) && low.back() + high.back() == 0));
  }
  if (!g.fits(dims))
    return false;
  Term result = *x;
  result.low = std::min(x->low, value->low), result.high = std::max(x->high, value->high);
  result.coarse |= value->coarse;
  g.push(g.create<PadOp>(x->value, value->value, low, high, interior), dims, result);
  return true;
}

ArrayRef<WeightedRecipe> shapeRecipes() {
  static const WeightedRecipe recipes[] = {{1.5, broadcast}, {0.6, broadcastToComputed},
                                           {1.5, reshape},   {1.5, transpose},
                                           {0.8, reverse},   {1.2, concat},
                                           {0.5, split},     {0.5, stack},
                                           {1.5, slice},     {0.8, updateSlice},
                                           {1, pad}};
  return recipes;
}

} // namespace mlc::fuzz
