#include "test/fuzz/Generator.h"
#include "dialects/NN/TensorExpr.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>

using namespace mlir;
using namespace mlc::nn;

namespace mlc::fuzz {

Generator::Generator(MLIRContext *context, uint64_t seed, GeneratorOptions options)
    : builder(context), location(builder.getUnknownLoc()), random(seed), options(options) {
  findElementwiseOps();
}

//===- Reflection -------------------------------------------------------------===//

static unsigned arityOf(OperationName name) {
  if (name.hasTrait<OpTrait::OneOperand>())
    return 1;
  if (name.hasTrait<OpTrait::NOperands<2>::Impl>())
    return 2;
  return name.hasTrait<OpTrait::NOperands<3>::Impl>() ? 3 : 0;
}

static Operation *createGeneric(OpBuilder &builder, Location location, OperationName name,
                                ValueRange operands) {
  auto *inference = name.getInterface<InferTypeOpInterface>();
  SmallVector<Type> types;
  if (!inference ||
      failed(inference->inferReturnTypes(builder.getContext(), location, operands,
                                         builder.getDictionaryAttr({}), nullptr, {}, types)))
    return nullptr;
  OperationState state(location, name);
  state.addOperands(operands);
  state.addTypes(types);
  return builder.create(state);
}

/// An elementwise op without attributes of its own is tried on every dtype; those that verify are
/// its dtypes.
void Generator::findElementwiseOps() {
  MLIRContext *context = builder.getContext();
  ScopedDiagnosticHandler silence(context, [](Diagnostic &) { return success(); });
  Type dtypes[] = {builder.getF32Type(), builder.getF64Type(), builder.getBF16Type(),
                   builder.getF16Type(), builder.getI1Type(),  builder.getI8Type(),
                   builder.getI32Type(), builder.getI64Type()};
  for (RegisteredOperationName name : context->getRegisteredOperationsByDialect("nn")) {
    unsigned arity = arityOf(name);
    if (!name.hasInterface<ElementwiseOpInterface>() || !name.getAttributeNames().empty() ||
        arity == 0)
      continue;
    ElementwiseOp found{name, arity, {}};
    for (Type dtype : dtypes) {
      SmallVector<Type> types(arity, RankedTensorType::get({2}, dtype));
      if (arity == 3)
        types[0] = RankedTensorType::get({2}, builder.getI1Type());
      OwningOpRef<func::FuncOp> scratch =
          func::FuncOp::create(location, "scratch", builder.getFunctionType(types, {}));
      Block *block = scratch->addEntryBlock();
      builder.setInsertionPointToStart(block);
      Operation *op = createGeneric(builder, location, name, block->getArguments());
      if (op && succeeded(name.verifyInvariants(op)))
        found.dtypes.push_back(dtype);
    }
    if (!found.dtypes.empty())
      elementwise.push_back(found);
  }
  llvm::sort(elementwise, [](const ElementwiseOp &a, const ElementwiseOp &b) {
    return a.name.getStringRef() < b.name.getStringRef();
  });
}

//===- Sizes ------------------------------------------------------------------===//

RankedTensorType Generator::typeOf(ArrayRef<int64_t> dims, Type element) const {
  return RankedTensorType::get(
      llvm::map_to_vector(dims, [](int64_t dim) { return dim < 0 ? ShapedType::kDynamic : dim; }),
      element);
}
int64_t Generator::mostElements(ArrayRef<int64_t> dims) const {
  int64_t count = 1;
  for (int64_t dim : dims)
    count *= most(dim);
  return count;
}
int64_t Generator::newSymbol(int64_t most, bool mayBeEmpty) {
  symbols.push_back({most, mayBeEmpty});
  return -static_cast<int64_t>(symbols.size());
}
Value Generator::sizeOf(int64_t dim) {
  if (dim >= 0)
    return create<arith::ConstantIndexOp>(dim);
  SmallVector<std::pair<Value, int64_t>> carriers;
  for (const Term &term : pool)
    for (auto [position, size] : llvm::enumerate(term.dims))
      if (size == dim)
        carriers.push_back({term.value, static_cast<int64_t>(position)});
  if (carriers.empty())
    return nullptr;
  auto [value, position] = random.pick(carriers);
  return create<DimOp>(value, position);
}
std::optional<SmallVector<Value>> Generator::dynamicSizes(ArrayRef<int64_t> dims) {
  SmallVector<Value> sizes;
  for (int64_t dim : dims)
    if (dim < 0) {
      sizes.push_back(sizeOf(dim));
      if (!sizes.back())
        return std::nullopt;
    }
  return sizes;
}
Dims Generator::someDims() {
  if (!shapes.empty() && random.chance(0.7))
    return random.pick(shapes);
  static constexpr int64_t sizes[] = {1, 1, 2, 3, 4, 5, 7, 8, 16, 17, 33};
  Dims dims;
  for (int64_t i = random.below(4); i > 0; --i)
    dims.push_back(random.pick(sizes));
  while (!fits(dims))
    dims.pop_back();
  return dims;
}

//===- The pool ---------------------------------------------------------------===//

Term Generator::push(Term term) {
  pool.push_back(term);
  return term;
}
std::optional<Term> Generator::pick(Filter filter) {
  std::vector<const Term *> candidates;
  for (auto [position, term] : llvm::enumerate(pool)) {
    if (!filter(term))
      continue;
    candidates.push_back(&term);
    if (term.value.use_empty())
      candidates.insert(candidates.end(), 2, &term);
    if (position + 6 > pool.size())
      candidates.push_back(&term);
  }
  if (candidates.empty())
    return std::nullopt;
  return *random.pick(candidates);
}
Type Generator::numberType() {
  static constexpr int shares[] = {70, 8, 4, 4, 3, 6, 5};
  Type dtypes[] = {builder.getF32Type(), builder.getF64Type(), builder.getBF16Type(),
                   builder.getF16Type(), builder.getI8Type(),  builder.getI32Type(),
                   builder.getI64Type()};
  int64_t ticket = random.below(100);
  for (auto [share, dtype] : llvm::zip(shares, dtypes))
    if ((ticket -= share) < 0)
      return dtype;
  return dtypes[0];
}
Term Generator::splat(const Term &like, double number) {
  Type element = like.element();
  auto scalar = RankedTensorType::get({}, element);
  Attribute attribute =
      isa<FloatType>(element)
          ? Attribute(builder.getFloatAttr(element, number))
          : Attribute(builder.getIntegerAttr(element, static_cast<int64_t>(number)));
  if (!llvm::any_of(like.dims, [](int64_t dim) { return dim < 0; }) && random.chance(0.5)) {
    Value value = create<ConstantOp>(DenseElementsAttr::get(typeOf(like.dims, element), attribute));
    return {value, like.dims, number, number, like.coarse};
  }
  Value value = create<ConstantOp>(DenseElementsAttr::get(scalar, attribute));
  SmallVector<Value> sizes;
  for (auto [position, dim] : llvm::enumerate(like.dims))
    if (dim < 0)
      sizes.push_back(create<DimOp>(like.value, position));
  if (!like.dims.empty())
    value = create<BroadcastOp>(like.value.getType(), value, sizes, ArrayRef<int64_t>());
  return {value, like.dims, number, number, like.coarse};
}
Term Generator::constant(ArrayRef<int64_t> dims, Type element) {
  RankedTensorType type = typeOf(dims, element);
  SmallVector<Attribute> elements;
  bool isFloat = isa<FloatType>(element);
  int64_t most = element.isInteger(1) ? 1 : 20, least = element.isInteger(1) ? 0 : -20;
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    if (isFloat)
      elements.push_back(
          builder.getFloatAttr(element, random.chance(0.1) ? 0.0 : random.uniform(-2.0, 2.0)));
    else
      elements.push_back(builder.getIntegerAttr(element, random.between(least, most)));
  }
  Value value = create<ConstantOp>(DenseElementsAttr::get(type, elements));
  double bound = isFloat ? 2.0 : 20.0;
  return {value, Dims(dims), -bound, bound, element.isBF16() || element.isF16()};
}

/// Positions of `dims` in `all`, increasing, or nothing if it is not a subsequence.
static std::optional<SmallVector<int64_t>> subsequence(ArrayRef<int64_t> dims,
                                                       ArrayRef<int64_t> all) {
  SmallVector<int64_t> positions;
  for (auto [position, dim] : llvm::enumerate(all))
    if (positions.size() < dims.size() && dims[positions.size()] == dim)
      positions.push_back(static_cast<int64_t>(position));
  if (positions.size() != dims.size())
    return std::nullopt;
  return positions;
}

Term Generator::matching(const Term &like) {
  auto sameDtype = [&](const Term &term) { return term.element() == like.element(); };
  if (random.chance(0.7))
    if (auto same = pick([&](const Term &t) {
          return sameDtype(t) && t.dims == like.dims && t.value != like.value;
        }))
      return *same;
  if (random.chance(0.6)) {
    auto smaller = pick([&](const Term &term) {
      return sameDtype(term) && term.rank() < like.rank() && subsequence(term.dims, like.dims);
    });
    std::optional<SmallVector<Value>> sizes = smaller ? dynamicSizes(like.dims) : std::nullopt;
    if (sizes) {
      Value value = create<BroadcastOp>(like.value.getType(), smaller->value, *sizes,
                                        *subsequence(smaller->dims, like.dims));
      return push(value, like.dims, *smaller);
    }
  }
  if (random.chance(0.8)) {
    bool isStatic = !llvm::any_of(like.dims, [](int64_t dim) { return dim < 0; });
    if (isStatic && mostElements(like.dims) <= 40)
      return push(constant(like.dims, like.element()));
    return like.isFloat() ? splat(like, random.uniform(-2.0, 2.0))
                          : splat(like, static_cast<double>(random.below(2)));
  }
  return like;
}

//===- Elementwise terms within bounds ------------------------------------------===//

static bool isDiscontinuous(OperationName name) {
  StringRef op = name.stripDialect();
  return llvm::is_contained({"sign", "floor", "ceil", "round_even", "rem", "is_finite", "compare"},
                            op);
}

static Scalar sample(Random &random, const Term &term, unsigned corner) {
  double number = corner == 0   ? term.low
                  : corner == 1 ? term.high
                                : random.uniform(term.low, term.high);
  if (term.isFloat())
    return Scalar::real(number, 1.0);
  unsigned width = term.element().getIntOrFloatBitWidth();
  return Scalar::ofInteger(static_cast<int64_t>(std::clamp(number, -0x1.0p62, 0x1.0p62)), width);
}

std::optional<Term> Generator::tryElementwise(OperationName name, ArrayRef<Term> operands) {
  bool coarse = llvm::any_of(operands, [](const Term &term) { return term.coarse; });
  if (coarse && isDiscontinuous(name))
    return std::nullopt;
  SmallVector<Value> values =
      llvm::map_to_vector(operands, [](const Term &term) { return term.value; });
  Operation *op = createGeneric(builder, location, name, values);
  if (!op)
    return std::nullopt;
  Term result{op->getResult(0), operands[0].dims, 0.0, 0.0, coarse};
  bool isHalf = result.element().isF16();
  double limit = isHalf ? 50.0 : kLimit;
  result.low = HUGE_VAL, result.high = -HUGE_VAL;
  bool within = true;
  for (unsigned i = 0; i < 80; ++i) {
    SmallVector<Scalar> scalars;
    for (auto [position, operand] : llvm::enumerate(operands))
      scalars.push_back(sample(random, operand, i < 8 ? (i >> position) & 1 : 2));
    Scalar at = cast<ElementwiseOpInterface>(op).evaluateScalar(scalars);
    double number = at.isInteger() ? static_cast<double>(at.integer) : at.value;
    bool isFine = at.isInteger() || (std::abs(number) <= limit && std::abs(at.tangent) <= limit);
    if (!isFine && !(wild && std::isnan(number)))
      within = false;
    if (!std::isnan(number)) {
      result.low = std::min(result.low, number);
      result.high = std::max(result.high, number);
    }
  }
  if (!within) {
    op->erase();
    return std::nullopt;
  }
  if (result.low > result.high)
    result.low = -1.0, result.high = 1.0;
  if (result.isFloat()) { // the samples need not have met the extremes
    double margin = 0.02 * (result.high - result.low);
    result.low -= result.low == 0.0 ? 0.0 : margin;
    result.high += margin;
  }
  return result;
}

Term Generator::absPlusHalf(const Term &x) {
  Value value = create<AddOp>(create<AbsOp>(x.value), splat(x, 0.5).value);
  return {value, x.dims, 0.5, x.magnitude() + 0.5, x.coarse};
}
Term Generator::bounded(const Term &x, double limit) {
  if (x.magnitude() <= limit)
    return x;
  if (random.chance(0.5)) {
    double factor = std::exp2(std::floor(std::log2(limit / x.magnitude())));
    return {create<MulOp>(x.value, splat(x, factor).value), x.dims, x.low * factor, x.high * factor,
            x.coarse};
  }
  Value value = create<TanhOp>(x.value);
  if (limit < 1.0)
    value = create<MulOp>(value, splat(x, limit).value);
  double bound = std::min(limit, 1.0);
  return {value, x.dims, x.low < 0.0 ? -bound : 0.0, bound, x.coarse};
}

} // namespace mlc::fuzz
