//===- Tune.cpp - search for the tilings of a model's products ------------===//
#include "tools/mlc/Tune.h"
#include "tools/OutputFiles.h"
#include "tools/mlc/Compilation.h"
#include "tools/mlc/MeasuredLibrary.h"

#include "compiler/Codegen/CPU/RegisterTile/TilingTable.h"
#include "compiler/Codegen/CPU/RegisterTile/Tuning.h"
#include "compiler/Codegen/Passes.h"
#include "compiler/Target/CpuTarget.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

using namespace mlc;

namespace {

/// Tilings that are tried for a product, and alternating runs that decide whether the best of them
/// counts: it must be faster by so much.
constexpr size_t kMostCandidates = 64;
constexpr int kDecidingRounds = 9;
constexpr double kLeastGain = 1.02;
/// Elements of an operand that are allocated for measuring.
constexpr int64_t kMostElements = 1 << 28;

struct Product {
  std::string text;
  TilingProblem problem;
  llvm::SmallVector<Tiling> candidates;
  size_t best = 0;
  double bestSeconds = 0;
  double flops() const {
    auto size = [](int64_t size) { return double(size < 0 ? kFreeSize : size); };
    return 2 * size(problem.rows) * size(problem.columns) * size(problem.depth);
  }
};

class Tuner {
public:
  explicit Tuner(const Options &options) : options(options) {}
  int run();

private:
  int wrong(const llvm::Twine &message);
  std::optional<int> prepare();
  std::optional<int> search();
  std::optional<int> decide();
  llvm::Expected<MeasuredLibrary> build(const TilingTable &tilings);
  TilingTable withCandidates(llvm::function_ref<size_t(const Product &)> number) const;
  void showProgress(size_t done, size_t all) const;

  const Options &options;
  std::string target;
  TilingTable table;
  std::vector<Product> products;
};

} // namespace

int Tuner::wrong(const llvm::Twine &message) {
  llvm::errs() << "mlc: error: " << message << "\n";
  return kWrongInput;
}

/// Reads the table, and finds the products that are not in it.
std::optional<int> Tuner::prepare() {
  if (llvm::Error error = OutputFiles::check(options.tilings))
    return wrong(llvm::toString(std::move(error)));
  if (llvm::sys::fs::exists(options.tilings)) {
    llvm::Expected<TilingTable> read = readTilingTable(options.tilings);
    if (!read)
      return wrong(llvm::toString(read.takeError()));
    table = std::move(*read);
  }
  llvm::Expected<CpuTarget> resolved = resolveTarget(options);
  if (!resolved)
    return wrong(llvm::toString(resolved.takeError()));
  if (options.cuda || !resolved->isHost())
    return wrong("--tune measures on this machine, which does not run the code of this target");
  ScheduleKernelsPassOptions pass = scheduleOptionsFor(*resolved, options.optLevel);
  ScheduleOptions schedule;
  schedule.lanes = {pass.vectorBytes, pass.vectorRegisters, pass.maskedMoves};
  schedule.l2Bytes = pass.l2Bytes;
  target = TilingTable::targetOf(schedule);

  std::vector<std::string> texts;
  if (int status = collectProducts(options, texts))
    return status;
  for (const std::string &text : texts) {
    std::optional<TilingProblem> problem = problemOf(text);
    if (!problem || table.find(target, text) || !canMeasure(*problem, kMostElements))
      continue;
    Product product{text, *problem, candidateTilings(*problem, schedule)};
    product.candidates.truncate(std::min(product.candidates.size(), kMostCandidates));
    products.push_back(std::move(product));
  }
  return std::nullopt;
}

/// The known tilings, and of every product the candidate of a number (the model's for 0).
TilingTable Tuner::withCandidates(llvm::function_ref<size_t(const Product &)> number) const {
  TilingTable tilings = table;
  for (const Product &product : products)
    if (size_t chosen = number(product); chosen < product.candidates.size())
      tilings.set(target, product.text, product.candidates[chosen]);
  return tilings;
}

/// Compiles all products, each an entry, with these tilings. In memory: an end by a signal leaves
/// nothing behind.
llvm::Expected<MeasuredLibrary> Tuner::build(const TilingTable &tilings) {
  std::string text = "module @tune {\n";
  for (auto [number, product] : llvm::enumerate(products))
    text += entryText(product.problem, number);
  Options inner = options;
  inner.header = inner.weights = inner.compileTo = "";
  inner.weightsFile = false;
  inner.quantizeWeights.reset();
  inner.output = "tune.so";
  inner.maxDims.clear();
  inner.timing = inner.explain = inner.explainKernels = inner.explainMemory = false;
  Bytes library;
  if (compileText(inner, text + "}\n", tilings.text(), library) != kDone)
    return llvm::createStringError("the products cannot be compiled by themselves");
  return MeasuredLibrary::load(library);
}

void Tuner::showProgress(size_t done, size_t all) const {
  constexpr size_t kWidth = 24;
  bool isTerminal = isatty(STDERR_FILENO);
  if (!isTerminal && done % 16 != 0 && done != all)
    return;
  size_t filled = kWidth * done / std::max<size_t>(all, 1);
  llvm::errs() << (isTerminal ? "\r\033[K[" : "[") << std::string(filled, '=')
               << std::string(kWidth - filled, ' ') << "] tuning " << products.size()
               << (products.size() == 1 ? " product" : " products") << ", tiling " << done << "/"
               << all;
  if (!isTerminal || done == all)
    llvm::errs() << "\n";
}

/// Times every candidate of every product once, and remembers the fastest.
std::optional<int> Tuner::search() {
  size_t all = 0;
  for (const Product &product : products)
    all = std::max(all, product.candidates.size());
  for (size_t number = 0; number < all; ++number) {
    showProgress(number, all);
    auto library = build(withCandidates([&](const Product &) { return number; }));
    if (!library)
      return wrong(llvm::toString(library.takeError()));
    for (auto [index, product] : llvm::enumerate(products)) {
      if (number >= product.candidates.size())
        continue;
      llvm::Expected<double> seconds = library->measure(product.problem, index);
      if (!seconds)
        return wrong(llvm::toString(seconds.takeError()));
      if (number == 0 || *seconds < product.bestSeconds) {
        product.best = number;
        product.bestSeconds = *seconds;
      }
    }
  }
  showProgress(all, all);
  return std::nullopt;
}

static double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// The model's tilings against the fastest, in turn; what is faster enters the table.
std::optional<int> Tuner::decide() {
  auto before = build(withCandidates([](const Product &) { return 0; })),
       after = build(withCandidates([](const Product &product) { return product.best; }));
  for (auto *library : {&before, &after})
    if (!*library)
      return wrong(llvm::toString(library->takeError()));
  for (auto [index, product] : llvm::enumerate(products)) {
    std::vector<double> times[2];
    for (int measurement = 0; measurement < 2 * kDecidingRounds; ++measurement) {
      bool isAfter = measurement % 2 == 1;
      llvm::Expected<double> seconds = (isAfter ? after : before)->measure(product.problem, index);
      if (!seconds)
        return wrong(llvm::toString(seconds.takeError()));
      times[isAfter].push_back(*seconds);
    }
    double old = median(times[0]), found = median(times[1]);
    bool isBetter = old > kLeastGain * found;
    table.set(target, product.text, product.candidates[isBetter ? product.best : 0]);
    llvm::errs() << llvm::formatv("{0}: {1:f1} GFLOP/s", product.text, product.flops() / old / 1e9);
    if (isBetter)
      llvm::errs() << llvm::formatv(" -> {0:f1}", product.flops() / found / 1e9);
    llvm::errs() << "\n";
  }
  return std::nullopt;
}

int Tuner::run() {
  if (std::optional<int> status = prepare())
    return *status;
  if (!products.empty()) {
    if (std::optional<int> status = search())
      return *status;
    if (std::optional<int> status = decide())
      return *status;
  }
  OutputFiles files;
  if (llvm::Error error = files.add(options.tilings, table.text()))
    return wrong(llvm::toString(std::move(error)));
  if (llvm::Error error = files.commit())
    return wrong(llvm::toString(std::move(error)));
  return kDone;
}

int mlc::tune(const Options &options) { return Tuner(options).run(); }
