//===- Compilation.cpp - one run of the compiler --------------------------===//
#include "tools/mlc/Compilation.h"
#include "tools/mlc/Nesting.h"
#include "tools/mlc/OutputFiles.h"

#include "compiler/Driver/Pipeline.h"
#include "compiler/Emit/Emit.h"
#include "compiler/Emit/Ptx.h"
#include "compiler/Emit/Weights.h"
#include "compiler/HostProgram/HostProgram.h"
#include "compiler/Import/Import.h"
#include "compiler/Target/TargetInfo.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Support/Timing.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MemoryBuffer.h"
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
      : options(options), context(createRegistry()), handler(sources, &context),
        watcher(&context, [this](Diagnostic &diagnostic) { return watch(diagnostic); }) {
    // The line of the model says it; the operation as a later phase sees it would confuse.
    context.printOpOnDiagnostic(false);
  }

  int run();

private:
  static DialectRegistry createRegistry();
  LogicalResult watch(Diagnostic &diagnostic);
  int usage(const Twine &message);
  int wrong(const Twine &message);
  int notSupported(const Twine &what);
  /// The status after a step whose diagnostics have been printed.
  int failedStatus() const { return sawUnsupported ? kNotSupported : kWrongInput; }

  std::optional<int> checkOptions();
  std::optional<int> readInput();
  LogicalResult runPhases(Phase first, Phase last);
  int writeMlir(Phase last);
  std::optional<int> readWeights(ModelDescription &description);
  int writePtx();
  int writeProduct();
  int commit();

  const Options &options;
  llvm::SourceMgr sources;
  MLIRContext context;
  SourceMgrDiagnosticHandler handler;
  ScopedDiagnosticHandler watcher;
  bool sawUnsupported = false;
  Ending ending = Ending::Unknown;
  Phase last = Phase::Emit;
  std::optional<TargetInfo> target;
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

/// Remembers whether a message says that something is not supported yet, and lets it be printed.
LogicalResult Compilation::watch(Diagnostic &diagnostic) {
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
  if (!options.header.empty() && options.header == options.output)
    return usage("expects another file than the output's for --header");
  if (ending == Ending::Mlir && options.compileTo.empty())
    return usage("expects --compile-to=PHASE with a .mlir output");
  if (ending != Ending::Mlir && !options.compileTo.empty() && last != Phase::Emit)
    return usage("expects a .mlir output with --compile-to=" + options.compileTo);
  if (ending == Ending::Ptx && !options.cuda)
    return usage("expects --target=cuda with a .ptx output");
  if (options.cuda && ending != Ending::Ptx && ending != Ending::Mlir)
    return notSupported("a library for --target=cuda; write a .ptx");
  if (options.cuda)
    if (llvm::Error error = createPtxMachine(options.gpuArch, options.optLevel).takeError())
      return usage(llvm::toString(std::move(error)));
  if (options.memoryBudget)
    return notSupported("--memory-budget");

  mlc::TargetOptions machine{options.triple,  options.cpu,     options.l1Bytes,
                             options.l2Bytes, options.bf16Dot, options.i8Dot};
  llvm::Expected<TargetInfo> resolved = TargetInfo::create(machine);
  if (!resolved)
    return usage(llvm::toString(resolved.takeError()));
  target = std::move(*resolved);
  pipeline.optLevel = options.optLevel;
  pipeline.target = &*target;
  pipeline.cuda = options.cuda;
  pipeline.explain = options.explain;
  pipeline.explainKernels = options.explainKernels;
  pipeline.poisonArena = options.poisonArena;
  pipeline.maxDims = options.maxDims;
  return std::nullopt;
}

/// Whether the text uses StableHLO outside its comments.
static bool isStableHlo(StringRef text) {
  for (StringRef line : llvm::split(text, '\n'))
    if (line.split("//").first.contains("stablehlo."))
      return true;
  return false;
}

std::optional<int> Compilation::readInput() {
  if (llvm::sys::path::extension(options.input) == ".onnx")
    return notSupported("ONNX models");
  auto file = llvm::MemoryBuffer::getFileOrSTDIN(options.input, /*IsText=*/false);
  if (!file)
    return wrong("cannot read " + options.input + ": " + file.getError().message());
  // Some editors begin UTF-8 texts with a byte order mark, which the parser does not know.
  StringRef content = (*file)->getBuffer();
  if (content.consume_front("\xef\xbb\xbf"))
    *file = llvm::MemoryBuffer::getMemBufferCopy(content, (*file)->getBufferIdentifier());
  bool stableHlo = isStableHlo((*file)->getBuffer());
  sources.AddNewSourceBuffer(std::move(*file), llvm::SMLoc());
  if (stableHlo)
    return notSupported("StableHLO models");
  StringRef text = sources.getMemoryBuffer(sources.getMainFileID())->getBuffer();
  if (std::optional<size_t> place = findDeepNesting(text)) {
    // Without the line of text, which may be as long as the file.
    auto [line, column] =
        sources.getLineAndColumn(llvm::SMLoc::getFromPointer(text.data() + *place));
    llvm::errs() << options.input << ":" << line << ":" << column << ": error: expects at most "
                 << kDeepestNesting << " brackets in brackets\n";
    return kWrongInput;
  }
  TimingScope scope = timing.nest("parse");
  module = importModel(sources, &context);
  if (!module)
    return failedStatus();
  return std::nullopt;
}

LogicalResult Compilation::runPhases(Phase first, Phase final) {
  PassManager manager(&context, ModuleOp::getOperationName());
  TimingScope scope = timing.nest("phases");
  manager.enableTiming(scope);
  buildPipeline(manager, first, final, pipeline);
  return manager.run(*module);
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
  auto file = llvm::MemoryBuffer::getFile(options.weights, /*IsText=*/false,
                                          /*RequiresNullTerminator=*/false);
  if (!file)
    return wrong("cannot read " + options.weights + ": " + file.getError().message());
  if (llvm::Error error = embedWeights(description, (*file)->getBuffer()))
    return wrong(options.weights + ": " + llvm::toString(std::move(error)));
  return std::nullopt;
}

int Compilation::writePtx() {
  if (failed(runPhases(Phase::Import, Phase::Bufferize)))
    return failedStatus();
  PtxOptions ptx;
  ptx.gpuArch = options.gpuArch;
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

int Compilation::writeProduct() {
  if (failed(runPhases(Phase::Import, Phase::Host)))
    return failedStatus();
  ModelDescription description = describeModel(*module);
  if (std::optional<int> status = readWeights(description))
    return *status;
  EmitOptions emit;
  emit.product = productOf(ending);
  emit.optLevel = options.optLevel;
  emit.target = &*target;
  emit.addKernelPasses = [&](OpPassManager &manager) {
    buildPipeline(manager, Phase::Emit, Phase::Emit, pipeline);
  };
  TimingScope scope = timing.nest("emit");
  FailureOr<Artifact> artifact = emitModel(*module, description, emit, scope);
  if (failed(artifact))
    return failedStatus();

  TimingScope writing = scope.nest("write");
  bool isHeader = ending == Ending::Header, isLibrary = ending == Ending::SharedLibrary;
  StringRef product(artifact->product.data(), artifact->product.size());
  if (isHeader)
    product = artifact->header;
  std::string header = options.header;
  bool isBinary = isLibrary || ending == Ending::Archive || ending == Ending::Object;
  if (header.empty() && isBinary) {
    llvm::SmallString<128> beside(options.output);
    llvm::sys::path::replace_extension(beside, ".h");
    header = beside.str();
  }
  if (llvm::Error error = outputs.add(options.output, product, isLibrary ? 0777 : 0666))
    return wrong(llvm::toString(std::move(error)));
  if (!header.empty() && !isHeader)
    if (llvm::Error error = outputs.add(header, artifact->header))
      return wrong(llvm::toString(std::move(error)));
  return commit();
}

/// Why nothing can be written to `path`, or "".
static std::string whyUnwritable(StringRef path) {
  StringRef folder = llvm::sys::path::parent_path(path);
  if (folder.empty())
    folder = ".";
  if (!llvm::sys::fs::is_directory(folder) ||
      llvm::sys::fs::access(folder, llvm::sys::fs::AccessMode::Write))
    return (folder + " is not a folder that can be written to").str();
  return llvm::sys::fs::is_directory(path) ? "it is a folder" : "";
}

int Compilation::run() {
  timingManager.setEnabled(options.timing);
  timingManager.setDisplayMode(DefaultTimingManager::DisplayMode::Tree);
  timing = timingManager.getRootScope();
  if (std::optional<int> status = checkOptions())
    return *status;
  for (const std::string &path : {options.output, options.header})
    if (std::string reason = path.empty() ? "" : whyUnwritable(path); !reason.empty())
      return wrong("cannot write " + path + ": " + reason);
  if (std::optional<int> status = readInput())
    return *status;
  if (ending == Ending::Mlir)
    return writeMlir(last);
  if (ending == Ending::Ptx)
    return writePtx();
  return writeProduct();
}

int mlc::compile(const Options &options) { return Compilation(options).run(); }
