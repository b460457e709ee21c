//===- Compilation.cpp - one run of the compiler --------------------------===//
#include "tools/mlc/Compilation.h"
#include "compiler/Import/ModelText.h"
#include "tools/InputFile.h"
#include "tools/OutputFiles.h"
#include "tools/PrintableStream.h"

#include "compiler/Driver/Pipeline.h"
#include "compiler/Emit/Emit.h"
#include "compiler/Emit/Ptx.h"
#include "compiler/Emit/Weights.h"
#include "compiler/HostProgram/HostProgram.h"
#include "compiler/Import/Import.h"
#include "compiler/Import/Passes.h"
#include "compiler/Target/CpuTarget.h"
#include "compiler/Target/GpuTarget.h"
#include "dialects/Kernel/Kernel.h"
#include "dialects/NN/Suggestions.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Support/Timing.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;
using namespace mlc;

namespace {

enum class Ending { SharedLibrary, Archive, Object, Assembly, LlvmIr, Mlir, Ptx, Header, Unknown };

/// One run: the state that its steps share.
class Compilation {
public:
  explicit Compilation(const Options &options)
      : options(options), context(createRegistry()), handler(sources, &context, messages),
        watcher(&context, [this](Diagnostic &diagnostic) { return watch(diagnostic); }) {
    openNoFiles(sources);
    // The line of the model says it; the operation as a later phase sees it would confuse.
    context.printOpOnDiagnostic(false);
  }

  int run();
  int collectProducts(std::vector<std::string> &products);
  int compileText(const std::string &text, const std::string &tilings, Bytes &library);

private:
  static DialectRegistry createRegistry();
  LogicalResult watch(Diagnostic &diagnostic);
  int usage(const Twine &message);
  int wrong(const Twine &message);
  int notSupported(const Twine &what);
  /// The status after a step whose diagnostics have been printed.
  int failedStatus() const { return sawUnsupported ? kNotSupported : kWrongInput; }

  std::optional<int> chooseTarget();
  std::optional<int> checkOptions();
  std::optional<int> chooseBindings();
  bool makesHeader() const;
  std::string headerPath() const;
  std::string bindingPath(const Binding &binding) const;
  std::string weightsPath() const;
  std::optional<int> checkPaths();
  std::optional<int> readTilings();
  std::optional<int> readInput();
  std::optional<int> parseInput(std::unique_ptr<llvm::MemoryBuffer> file);
  std::optional<int> checkEntries();
  LogicalResult runPhases(Phase first, Phase last);
  int writeMlir(Phase last);
  std::optional<int> readWeights(ModelDescription &description);
  int writePtx();
  std::optional<int> buildProduct(TimingScope &scope, Artifact &artifact);
  int writeProduct();
  int commit();

  const Options &options;
  PrintableStream messages;
  llvm::SourceMgr sources;
  MLIRContext context;
  SourceMgrDiagnosticHandler handler;
  ScopedDiagnosticHandler watcher;
  bool sawUnsupported = false;
  unsigned errorCount = 0;
  Ending ending = Ending::Unknown;
  Phase last = Phase::Emit;
  std::vector<const Binding *> languages; ///< of --bindings
  std::optional<CpuTarget> cpu;
  std::optional<GpuTarget> gpu; ///< with --target=cuda
  PipelineOptions pipeline;
  OwningOpRef<ModuleOp> module;
  DefaultTimingManager timingManager;
  TimingScope timing;
  OutputFiles outputs;
};

} // namespace

DialectRegistry Compilation::createRegistry() {
  DialectRegistry registry;
  registerDialects(registry);
  registerEmitDialects(registry);
  return registry;
}

/// Remembers whether a message says that something is not supported yet, and lets it be printed,
/// unless there have been so many that nobody reads it.
LogicalResult Compilation::watch(Diagnostic &diagnostic) {
  constexpr unsigned kMostErrors = 100;
  if (diagnostic.getSeverity() == DiagnosticSeverity::Error && ++errorCount > kMostErrors) {
    if (errorCount == kMostErrors + 1)
      messages << "mlc: more errors are not shown\n";
    return success();
  }
  if (diagnostic.getSeverity() == DiagnosticSeverity::Error &&
      StringRef(diagnostic.str()).contains("not supported yet: "))
    sawUnsupported = true;
  return failure();
}

int Compilation::usage(const Twine &message) {
  llvm::errs() << "mlc: " << message << "\nRun with --help for more information.\n";
  return kWrongUsage;
}

int Compilation::wrong(const Twine &message) {
  llvm::errs() << "mlc: error: " << message << "\n";
  return kWrongInput;
}

int Compilation::notSupported(const Twine &what) {
  llvm::errs() << "mlc: error: not supported yet: " << what << "\n";
  return kNotSupported;
}

static Ending endingOf(StringRef path) {
  return llvm::StringSwitch<Ending>(llvm::sys::path::extension(path))
      .Case(".so", Ending::SharedLibrary)
      .Case(".a", Ending::Archive)
      .Case(".o", Ending::Object)
      .Case(".s", Ending::Assembly)
      .Case(".ll", Ending::LlvmIr)
      .Case(".mlir", Ending::Mlir)
      .Case(".ptx", Ending::Ptx)
      .Case(".h", Ending::Header)
      .Default(Ending::Unknown);
}

std::optional<int> Compilation::chooseTarget() {
  llvm::Expected<CpuTarget> resolved = resolveTarget(options);
  if (!resolved)
    return usage(llvm::toString(resolved.takeError()));
  cpu = std::move(*resolved);
  pipeline.target = &*cpu;
  if (!options.cuda)
    return std::nullopt;
  llvm::Expected<GpuTarget> chosen = GpuTarget::create(options.gpuArch);
  if (!chosen)
    return usage(llvm::toString(chosen.takeError()));
  gpu = std::move(*chosen);
  pipeline.target = &*gpu;
  return std::nullopt;
}

/// Settles what to make and for which machine, before any work.
std::optional<int> Compilation::checkOptions() {
  if (!options.compileTo.empty()) {
    std::optional<Phase> phase = phaseNamed(options.compileTo);
    if (!phase)
      return usage("no phase is named '" + options.compileTo + "': --print-phases lists them");
    last = *phase;
  }
  ending = options.output.empty() ? Ending::Mlir : endingOf(options.output);
  if (ending == Ending::Unknown)
    return usage("cannot tell from '" + options.output +
                 "' what to make: expects an ending .so, .a, .o, .s, .ll, .mlir, .ptx or .h");
  if (ending == Ending::Mlir && options.compileTo.empty())
    return usage("expects --compile-to=PHASE with a .mlir output");
  if (ending != Ending::Mlir && !options.compileTo.empty() && last != Phase::Emit)
    return usage("expects a .mlir output with --compile-to=" + options.compileTo);
  if (ending == Ending::Ptx && !options.cuda)
    return usage("expects --target=cuda with a .ptx output");
  if (options.cuda && options.quantizeWeights) // nothing holds their values
    return notSupported("--quantize-weights for --target=cuda");
  if (options.cuda && ending != Ending::Ptx && ending != Ending::Mlir)
    return notSupported("a library for --target=cuda; write a .ptx");
  if (std::optional<int> status = chooseBindings())
    return status;
  if (std::optional<int> status = chooseTarget())
    return status;
  pipeline.optLevel = options.optLevel;
  pipeline.explain = options.explain;
  pipeline.explainKernels = options.explainKernels;
  pipeline.explainMemory = options.explainMemory;
  pipeline.findNan = options.findNan;
  pipeline.poisonArena = options.poisonArena;
  pipeline.chunkBytes = options.chunkBytes;
  pipeline.maxDims = options.maxDims;
  pipeline.precision = options.precision;
  pipeline.winograd = options.winograd;
  if (options.quantizeWeights) {
    pipeline.weightBits = options.quantizeWeights->bits;
    pipeline.weightGroup = options.quantizeWeights->group;
  }
  pipeline.memoryBudget = options.memoryBudget.value_or(0);
  pipeline.entries = options.entries;
  return std::nullopt;
}

std::optional<int> Compilation::chooseBindings() {
  std::vector<std::string> known;
  for (const Binding &binding : bindings()) {
    known.push_back(binding.language.str());
    if (llvm::is_contained(options.bindings, binding.language))
      languages.push_back(&binding);
  }
  for (const std::string &language : options.bindings)
    if (!llvm::is_contained(known, language))
      return usage("--bindings: expects languages of " + llvm::join(known, ", ") + ", but got '" +
                   language + "'");
  if (!languages.empty() && !makesHeader())
    return usage("expects an output .so, .a, .o or .h with --bindings");
  return std::nullopt;
}

/// Whether programs of other languages are to use what is made.
bool Compilation::makesHeader() const {
  return ending == Ending::SharedLibrary || ending == Ending::Archive || ending == Ending::Object ||
         ending == Ending::Header;
}

static std::string besideFile(StringRef path, StringRef ending) {
  llvm::SmallString<128> beside(path);
  llvm::sys::path::replace_extension(beside, ending);
  return beside.str().str();
}

/// Where the header goes, or "": beside a library, unless the user says where.
std::string Compilation::headerPath() const {
  if (ending == Ending::Header)
    return "";
  bool isAsked = !options.header.empty() || !makesHeader();
  return isAsked ? options.header : besideFile(options.output, ".h");
}

/// Beside the header.
std::string Compilation::bindingPath(const Binding &binding) const {
  std::string header = headerPath();
  return besideFile(header.empty() ? options.output : header, binding.ending);
}

/// Where the weights go that are kept beside the output, or "".
std::string Compilation::weightsPath() const {
  if (!options.weightsFile || ending == Ending::Header || ending == Ending::Mlir)
    return "";
  return besideFile(options.output, ".weights");
}

/// That no output is the end of an input or of another output, and that all can be written.
std::optional<int> Compilation::checkPaths() {
  struct File {
    StringRef role;
    std::string path;
  };
  const File inputs[] = {{"the model's", options.input},
                         {"the weights'", options.weights},
                         {"the tilings'", options.tilings}};
  const File output{"-o", options.output}, header{"--header", headerPath()},
      weights{"--weights-file", weightsPath()};
  std::vector<File> outputFiles{output, header, weights};
  for (const Binding *binding : languages)
    outputFiles.push_back({"--bindings", bindingPath(*binding)});
  const auto modules = llvm::ArrayRef<File>(outputFiles).drop_front(3);
  auto clash = [&](const File &written, const File &other) -> std::optional<int> {
    if (written.path.empty() || other.path.empty() || !areSameFile(written.path, other.path))
      return std::nullopt;
    return usage("expects another file than " + other.role + " for " + written.role +
                 ", but got '" + written.path + "'");
  };
  if (auto status = clash(header, {"the output's", options.output}))
    return status;
  if (auto status = clash(header, {"the weights file's", weights.path}))
    return status;
  for (const File &written : modules)
    if (auto status = clash(written, {"the header's", header.path}))
      return status;
  for (const File &input : inputs)
    for (const File &written : outputFiles)
      if (auto status = clash(written, input))
        return status;
  for (const File &written : outputFiles)
    if (!written.path.empty())
      if (llvm::Error error = OutputFiles::check(written.path))
        return wrong(llvm::toString(std::move(error)));
  return std::nullopt;
}

std::optional<int> Compilation::readTilings() {
  if (options.tilings.empty())
    return std::nullopt;
  llvm::Expected<TilingTable> table = readTilingTable(options.tilings);
  if (!table)
    return wrong(llvm::toString(table.takeError()));
  pipeline.tilings = table->text();
  return std::nullopt;
}

std::optional<int> Compilation::readInput() {
  if (llvm::sys::path::extension(options.input) == ".onnx")
    return notSupported("ONNX models");
  auto file = readFile(options.input);
  if (!file)
    return wrong(llvm::toString(file.takeError()));
  if (std::optional<int> status = parseInput(std::move(*file)))
    return status;
  return checkEntries();
}

std::optional<int> Compilation::parseInput(std::unique_ptr<llvm::MemoryBuffer> file) {
  // Some editors begin UTF-8 texts with a byte order mark, which the parser does not know.
  StringRef content = file->getBuffer();
  if (content.consume_front("\xef\xbb\xbf"))
    file = llvm::MemoryBuffer::getMemBufferCopy(content, file->getBufferIdentifier());
  StringRef text = file->getBuffer();
  sources.AddNewSourceBuffer(std::move(file), llvm::SMLoc());
  if (std::optional<TextProblem> problem = findProblem(text)) {
    sources.PrintMessage(messages, llvm::SMLoc::getFromPointer(text.data() + problem->place),
                         llvm::SourceMgr::DK_Error, problem->message);
    return problem->isUnsupported ? kNotSupported : kWrongInput;
  }
  TimingScope scope = timing.nest("parse");
  module = importModel(sources, &context);
  if (!module)
    return failedStatus();
  return std::nullopt;
}

/// That the model has the entries to keep.
std::optional<int> Compilation::checkEntries() {
  std::vector<std::string> names = entryNames(*module);
  for (const std::string &entry : options.entries) {
    if (llvm::is_contained(names, entry))
      continue;
    std::string message = "--entries: the model has no entry '" + entry + "'";
    std::string meant = didYouMean(entry, names);
    if (meant.empty())
      meant = "it has " + (names.empty() ? "none" : llvm::join(names, ", "));
    message += "; " + meant;
    return usage(message);
  }
  return std::nullopt;
}

LogicalResult Compilation::runPhases(Phase first, Phase final) {
  PassManager manager(&context, ModuleOp::getOperationName());
  TimingScope scope = timing.nest("phases");
  manager.enableTiming(scope);
  // Once after the last pass; after each of them the tests do, with mlc-opt.
  manager.enableVerifier(false);
  buildPipeline(manager, first, final, pipeline);
  return failed(manager.run(*module)) ? failure() : verify(*module);
}

int Compilation::commit() {
  if (llvm::Error error = outputs.commit())
    return wrong(llvm::toString(std::move(error)));
  return kDone;
}

int Compilation::writeMlir(Phase final) {
  if (failed(runPhases(Phase::Import, final)))
    return failedStatus();
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream);
  stream << "\n";
  if (options.output.empty()) {
    llvm::outs() << text;
    return kDone;
  }
  if (llvm::Error error = outputs.add(options.output, text))
    return wrong(llvm::toString(std::move(error)));
  return commit();
}

std::optional<int> Compilation::readWeights(ModelDescription &description) {
  if (options.weights.empty())
    return std::nullopt;
  llvm::Expected<WeightsReport> report = embedWeights(description, options.weights);
  if (!report)
    return wrong(llvm::toString(report.takeError()));
  if (report->converted)
    llvm::errs() << "mlc: note: " << report->converted << " tensors of " << options.weights
                 << " are converted to the model's dtypes\n";
  if (options.quantizeWeights)
    llvm::errs() << "mlc: note: " << report->quantized.text() << "\n";
  return std::nullopt;
}

int Compilation::writePtx() {
  if (failed(runPhases(Phase::Import, Phase::Bufferize)))
    return failedStatus();
  PtxOptions ptx;
  ptx.target = &*gpu;
  ptx.optLevel = options.optLevel;
  ptx.addKernelPasses = [&](OpPassManager &manager) {
    buildPipeline(manager, Phase::Emit, Phase::Emit, pipeline);
  };
  TimingScope scope = timing.nest("emit");
  FailureOr<Bytes> text = emitPtx(*module, ptx, scope);
  if (failed(text))
    return failedStatus();
  if (llvm::Error error = outputs.add(options.output, StringRef(text->data(), text->size())))
    return wrong(llvm::toString(std::move(error)));
  return commit();
}

static Product productOf(Ending ending) {
  switch (ending) {
  case Ending::SharedLibrary:
    return Product::SharedLibrary;
  case Ending::Archive:
    return Product::Archive;
  case Ending::Object:
    return Product::Object;
  case Ending::Assembly:
    return Product::Assembly;
  case Ending::LlvmIr:
    return Product::LlvmIr;
  default:
    return Product::Header;
  }
}

std::optional<int> Compilation::buildProduct(TimingScope &scope, Artifact &artifact) {
  if (failed(runPhases(Phase::Import, Phase::Host)))
    return failedStatus();
  ModelDescription description = describeModel(*module);
  if (std::optional<int> status = readWeights(description))
    return status;
  EmitOptions emit;
  emit.product = productOf(ending);
  emit.optLevel = options.optLevel;
  emit.soname = llvm::sys::path::filename(options.output).str();
  emit.target = &*cpu;
  emit.bindings = languages;
  emit.weightsFile = llvm::sys::path::filename(weightsPath()).str();
  emit.addKernelPasses = [&](OpPassManager &manager) {
    buildPipeline(manager, Phase::Emit, Phase::Emit, pipeline);
  };
  scope = timing.nest("emit");
  FailureOr<Artifact> emitted = emitModel(*module, description, emit, scope);
  if (failed(emitted))
    return failedStatus();
  artifact = std::move(*emitted);
  return std::nullopt;
}

int Compilation::writeProduct() {
  TimingScope scope;
  Artifact artifact;
  if (std::optional<int> status = buildProduct(scope, artifact))
    return *status;
  TimingScope writing = scope.nest("write");
  bool isHeader = ending == Ending::Header, isLibrary = ending == Ending::SharedLibrary;
  StringRef product(artifact.product.data(), artifact.product.size());
  if (isHeader)
    product = artifact.header;
  auto tail = [&](Put put) { return artifact.data.section.write(put); };
  if (llvm::Error error = outputs.add(options.output, product, isLibrary ? 0777 : 0666, tail))
    return wrong(llvm::toString(std::move(error)));
  auto weights = [&](Put put) { return artifact.data.writeFile(put); };
  if (!artifact.data.file.empty())
    if (llvm::Error error = outputs.add(weightsPath(), "", 0666, weights))
      return wrong(llvm::toString(std::move(error)));
  if (std::string header = headerPath(); !header.empty())
    if (llvm::Error error = outputs.add(header, artifact.header))
      return wrong(llvm::toString(std::move(error)));
  for (auto [binding, module] : llvm::zip(languages, artifact.bindings))
    if (llvm::Error error = outputs.add(bindingPath(*binding), module))
      return wrong(llvm::toString(std::move(error)));
  return commit();
}

int Compilation::run() {
  timingManager.setEnabled(options.timing);
  timingManager.setDisplayMode(DefaultTimingManager::DisplayMode::Tree);
  timing = timingManager.getRootScope();
  if (std::optional<int> status = checkOptions())
    return *status;
  for (auto step : {&Compilation::checkPaths, &Compilation::readTilings, &Compilation::readInput})
    if (std::optional<int> status = (this->*step)())
      return *status;
  if (ending == Ending::Mlir)
    return writeMlir(last);
  if (ending == Ending::Ptx)
    return writePtx();
  return writeProduct();
}

int Compilation::collectProducts(std::vector<std::string> &products) {
  for (auto step : {&Compilation::checkOptions, &Compilation::checkPaths, &Compilation::readInput})
    if (std::optional<int> status = (this->*step)())
      return *status;
  pipeline.keepExplanations = true;
  pipeline.explain = pipeline.explainKernels = pipeline.explainMemory = false;
  if (failed(runPhases(Phase::Import, Phase::Schedule)))
    return failedStatus();
  for (func::FuncOp kernel : kernel::kernels(*module))
    if (auto explanation = kernel->getAttrOfType<DictionaryAttr>(kernel::kExplainAttr))
      for (auto problem : explanation.getAs<ArrayAttr>("problems").getAsRange<StringAttr>())
        if (!llvm::is_contained(products, problem.getValue()))
          products.push_back(problem.str());
  return kDone;
}

int Compilation::compileText(const std::string &text, const std::string &tilings, Bytes &library) {
  if (std::optional<int> status = checkOptions())
    return *status;
  ending = Ending::SharedLibrary;
  pipeline.tilings = tilings;
  pipeline.entries.clear(); // of the model, not of this text
  if (std::optional<int> status = parseInput(llvm::MemoryBuffer::getMemBuffer(text, "tune.mlir")))
    return *status;
  TimingScope scope;
  Artifact artifact;
  if (std::optional<int> status = buildProduct(scope, artifact))
    return *status;
  library = std::move(artifact.product);
  return kDone;
}

int mlc::collectProducts(const Options &options, std::vector<std::string> &products) {
  return Compilation(options).collectProducts(products);
}

llvm::Expected<CpuTarget> mlc::resolveTarget(const Options &options) {
  return CpuTarget::create({options.triple, options.cpu, options.l1Bytes, options.l2Bytes,
                            options.bf16Dot, options.i8Dot});
}

llvm::Expected<TilingTable> mlc::readTilingTable(const std::string &path) {
  auto file = readFile(path, kMostTilingsBytes);
  if (!file)
    return file.takeError();
  llvm::Expected<TilingTable> table = TilingTable::parse((*file)->getBuffer());
  if (!table)
    return llvm::createStringError(path + ": " + llvm::toString(table.takeError()));
  return table;
}

int mlc::compileText(const Options &options, const std::string &text, const std::string &tilings,
                     Bytes &library) {
  return Compilation(options).compileText(text, tilings, library);
}

int mlc::compile(const Options &options) { return Compilation(options).run(); }
