// mlc-opt: runs any pass or phase of the compiler on text. The tool of the lit tests.
//
// MLIR's own main opens files that locations in the text name, and empties the output before it
// knows that there is one.
#include "compiler/Driver/Pipeline.h"
#include "compiler/Import/ModelText.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Support/Timing.h"
#include "mlir/Support/ToolUtilities.h"
#include "tools/InputFile.h"
#include "tools/LlvmStreams.h"
#include "tools/OutputFiles.h"
#include "tools/OwnHelp.h"
#include "tools/PrintableStream.h"
#include "tools/mlc-opt/Evaluate.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/thread.h"

using namespace mlir;

static llvm::cl::OptionCategory category("Options");

namespace {
struct OptOptions {
  llvm::cl::opt<std::string> input{llvm::cl::Positional, llvm::cl::desc("<input file>"),
                                   llvm::cl::init("-"), llvm::cl::cat(category)};
  llvm::cl::opt<std::string> output{"o", llvm::cl::desc("Output filename"),
                                    llvm::cl::value_desc("filename"), llvm::cl::init("-"),
                                    llvm::cl::cat(category)};
  llvm::cl::opt<bool> split{"split-input-file",
                            llvm::cl::desc("Process every part between lines `// -----` alone"),
                            llvm::cl::cat(category)};
  llvm::cl::opt<bool> verifyDiagnostics{
      "verify-diagnostics",
      llvm::cl::desc("Check that the diagnostics are those that `expected-*` comments announce"),
      llvm::cl::cat(category)};
  llvm::cl::opt<bool> verifyPasses{"verify-each", llvm::cl::desc("Verify after every pass (true)"),
                                   llvm::cl::init(true), llvm::cl::cat(category)};
  llvm::cl::opt<bool> allowUnregistered{"allow-unregistered-dialect",
                                        llvm::cl::desc("Accept operations of unknown dialects"),
                                        llvm::cl::cat(category)};
  PassPipelineCLParser passes{"", "What to run"};
};
} // namespace

static constexpr llvm::StringLiteral kHelp =
    R"(Runs passes of the compiler on MLIR text, and prints what becomes of it.
Usage: mlc-opt [OPTIONS] [PASSES] [FILE]

Passes, in the order given:
  --to-PHASE                    All of mlc up to a phase: mlc --print-phases names the phases and
                                their passes
  --phase-PHASE                 The passes of one phase
  --PASS[=OPTION=VALUE ...]     One pass of ours or of MLIR, such as --form-kernels or --cse
  --pass-pipeline=TEXT          MLIR's notation of them
  --evaluate[=OPTION=VALUE ...] Run the public functions whose arguments have values by the
                                reference evaluator, and print their results instead of the text.
                                An argument has a value by its attribute nn.value; so has a
                                parameter or state, which else holds what its initialiser says,
                                if that is one number. round=true: round the result of every op to
                                its dtype, else everything is a double; digits=N: significant
                                digits to print; calls=N: call each function so often
)";

/// Adds the passes of the command line, or says why it names none.
static LogicalResult addPasses(PassManager &manager, const OptOptions &options) {
  return options.passes.addToPipeline(manager, [](const Twine &message) {
    llvm::errs() << "mlc-opt: error: " << message << "\n";
    return failure();
  });
}

static LogicalResult runPasses(const std::shared_ptr<llvm::SourceMgr> &sources,
                               MLIRContext &context, const OptOptions &options,
                               llvm::raw_ostream &output) {
  DefaultTimingManager timing;
  applyDefaultTimingManagerCLOptions(timing);
  TimingScope scope = timing.getRootScope(), parsing = scope.nest("Parser");
  FallbackAsmResourceMap resources;
  ParserConfig config(&context, /*verifyAfterParse=*/true, &resources);
  OwningOpRef<Operation *> op = parseSourceFile<ModuleOp>(sources, config);
  parsing.stop();
  if (!op)
    return failure();
  PassManager manager(&context, op.get()->getName().getStringRef(), PassManager::Nesting::Implicit);
  manager.enableVerifier(options.verifyPasses);
  if (failed(applyPassManagerCLOptions(manager)))
    return failure();
  manager.enableTiming(scope);
  if (failed(addPasses(manager, options)) || failed(manager.run(*op)))
    return failure();
  // Values were asked for.
  if (llvm::any_of(manager.getPasses(),
                   [](Pass &pass) { return pass.getArgument() == "evaluate"; }))
    return success();
  AsmState state(*op, OpPrintingFlags(), /*locationMap=*/nullptr, &resources);
  op.get()->print(output, state);
  output << '\n';
  return success();
}

/// One text, or one part of it.
static LogicalResult process(std::unique_ptr<llvm::MemoryBuffer> text,
                             const DialectRegistry &registry, const OptOptions &options,
                             llvm::raw_ostream &output) {
  auto sources = std::make_shared<llvm::SourceMgr>();
  mlc::openNoFiles(*sources);
  sources->AddNewSourceBuffer(std::move(text), llvm::SMLoc());
  MLIRContext context(registry);
  context.allowUnregisteredDialects(options.allowUnregistered);
  if (options.verifyDiagnostics) {
    context.printOpOnDiagnostic(false);
    SourceMgrDiagnosticVerifierHandler handler(*sources, &context);
    (void)runPasses(sources, context, options, output); // it may be meant to fail
    return handler.verify();
  }
  mlc::PrintableStream messages;
  SourceMgrDiagnosticHandler handler(*sources, &context, messages);
  return runPasses(sources, context, options, output);
}

static int fail(llvm::Error error) {
  llvm::errs() << "mlc-opt: error: " << llvm::toString(std::move(error)) << "\n";
  return mlc::kWrongInput;
}

/// Says what the parser would not survive.
static bool isParsable(const llvm::MemoryBuffer &file) {
  std::optional<mlc::TextProblem> problem = mlc::findProblem(file.getBuffer());
  if (!problem || problem->isUnsupported)
    return true;
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBuffer(file), llvm::SMLoc());
  mlc::PrintableStream messages;
  sources.PrintMessage(messages,
                       llvm::SMLoc::getFromPointer(file.getBufferStart() + problem->place),
                       llvm::SourceMgr::DK_Error, problem->message);
  return false;
}

static int process(const DialectRegistry &registry, const OptOptions &options) {
  auto file = mlc::readFile(options.input);
  if (!file)
    return fail(file.takeError());
  if (!isParsable(**file))
    return mlc::kWrongInput;
  std::string text;
  llvm::raw_string_ostream stream(text);
  auto processPart = [&](std::unique_ptr<llvm::MemoryBuffer> part, llvm::raw_ostream &output) {
    return process(std::move(part), registry, options, output);
  };
  StringRef marker = options.split ? kDefaultSplitMarker : "";
  bool isPrinted = options.output == "-";
  LogicalResult result =
      splitAndProcessBuffer(std::move(*file), processPart,
                            isPrinted ? llvm::outs() : static_cast<llvm::raw_ostream &>(stream),
                            marker, options.split ? "// -----\n" : "");
  if (failed(result))
    return mlc::kWrongInput;
  if (isPrinted)
    return mlc::kDone;
  mlc::OutputFiles outputs;
  if (llvm::Error error = outputs.add(options.output, text))
    return fail(std::move(error));
  if (llvm::Error error = outputs.commit())
    return fail(std::move(error));
  return mlc::kDone;
}

static int run(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  DialectRegistry registry;
  mlc::registerDialects(registry);
  registerAllPasses();
  mlc::registerPassesAndPhases();
  mlc::registerEvaluatePass();
  registerAsmPrinterCLOptions();
  registerMLIRContextCLOptions();
  registerPassManagerCLOptions();
  registerDefaultTimingManagerCLOptions();
  OptOptions options;
  if (mlc::asksForHelp(argc, argv)) {
    mlc::printOwnHelp(kHelp, category);
    return mlc::kDone;
  }
  if (!llvm::cl::ParseCommandLineOptions(argc, argv, "mlc's pass driver\n", &llvm::errs()))
    return mlc::kWrongUsage;
  MLIRContext context(registry);
  PassManager manager(&context, ModuleOp::getOperationName(), PassManager::Nesting::Implicit);
  if (failed(addPasses(manager, options)))
    return mlc::kWrongUsage;
  int status = mlc::kDone;
  llvm::thread worker(std::optional(mlc::kStackBytes),
                      [&] { status = process(registry, options); });
  worker.join();
  return status;
}

int main(int argc, char **argv) {
  mlc::prepareStandardStreams();
  return mlc::finishLlvmStreams("mlc-opt", run(argc, argv));
}
