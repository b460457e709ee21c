// mlc-reduce: makes a model smaller while a script still finds it interesting.
#include "compiler/Driver/Pipeline.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Reducer/Passes.h"
#include "tools/InputFile.h"
#include "tools/LlvmStreams.h"
#include "tools/OutputFiles.h"
#include "tools/OwnHelp.h"
#include "tools/PrintableStream.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;

static constexpr llvm::StringLiteral kHelp =
    R"(Makes a model smaller while a script still finds it interesting, and prints what is left.
Usage: mlc-reduce [OPTIONS] PASSES FILE

Passes:
  --reduction-tree='traversal-mode=0 test=SCRIPT'
                                Leave out operations. SCRIPT gets the name of a file and ends with
                                status 1 where the model in it is still interesting
  --opt-reduction-pass='opt-pass=PASS test=SCRIPT'
                                Run a pass, where the model stays interesting
)";

static bool fail(llvm::Error error) {
  llvm::errs() << "mlc-reduce: error: " << llvm::toString(std::move(error)) << "\n";
  return false;
}

/// Reads the model, reduces it and writes what is left; false after a message.
static bool reduce(PassManager &manager, const std::string &input, const std::string &output) {
  mlc::OutputFiles outputs;
  if (llvm::Error error = output == "-" ? llvm::Error::success() : outputs.check(output))
    return fail(std::move(error));
  auto file = mlc::readFile(input);
  if (!file)
    return fail(file.takeError());
  llvm::SourceMgr sources;
  mlc::openNoFiles(sources);
  sources.AddNewSourceBuffer(std::move(*file), llvm::SMLoc());
  mlc::PrintableStream messages;
  SourceMgrDiagnosticHandler handler(sources, manager.getContext(), messages);
  auto model = parseSourceFile<ModuleOp>(sources, manager.getContext());
  if (!model || failed(manager.run(*model)))
    return false;
  std::string text;
  llvm::raw_string_ostream stream(text);
  model->print(stream);
  if (output == "-") {
    llvm::outs() << text;
    return true;
  }
  if (llvm::Error error = outputs.add(output, text))
    return fail(std::move(error));
  if (llvm::Error error = outputs.commit())
    return fail(std::move(error));
  return true;
}

static int run(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  registerAllPasses();
  registerReducerPasses();
  mlc::registerPassesAndPhases();
  DialectRegistry registry;
  mlc::registerDialects(registry);
  MLIRContext context(registry);

  llvm::cl::opt<std::string> input(llvm::cl::Positional, llvm::cl::Required,
                                   llvm::cl::desc("<input file, or - for standard input>"));
  llvm::cl::OptionCategory category("Options");
  llvm::cl::opt<std::string> output("o", llvm::cl::desc("Output filename"),
                                    llvm::cl::value_desc("filename"), llvm::cl::init("-"),
                                    llvm::cl::cat(category));
  PassPipelineCLParser passes("", "How to reduce");
  PassManager manager(&context);
  auto fail = [](const Twine &message) {
    llvm::errs() << "mlc-reduce: error: " << message << "\n";
    return failure();
  };
  if (mlc::asksForHelp(argc, argv)) {
    mlc::printOwnHelp(kHelp, category);
    return mlc::kDone;
  }
  if (!llvm::cl::ParseCommandLineOptions(argc, argv, "Makes a model smaller.\n", &llvm::errs()) ||
      failed(passes.addToPipeline(manager, fail)))
    return mlc::kWrongUsage;
  return reduce(manager, input, output) ? mlc::kDone : mlc::kWrongInput;
}

int main(int argc, char **argv) {
  mlc::prepareStandardStreams();
  return mlc::finishLlvmStreams("mlc-reduce", run(argc, argv));
}
