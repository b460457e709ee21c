#include "test/fuzz/Reference.h"
#include "dialects/Kernel/Kernel.h"
#include "llvm/ADT/Hashing.h"
#include <cmath>

using namespace mlir;
using namespace mlc::nn;

namespace mlc::fuzz {

/// The amplitude of each rounding error in units of the dtype's roundoff, and how many times the
/// largest deviation seen is allowed. A compiled program rounds within about one unit per op (a few
/// for transcendentals, and less than one per term of a sum), so that 16 x 6 leaves a wide margin,
/// yet an op left out or done twice shows.
static constexpr double kAmplitude = 16.0, kMultiple = 6.0;

//===- Inputs -----------------------------------------------------------------===//

static Scalar drawScalar(Type element, double bound, Random &random) {
  if (isa<FloatType>(element)) {
    double number = random.chance(0.05)   ? 0.0
                    : random.chance(0.05) ? 1.0
                                          : random.uniform(-bound, bound);
    return roundTo(Scalar::real(number), element);
  }
  unsigned width = element.getIntOrFloatBitWidth();
  return Scalar::ofInteger(width == 1 ? random.below(2) : random.between(-100, 100), width);
}
static Tensor drawTensor(ArrayRef<int64_t> shape, Type element, double bound, Random &random) {
  Tensor tensor(RankedTensorType::get(shape, element));
  for (Scalar &scalar : tensor.data)
    scalar = drawScalar(element, bound, random);
  return tensor;
}

Inputs drawInputs(ModuleOp module, ArrayRef<int64_t> sizes, Random &random) {
  Inputs inputs;
  auto function = module.lookupSymbol<func::FuncOp>("f");
  DimensionAnalysis analysis(function);
  for (Value argument : function.getArguments()) {
    SmallVector<int64_t> shape;
    for (AffineExpr size : analysis.shape(argument)) {
      auto symbol = dyn_cast<AffineSymbolExpr>(size);
      shape.push_back(symbol ? sizes[symbol.getPosition()]
                             : cast<AffineConstantExpr>(size).getValue());
    }
    Type element = getElementTypeOrSelf(argument);
    if (areSmall(sizes)) {
      inputs.arguments.push_back(drawTensor(shape, element, 2.0, random));
      continue;
    }
    Tensor &tensor = inputs.arguments.emplace_back();
    tensor.shape = shape;
    tensor.element = element;
  }
  for (auto parameter : module.getOps<ParameterOp>()) {
    auto type = cast<RankedTensorType>(parameter.getType());
    inputs.parameters[parameter.getSymName().str()] =
        drawTensor(type.getShape(), type.getElementType(), 1.0, random);
  }
  return inputs;
}

Inputs drawInputs(const Inputs &like, Random &random) {
  Inputs inputs;
  for (const Tensor &tensor : like.arguments)
    inputs.arguments.push_back(drawTensor(tensor.shape, tensor.element, 1.0, random));
  for (auto &[name, tensor] : like.parameters)
    inputs.parameters[name] = drawTensor(tensor.shape, tensor.element, 1.0, random);
  return inputs;
}

//===- Rounding errors at random ------------------------------------------------===//

static double unitRoundoff(Type element) {
  return std::exp2(-static_cast<double>(cast<FloatType>(element).getFPMantissaWidth()));
}
/// Whether the op adds numbers up, so that it rounds more than once.
static bool isAccumulation(Operation *op) {
  if (auto reduce = dyn_cast<ReduceOp>(op))
    return reduce.getKind() == Reduction::sum || reduce.getKind() == Reduction::prod;
  if (auto scatter = dyn_cast<ScatterOp>(op))
    return scatter.getKind() == ScatterKind::add || scatter.getKind() == ScatterKind::mul;
  return isa<ContractOp, ScanOpInterface>(op);
}
/// Ops that are exact in f64 too, where the exact evaluation cannot tell.
static bool isExact(Operation *op) {
  return isa<NegOp, AbsOp, SignOp, FloorOp, CeilOp, RoundEvenOp, SelectOp, MaxOp, MinOp,
             StopGradientOp, RemOp, CastOp>(op) ||
         !(isa<ElementwiseOpInterface>(op) || isAccumulation(op));
}
static bool isWhole(const Tensor &tensor) {
  return llvm::all_of(tensor.data, [](const Scalar &x) {
    return x.value == std::trunc(x.value) && std::abs(x.value) < 1e4;
  });
}

/// How many terms the op adds up to one result, about.
static double termsOf(Operation *op, ArrayRef<Tensor> operands) {
  if (auto running = dyn_cast<ScanOpInterface>(op))
    return static_cast<double>(operands[0].shape[running.getDim()]);
  if (auto contract = dyn_cast<ContractOp>(op)) {
    double terms = 1.0;
    for (int64_t dim : contract.getLhsContract())
      terms *= static_cast<double>(operands[0].shape[dim]);
    return terms;
  }
  if (auto reduce = dyn_cast<ReduceOp>(op)) {
    double terms = 1.0;
    for (int64_t dim : reduce.getDims())
      terms *= static_cast<double>(operands[0].shape[dim]);
    return terms;
  }
  return static_cast<double>(operands[1].size());
}

/// Sums round inside: as if every term had its own error, large enough to stand for the errors of
/// all partial sums if they are added one after the other. Sums of whole numbers are exact.
static void perturbTerms(Operation *op, MutableArrayRef<Tensor> operands, Random &noise) {
  if (!isAccumulation(op) || !isa<FloatType>(getElementTypeOrSelf(op->getResult(0).getType())))
    return;
  auto isFloat = [](const Tensor &tensor) { return isa<FloatType>(tensor.element); };
  if (llvm::all_of(operands,
                   [&](const Tensor &tensor) { return !isFloat(tensor) || isWhole(tensor); }))
    return;
  double root = std::sqrt(std::max(termsOf(op, operands), 1.0)), growth = root * (1.0 + root / 4.0);
  for (Tensor &tensor : operands) {
    if (!isFloat(tensor))
      continue;
    double unit = tensor.element.isF64() ? 0x1p-53 : 0x1p-24;
    for (Scalar &scalar : tensor.data)
      scalar.value *= 1.0 + kAmplitude * growth * unit * noise.uniform(-1.0, 1.0);
  }
}
static void roundResults(Operation *op, MutableArrayRef<Tensor> results, Random &noise) {
  for (Tensor &tensor : results) {
    if (!isa<FloatType>(tensor.element))
      continue;
    double unit = unitRoundoff(tensor.element);
    bool isDouble = tensor.element.isF64();
    for (Scalar &scalar : tensor.data) {
      if (isDouble ? isExact(op) : roundTo(scalar, tensor.element).value == scalar.value)
        continue;
      scalar.value *= 1.0 + kAmplitude * unit * noise.uniform(-1.0, 1.0);
      scalar = roundTo(scalar, tensor.element);
    }
  }
}

/// A number truncated to an integer, as far as 64 bits hold it; 0 for NaN.
static int64_t wholePart(double number) {
  return std::isnan(number) ? 0 : static_cast<int64_t>(std::clamp(number, -1e18, 1e18));
}
/// Numbers whose smallest change matters: integers, booleans, and floats rounded to integers.
static void hashDiscrete(Operation *op, ArrayRef<Tensor> results, uint64_t &hash) {
  for (const Tensor &tensor : results) {
    if (isa<SignOp, FloorOp, CeilOp, RoundEvenOp>(op))
      for (const Scalar &scalar : tensor.data)
        hash = llvm::hash_combine(hash, wholePart(scalar.value));
    else if (tensor.element.isInteger())
      for (const Scalar &scalar : tensor.data)
        hash = llvm::hash_combine(hash, scalar.integer);
  }
}
static void hashQuotients(Operation *op, ArrayRef<Tensor> operands, uint64_t &hash) {
  if (!isa<RemOp>(op) || !isa<FloatType>(operands[0].element))
    return;
  // Operands whose sizes disagree are the op's to refuse, after this.
  for (auto [x, y] : llvm::zip(operands[0].data, operands[1].data))
    hash = llvm::hash_combine(hash, wholePart(x.value / y.value));
}

/// Whether a comparison of computed floats has operands that differ by less than their rounding:
/// then it may come out either way, and the noise seldom makes equal what is not.
static bool isNearlyEqual(Operation *op, ArrayRef<Tensor> operands) {
  auto compare = dyn_cast<CompareOp>(op);
  if (!compare || !isa<FloatType>(operands[0].element) ||
      (compare.getPredicate() != Predicate::eq && compare.getPredicate() != Predicate::ne))
    return false;
  double least = 2.0 * unitRoundoff(operands[0].element);
  return llvm::any_of(llvm::zip(operands[0].data, operands[1].data), [&](const auto &pair) {
    double x = std::get<0>(pair).value, y = std::get<1>(pair).value;
    double distance = std::abs(x - y);
    return std::isfinite(distance) && x != y &&
           distance <= least * std::max(std::abs(x), std::abs(y));
  });
}

//===- Calls --------------------------------------------------------------------===//

static std::map<std::string, Tensor> initialStorages(ModuleOp module, const Inputs &inputs) {
  std::map<std::string, Tensor> storages;
  for (auto storage : module.getOps<StorageOp>()) {
    auto type = cast<RankedTensorType>(storage.getType());
    double initial = storage.getInitial() ? storage.getInitial()->convertToDouble() : 0.0;
    if (storage.getKind() == StorageKind::seed)
      initial = kModelSeed;
    Tensor value(type, nn::cast(Scalar::real(initial), type.getElementType()));
    if (storage.getKind() == StorageKind::parameter)
      for (auto member : storage.getMembersAttr().getAsRange<DictionaryAttr>()) {
        const Tensor &given = inputs.parameters.at(member.getAs<StringAttr>("name").str());
        llvm::copy(given.data, value.data.begin() + member.getAs<IntegerAttr>("offset").getInt());
      }
    for (Scalar &scalar : value.data)
      scalar = roundTo(scalar, type.getElementType());
    storages[storage.getSymName().str()] = value;
  }
  return storages;
}

Reference::Reference(ModuleOp module, const Inputs &inputs, uint64_t seed, unsigned perturbedRuns)
    : module(module), inputs(inputs) {
  Random random(seed);
  Storages storages = initialStorages(module, inputs);
  for (unsigned run = 0; run <= perturbedRuns; ++run)
    runs.push_back({storages, run == 0 ? nullptr : std::make_unique<Random>(random.fork(run)), 0});
}

void Reference::addParameters(const Storages &storages, std::vector<Result> &results) {
  for (auto storage : module.getOps<StorageOp>()) {
    if (storage.getKind() != StorageKind::parameter)
      continue;
    const Tensor &flat = storages.at(storage.getSymName().str());
    for (auto member : storage.getMembersAttr().getAsRange<DictionaryAttr>()) {
      std::string name = member.getAs<StringAttr>("name").str();
      Tensor value = inputs.parameters.at(name);
      auto first = flat.data.begin() + member.getAs<IntegerAttr>("offset").getInt();
      value.data.assign(first, first + value.size());
      results.push_back({name, value, {}});
    }
  }
}

/// The inputs, then the storages that the function reads.
static SmallVector<Tensor> argumentsOf(func::FuncOp function, ArrayRef<Tensor> inputs,
                                       const std::map<std::string, Tensor> &storages) {
  SmallVector<Tensor> arguments(inputs);
  for (unsigned i = arguments.size(); i < function.getNumArguments(); ++i)
    arguments.push_back(storages.at(
        function.getArgAttrOfType<FlatSymbolRefAttr>(i, "nn.storage").getValue().str()));
  return arguments;
}

/// As the runtime does before an entry that reads packed storages.
LogicalResult Reference::refreshPacked(Storages &storages) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function->hasAttr(kernel::kRefreshAttr))
      continue;
    FailureOr<Evaluator::Tensors> values =
        Evaluator(module).call(function, argumentsOf(function, {}, storages));
    if (failed(values))
      return failure();
    for (auto [number, value] : llvm::enumerate(*values))
      storages
          [function.getResultAttrOfType<FlatSymbolRefAttr>(number, "nn.storage").getValue().str()] =
              value;
  }
  return success();
}

FailureOr<std::vector<Result>> Reference::callOnce(func::FuncOp function, Run &run) {
  Evaluator evaluator(module);
  evaluator.parameters = inputs.parameters;
  evaluator.beforeOp = [&](Operation *op, MutableArrayRef<Tensor> operands) {
    hashQuotients(op, operands, run.discrete);
    if (!run.noise && isNearlyEqual(op, operands))
      run.discrete = llvm::hash_combine(run.discrete, op); // differs from the other runs'
    if (run.noise)
      perturbTerms(op, operands, *run.noise);
  };
  evaluator.afterOp = [&](Operation *op, MutableArrayRef<Tensor> results) {
    if (run.noise)
      roundResults(op, results, *run.noise);
    hashDiscrete(op, results, run.discrete);
  };
  if (failed(refreshPacked(run.storages)))
    return failure();
  FailureOr<Evaluator::Tensors> values =
      evaluator.call(function, argumentsOf(function, inputs.arguments, run.storages));
  if (failed(values))
    return failure();
  std::vector<Result> results;
  bool updates = false;
  for (auto [number, value] : llvm::enumerate(*values)) {
    auto storage = function.getResultAttrOfType<FlatSymbolRefAttr>(static_cast<unsigned>(number),
                                                                   "nn.storage");
    if (!storage) {
      results.push_back({"result " + std::to_string(number), value, {}});
      continue;
    }
    updates = true;
    run.storages[storage.getValue().str()] = value;
  }
  if (updates)
    addParameters(run.storages, results);
  return results;
}

static bool isSameClass(double a, double b) {
  return std::isnan(a) ? std::isnan(b) : std::isinf(a) ? a == b : std::isfinite(b);
}

/// Of one rounding: of numbers too small to be normal, too.
static double errorOf(const Scalar &scalar, Type element) {
  double least = element.isF16() ? 0x1p-25 : 2.5e-31;
  return unitRoundoff(element) * std::abs(scalar.value) + least;
}

FailureOr<Outcome> Reference::call(StringRef entry) {
  auto function = module.lookupSymbol<func::FuncOp>(entry);
  Outcome outcome;
  for (Run &run : runs) {
    FailureOr<std::vector<Result>> results = callOnce(function, run);
    if (failed(results))
      return failure();
    if (!run.noise) {
      outcome.results = std::move(*results);
      for (Result &result : outcome.results)
        if (isa<FloatType>(result.exact.element))
          for (Scalar &scalar : result.exact.data)
            result.tolerance.push_back(4.0 * errorOf(scalar, result.exact.element));
      continue;
    }
    outcome.isUnstable |= run.discrete != runs.front().discrete;
    for (auto [result, other] : llvm::zip_equal(outcome.results, *results))
      for (auto [tolerance, exact, moved] :
           llvm::zip(result.tolerance, result.exact.data, other.exact.data)) {
        if (!isSameClass(roundTo(exact, result.exact.element).value, moved.value))
          tolerance = HUGE_VAL;
        else if (std::isfinite(moved.value))
          tolerance = std::max(tolerance, kMultiple * std::abs(moved.value - exact.value));
      }
  }
  return outcome;
}

FailureOr<double> directionalDerivative(ModuleOp module, StringRef entry, Inputs inputs,
                                        const Inputs &direction) {
  auto aim = [](Tensor &tensor, const Tensor &along) {
    for (auto [scalar, tangent] : llvm::zip_equal(tensor.data, along.data))
      scalar.tangent = scalar.isInteger() ? 0.0 : tangent.value;
  };
  for (auto [tensor, along] : llvm::zip_equal(inputs.arguments, direction.arguments))
    aim(tensor, along);
  for (auto &[name, tensor] : inputs.parameters)
    aim(tensor, direction.parameters.at(name));
  Evaluator evaluator(module);
  evaluator.parameters = inputs.parameters;
  evaluator.afterOp = [](Operation *op, MutableArrayRef<Tensor> results) {
    if (isa<StopGradientOp>(op))
      for (Scalar &scalar : results[0].data)
        scalar.tangent = 0.0;
  };
  FailureOr<Evaluator::Tensors> results =
      evaluator.call(module.lookupSymbol<func::FuncOp>(entry), inputs.arguments);
  if (failed(results))
    return failure();
  return (*results)[0].data[0].tangent;
}

} // namespace mlc::fuzz
