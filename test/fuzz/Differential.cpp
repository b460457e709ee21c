#include "test/fuzz/Differential.h"
#include "compiler/Driver/Pipeline.h"
#include "compiler/GraphTransforms/Passes.h"
#include "compiler/Import/Import.h"
#include "dialects/NN/ControlFlow.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Pass/PassManager.h"
#include "test/fuzz/CompiledModel.h"
#include "tools/mlc/Compilation.h"
#include "tools/mlc/Options.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cmath>

using namespace mlir;
using namespace mlc::nn;

namespace mlc::fuzz {

//===- Comparison ---------------------------------------------------------------===//

static bool isWithin(const Scalar &expected, const Scalar &actual, const double *tolerance,
                     Type element) {
  if (expected.isInteger())
    return expected.integer == actual.integer;
  if (std::isinf(*tolerance))
    return true;
  double rounded = roundTo(expected, element).value;
  if (std::isnan(rounded) || std::isnan(actual.value))
    return std::isnan(rounded) && std::isnan(actual.value);
  if (std::isinf(rounded) || std::isinf(actual.value)) // an exact evaluation rounds nothing
    return rounded == roundTo(actual, element).value;
  return std::abs(expected.value - actual.value) <= *tolerance;
}

std::string explainDifference(const Result &expected, const Tensor &actual) {
  if (expected.exact.shape != actual.shape || expected.exact.element != actual.element) {
    std::string text;
    llvm::raw_string_ostream os(text);
    os << expected.name << ": expected type " << nn::typeOf(expected.exact) << ", got "
       << nn::typeOf(actual);
    return text;
  }
  int64_t wrong = 0, first = -1;
  for (int64_t i = 0; i < actual.size(); ++i) {
    const double *tolerance = expected.tolerance.empty() ? nullptr : &expected.tolerance[i];
    if (isWithin(expected.exact.data[i], actual.data[i], tolerance, actual.element))
      continue;
    ++wrong;
    first = first < 0 ? i : first;
  }
  if (wrong == 0)
    return "";
  const Scalar &want = expected.exact.data[first], &got = actual.data[first];
  if (want.isInteger())
    return llvm::formatv(
        "{0}: {1} of {2} elements differ, first element {3}: expected {4}, got {5}", expected.name,
        wrong, actual.size(), first, want.integer, got.integer);
  return llvm::formatv(
      "{0}: {1} of {2} elements differ, first element {3}: expected {4:E9} +- {5:E2}, got {6:E9}",
      expected.name, wrong, actual.size(), first, want.value, expected.tolerance[first], got.value);
}

//===- The phases before code generation ------------------------------------------===//

static OwningOpRef<ModuleOp> importText(StringRef text, MLIRContext *context) {
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, "program.mlir"), {});
  return importModel(sources, context);
}
static LogicalResult runPhases(ModuleOp module, Phase first, Phase last, unsigned optLevel) {
  PassManager manager(module.getContext(), "builtin.module");
  PipelineOptions options;
  options.optLevel = optLevel;
  buildPipeline(manager, first, last, options);
  return manager.run(module);
}

static bool hasBodies(func::FuncOp function) {
  return function
      .walk([](Operation *op) {
        return isa<BodyOpInterface>(op) ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

namespace {
/// What one entry must make of sizes.
struct Expectation {
  Sizes sizes;
  bool isAccepted = false;        ///< the sizes
  bool isBeyondMemory = false;    ///< may be refused as too large though they agree
  std::vector<Tensor> results;    ///< without elements
  std::optional<Outcome> outcome; ///< none: sizes or indices are refused, or nothing is evaluated
};
/// A call of every entry with sizes that may not suit.
struct OddCall {
  Inputs inputs;
  std::vector<Expectation> expected; ///< of each entry
};

/// One program on one set of inputs.
class Check {
public:
  Check(StringRef text, MLIRContext *context, const CheckOptions &options)
      : text(text), context(context), options(options) {}

  /// Imports and differentiates.
  bool prepare() {
    original = importText(text, context);
    if (!original)
      return fail("import refused the program");
    expanded = original->clone();
    if (failed(runPhases(*expanded, Phase::Import, Phase::Differentiate, 3)))
      return fail("phase differentiate failed");
    for (auto function : expanded->getOps<func::FuncOp>())
      if (function.isPublic() &&
          (options.entries.empty() || llvm::is_contained(options.entries, function.getSymName())))
        entries.push_back(function.getSymName().str());
    return true;
  }
  bool drawAndEvaluate(uint64_t seed) {
    Random random(seed);
    sizes = drawSizes(original->lookupSymbol<func::FuncOp>("f"), random);
    inputs = drawInputs(*original, sizes, random);
    Reference reference(*expanded, inputs, seed);
    outcomes.clear();
    isUnstable = false;
    for (const std::string &entry : entries) {
      FailureOr<Outcome> outcome = reference.call(entry);
      if (failed(outcome))
        return fail("evaluation of @" + entry + " failed");
      isUnstable |= outcome->isUnstable;
      outcomes.push_back(std::move(*outcome));
    }
    return true;
  }
  /// What the entries must make of sizes that may not suit them: the evaluator tells where the
  /// sizes are small, and the oracle everywhere.
  bool evaluateOddSizes(uint64_t seed) {
    OwningOpRef<ModuleOp> decomposed = expanded->clone();
    PassManager manager(context, "builtin.module");
    manager.addPass(createDecomposeCompositesPass());
    if (failed(manager.run(*decomposed)))
      return fail("decomposition failed");
    Random random(seed + 29);
    for (const Sizes &odd : drawOddSizes(sizes, random)) {
      OddCall &call = oddCalls.emplace_back();
      call.inputs = drawInputs(*original, odd, random);
      Reference reference(*expanded, call.inputs, seed);
      for (const std::string &entry : entries) {
        SizeOracle oracle(decomposed->lookupSymbol<func::FuncOp>(entry));
        Expectation &expected = call.expected.emplace_back();
        expected.sizes = odd;
        expected.isAccepted = oracle.accepts(odd);
        expected.isBeyondMemory = oracle.isBeyondMemory(odd);
        expected.results = oracle.results(odd);
        if (!areSmall(odd))
          continue;
        ScopedDiagnosticHandler silence(context, [](Diagnostic &) { return success(); });
        if (FailureOr<Outcome> outcome = reference.call(entry); succeeded(outcome))
          expected.outcome = std::move(*outcome);
        if (!expected.outcome || expected.isAccepted)
          continue;
        expected.outcome.reset(); // sizes of a body that does not run are checked all the same
        if (!hasBodies(decomposed->lookupSymbol<func::FuncOp>(entry)))
          return fail(describe(entry, odd) + ": the evaluator takes sizes that do not agree");
      }
    }
    return true;
  }
  /// The gradients of @grad against dual numbers along a random direction.
  bool checkGradient(uint64_t seed) {
    auto entry = llvm::find(entries, "grad");
    if (entry == entries.end())
      return true;
    GradOp request = *original->lookupSymbol<func::FuncOp>("grad").getOps<GradOp>().begin();
    const Outcome &outcome = outcomes[entry - entries.begin()];
    Random random(seed + 17);
    Inputs direction = drawInputs(inputs, random);
    Inputs wanted = inputs;
    auto clear = [](Tensor &tensor) { tensor.data.assign(tensor.data.size(), Scalar::real(0.0)); };
    llvm::for_each(wanted.arguments, clear);
    for (auto &[name, tensor] : wanted.parameters)
      clear(tensor);
    double sum = 0.0, size = 0.0;
    for (auto [number, of] : llvm::enumerate(request.getWrt())) {
      auto name = dyn_cast<FlatSymbolRefAttr>(of);
      auto position = name ? 0 : cast<IntegerAttr>(of).getInt();
      Tensor &along =
          name ? wanted.parameters.at(name.getValue().str()) : wanted.arguments[position];
      along = name ? direction.parameters.at(name.getValue().str()) : direction.arguments[position];
      for (auto [gradient, tangent] :
           llvm::zip_equal(outcome.results[number + 1].exact.data, along.data)) {
        sum += gradient.value * tangent.value;
        size += std::abs(gradient.value * tangent.value);
      }
    }
    FailureOr<double> expected = directionalDerivative(*original, "loss", inputs, wanted);
    if (failed(expected))
      return fail("evaluation of @loss on dual numbers failed");
    // The constants of VJP rules have the dtype of the operand.
    double share = text.contains("f16") ? 1e-2 : 2e-7;
    if (!std::isfinite(sum) || !std::isfinite(*expected) ||
        std::abs(sum - *expected) <= share * (size + 1.0))
      return true;
    return fail(
        llvm::formatv("@grad against dual numbers: expected {0:E12}, got {1:E12}", *expected, sum)
            .str());
  }
  bool checkPhases() {
    for (unsigned level : {0u, 3u}) {
      OwningOpRef<ModuleOp> module = expanded->clone();
      std::string stage = "-O" + std::to_string(level) + " after phase ";
      for (Phase phase : {Phase::Simplify, Phase::Fuse}) {
        std::string name = stage + infoOf(phase).name.str();
        if (failed(runPhases(*module, phase, phase, level)))
          return fail(name + " failed");
        if (!checkEvaluation(*module, name))
          return false;
      }
    }
    return true;
  }

  /// Compiles at both levels, and with the dot products of other CPUs by plain operations; every
  /// library must agree with the evaluator, and with itself bit by bit however it is run.
  bool checkCompiled() {
    auto hasOne = [&](ArrayRef<StringRef> words) {
      return llvm::any_of(words, [&](StringRef word) { return text.contains(word); });
    };
    bool hasNarrowProducts =
        text.contains("nn.dequantize") ||
        (hasOne({"nn.contract", "nn.attention"}) && hasOne({"xbf16>", "xi8>"}));
    bool hasProducts = hasOne({"nn.contract", "nn.linear", "nn.matmul"});
    for (StringRef way : {"-O0", "-O3", "-O3 with other dot products", "-O3 in chunks"}) {
      bool hasOtherDots = way.ends_with("products"), hasChunks = way.ends_with("chunks");
      unsigned level = way[2] - '0';
      if ((hasOtherDots && !hasNarrowProducts) || (hasChunks && !hasProducts))
        continue;
      std::string stem = options.directory + "/fuzz" +
                         (hasOtherDots ? "-dots"
                          : hasChunks  ? "-chunks"
                                       : way.str());
      mlc::Options compilation = optionsFor(stem, level);
      compilation.chunkBytes = hasChunks ? 256 : 0;
      if (hasOtherDots) {
        compilation.bf16Dot = "pairs";
        compilation.i8Dot = "quads";
      }
      std::string name = way.str();
      if (int status = mlc::compile(compilation))
        return fail(name + ": mlc ends with status " + std::to_string(status));
      std::vector<Bytes> first;
      for (int threads : {1, 2, 3})
        if (!checkRun(stem + ".so", threads, name + " " + std::to_string(threads) + " threads",
                      first))
          return false;
      if (!checkOddSizes(stem + ".so", name + " with odd sizes"))
        return false;
    }
    return true;
  }

  /// The bits of the default, in the least memory that the compiler says it can do with, and in
  /// a little more.
  bool checkBudgets(unsigned level) {
    std::string name = "-O" + std::to_string(level) + " with a budget",
                stem = options.directory + "/fuzz-budget", error;
    std::vector<Bytes> first;
    mlc::Options compilation = optionsFor(stem, level);
    if (mlc::compile(compilation))
      return fail(name + ": mlc refuses the program without one");
    std::unique_ptr<CompiledModel> model =
        CompiledModel::load(stem + ".so", inputs, /*threads=*/1, error);
    if (!model)
      return fail(name + ": " + error);
    compilation.maxDims = model->dims();
    if (!checkRun(stem + ".so", 1, name + " that is none", first))
      return false;
    compilation.memoryBudget = 64;
    int status = mlc::compile(compilation);
    if (status == 3) // sizes that do not grow with the dims: it says so
      return true;
    std::optional<int64_t> least = leastBudget(compilation, status);
    if (!least)
      return fail(name + ": neither met nor refused with the least");
    for (int64_t budget : {*least, *least + *least / 8}) {
      std::string where = name + " of " + std::to_string(budget) + " bytes";
      compilation.memoryBudget = budget;
      compilation.output = stem + "-" + std::to_string(budget) + ".so";
      if (int status = mlc::compile(compilation))
        return fail(where + ": mlc ends with status " + std::to_string(status));
      if (!checkRun(compilation.output, 2, where, first))
        return false;
    }
    return true;
  }

  bool isUnstable = false;
  std::string message;

private:
  mlc::Options optionsFor(const std::string &stem, unsigned level) {
    std::error_code error;
    llvm::raw_fd_ostream(stem + ".mlir", error) << text;
    mlc::Options compilation;
    compilation.input = stem + ".mlir";
    compilation.output = stem + ".so";
    compilation.optLevel = level;
    return compilation;
  }
  /// The budget itself where it is met, else the one that the refusal names.
  std::optional<int64_t> leastBudget(const mlc::Options &compilation, int status) {
    if (status == 0)
      return compilation.memoryBudget;
    auto log = llvm::MemoryBuffer::getFile(options.directory + "/log");
    StringRef said = log ? (*log)->getBuffer() : "";
    int64_t least = 0;
    if (said.rsplit("give --memory-budget=").second.consumeInteger(10, least))
      return std::nullopt;
    return least;
  }

  bool fail(const Twine &what) {
    message = what.str();
    return false;
  }
  using Bytes = std::vector<std::vector<uint8_t>>;

  /// Whether the next call sees something else: other parameters, or the number of the step alone,
  /// by which dropout draws.
  bool changesState(StringRef entry) {
    auto function = expanded->lookupSymbol<func::FuncOp>(entry);
    return llvm::any_of(llvm::seq(function.getNumResults()), [&](unsigned result) {
      return static_cast<bool>(function.getResultAttr(result, "nn.storage"));
    });
  }
  /// Runs every entry, twice if it changes nothing. `first` holds the results of the first run of
  /// this library.
  bool checkRun(const std::string &path, int threads, const std::string &name,
                std::vector<Bytes> &first) {
    std::string error;
    std::unique_ptr<CompiledModel> model = CompiledModel::load(path, inputs, threads, error);
    if (!model)
      return fail(name + ": " + error);
    bool isFirst = first.empty();
    for (auto [number, entry] : llvm::enumerate(entries)) {
      std::string where = name + ": @" + entry;
      for (unsigned repeat = 0; repeat < (changesState(entry) ? 1u : 2u); ++repeat) {
        std::optional<Bytes> bytes = model->call(entry, outcomes[number], error);
        if (!bytes)
          return fail(where + ": " + error);
        if (isFirst && repeat == 0) {
          first.push_back(*bytes);
          if (!compareBytes(outcomes[number], *bytes, where))
            return false;
        } else if (*bytes != first[number]) {
          return fail(where + (repeat ? ": other bits in the second call"
                                      : ": other bits than with one thread"));
        }
      }
    }
    return true;
  }
  static std::string describe(StringRef entry, ArrayRef<int64_t> sizes) {
    std::string text = ("@" + entry + " at [").str();
    for (int64_t size : sizes)
      text += (text.back() == '[' ? "" : ", ") + std::to_string(size);
    return text + "]";
  }
  bool checkOddSizes(const std::string &path, const std::string &name) {
    std::string error;
    for (const OddCall &call : oddCalls) {
      std::unique_ptr<CompiledModel> model =
          CompiledModel::load(path, call.inputs, /*threads=*/3, error);
      if (!model)
        return fail(name + ": " + error);
      for (auto [entry, expected] : llvm::zip_equal(entries, call.expected)) {
        std::string where = name + ": " + describe(entry, expected.sizes);
        if (!checkOddCall(*model, entry, expected, where))
          return false;
      }
    }
    return true;
  }
  bool checkOddCall(CompiledModel &model, const std::string &entry, const Expectation &expected,
                    const std::string &where) {
    std::string error;
    if (expected.outcome) {
      std::optional<Bytes> bytes = model.call(entry, *expected.outcome, error);
      return bytes ? compareBytes(*expected.outcome, *bytes, where) : fail(where + ": " + error);
    }
    bool isRight =
        !expected.isAccepted ? model.refusesSizes(entry, expected.results, error)
        : areSmall(expected.sizes)
            ? model.refusesIndices(entry, expected.results, error)
            : model.answersShapes(entry, expected.results, error) ||
                  (expected.isBeyondMemory && model.refusesSizes(entry, expected.results, error));
    return isRight || fail(where + ": " + error);
  }
  bool compareBytes(const Outcome &expected, const Bytes &bytes, const std::string &where) {
    Outcome actual;
    for (auto [want, got] : llvm::zip_equal(expected.results, bytes))
      actual.results.push_back(
          {want.name, fuzz::tensorOf(got, want.exact.shape, want.exact.element), {}});
    return compare(expected, actual, where);
  }
  bool checkEvaluation(ModuleOp module, const std::string &stage) {
    Reference reference(module, inputs, 0, /*perturbedRuns=*/0);
    for (auto [entry, expected] : llvm::zip_equal(entries, outcomes)) {
      FailureOr<Outcome> actual = reference.call(entry);
      if (failed(actual))
        return fail(stage + ": evaluation of @" + entry + " failed");
      if (!compare(expected, *actual, stage + ": @" + entry))
        return false;
    }
    return true;
  }
  bool compare(const Outcome &expected, const Outcome &actual, const std::string &where) {
    if (expected.isUnstable)
      return true;
    if (expected.results.size() != actual.results.size())
      return fail(where + ": another number of results");
    for (auto [want, got] : llvm::zip_equal(expected.results, actual.results)) {
      std::string difference = explainDifference(want, got.exact);
      if (!difference.empty())
        return fail(where + " " + difference);
    }
    return true;
  }

  StringRef text;
  MLIRContext *context;
  const CheckOptions &options;
  OwningOpRef<ModuleOp> original, expanded;
  std::vector<std::string> entries;
  std::vector<Outcome> outcomes;
  Sizes sizes;
  Inputs inputs;
  std::vector<OddCall> oddCalls;
};
} // namespace

Report checkProgram(StringRef text, uint64_t seed, const CheckOptions &options) {
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadDialect<nn::NNDialect, arith::ArithDialect, func::FuncDialect>();
  Report report;
  std::string diagnostics;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      diagnostics += "\n  " + diagnostic.str();
    return success();
  });
  auto failing = [&](const std::string &message) {
    report.verdict = Verdict::Fails;
    report.message = message + diagnostics;
    return report;
  };
  constexpr unsigned kMostRedraws = 6;
  Check check(text, &context, options);
  if (!check.prepare())
    return failing(check.message);
  for (report.redraws = 0;; ++report.redraws) {
    if (!check.drawAndEvaluate(seed + 1000003 * report.redraws))
      return failing(check.message);
    if (!check.isUnstable || report.redraws == kMostRedraws)
      break;
  }
  if (!check.checkGradient(seed))
    return failing(check.message);
  if (options.phases && !check.checkPhases())
    return failing(check.message);
  if (!check.evaluateOddSizes(seed))
    return failing(check.message);
  if (options.compile && !check.checkCompiled())
    return failing(check.message);
  constexpr uint64_t kProgramsPerBudget = 4; // of a budget are the arenas of all entries
  if (options.compile && seed % kProgramsPerBudget == 0 &&
      !check.checkBudgets(seed / kProgramsPerBudget % 2 ? 3 : 0))
    return failing(check.message);
  if (check.isUnstable)
    report.verdict = Verdict::Unstable;
  return report;
}

} // namespace mlc::fuzz
